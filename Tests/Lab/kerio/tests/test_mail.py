"""Queue and logs over the API, the choice of a rule, the mail half, the files."""

import unittest

from kerio.config import Config, Users, is_password, scrambled, unscrambled
from kerio.models import MODELS, rule
from kerio.rules import choose
from kerio.sendmail import parsed
from kerio.shapes import DEFAULT_SMTP, LEFT_OUT, RULE, SMTP, wrong
from kerio.tests.home import FQDN, ApiHome, Home
from labmail.courier import Outcome
from labmail.queue import Message
from labmail.session import Hop


class QueueAndLogTests(ApiHome):
    def setUp(self):
        super().setUp()
        self.log_in()
        self.message = Message("a@here.test", ["b@there.test"], "Subject: Hello, you\r\nMessage-ID: <1@x>\r\n\r\nbody")
        self.mail.take(self.message, lambda way, text: None)

    def test_the_queue(self):
        found = self.result("Queue.get", {"query": {}})
        self.assertEqual(found["totalItems"], 1)
        (item,) = found["list"]
        self.assertEqual((item["id"], item["nextTry"], item["from"]), (self.message.key, "ASAP", "a@here.test"))
        self.message.due, self.message.attempts, self.message.last = self.now + 60, 1, "451 4.7.1 later"
        self.mail.queue.keep(self.message)
        (item,) = self.result("Queue.get", {"query": {"start": 0, "limit": -1}})["list"]
        self.assertEqual(item["status"], "451 4.7.1 later")
        self.assertNotEqual(item["nextTry"], "ASAP")
        self.result("Queue.tryToSend", {"messageIds": ["nonsense"]})
        self.assertNotEqual(self.mail.queue.find(self.message.key).due, 0)
        self.result("Queue.tryToSend", {"messageIds": [self.message.key]})
        self.assertEqual(self.mail.queue.find(self.message.key).due, 0)
        self.assertEqual(self.result("Queue.remove", {"messageIds": [self.message.key]}), {"deleteItems": 1})
        self.assertEqual(list((self.home / "store/queue").iterdir()), [])

    def test_run(self):
        self.message.due = self.now + 60
        self.mail.queue.keep(self.message)
        self.result("Queue.run")
        self.assertEqual(self.mail.queue.find(self.message.key).due, 0)

    def test_the_files_of_a_message(self):
        names = sorted(path.name for path in (self.home / "store/queue").iterdir())
        self.assertEqual(names, [f"{self.message.key}.eml", f"{self.message.key}.env"])
        self.assertRegex(self.message.key, r"^[0-9a-f]{8}-[0-9a-f]{8}$")

    def test_lines(self):
        for result, text, words in [
            ("delivered", "250 2.0.0 taken by the lab", "Result: delivered, Status: 2.0.0 , Remote-Host: 198.18.2.1"),
            ("delayed", "451 4.7.1 not, now", "Result: delayed, Status: 4.7.1 not now, Remote-Host: 198.18.2.1"),
            ("failed", "550 no", "Result: failed, Status: 5.0.0 no, Remote-Host: 198.18.2.1"),
        ]:
            outcome = Outcome("b@there.test", result, text, "relay.example.net", "198.18.2.1")
            self.mail.told(self.message, [outcome])
            lines = [row["content"] for row in self.log(-1, 100)["viewport"]]
            sent = next(line for line in reversed(lines) if "] Sent: " in line)
            self.assertRegex(sent, r"^\[\d\d/[A-Z][a-z]{2}/\d{4} \d\d:\d\d:\d\d\] Sent: Queue-ID: " + self.message.key)
            self.assertIn(f", Recipient: <b@there.test>, {words}, Msg-Id: <1@x>", sent)
        self.state.set(remote_host="name")
        named = Outcome("b@there.test", "delivered", "250 ok", "relay.example.net", "198.18.2.1")
        self.mail.told(self.message, [named])
        self.assertIn("Remote-Host: relay.example.net", self.log(-1, 1)["viewport"][0]["content"])

    def log(self, start, count):
        return self.result("Logs.get", {"logName": "mail", "fromLine": start, "countLines": count})

    def test_received(self):
        (row,) = self.log(0, 10)["viewport"]
        self.assertIn(
            f"] Recv: Queue-ID: {self.message.key}, Service: SMTP, From: <a@here.test>, To: <b@there.test>, Size: ",
            row["content"],
        )
        self.assertTrue(row["content"].endswith("Sender-Host: 127.0.0.1, Subject: Hello, you, Msg-Id: <1@x>"))

    def test_a_part_of_a_log(self):
        for number in range(5):
            self.mail.logs.add("mail", f"line {number}")
        found = self.log(-1, 2)
        self.assertEqual([row["content"][-6:] for row in found["viewport"]], ["line 3", "line 4"])
        self.assertEqual(found["totalItems"], 6)
        self.assertEqual(len(self.log(4, -1)["viewport"]), 2)
        self.assertEqual(self.code("Logs.get", {"logName": "nonsense", "fromLine": 0, "countLines": 1}), -32602)

    def test_a_failure_is_reported(self):
        self.mail.told(self.message, [Outcome("b@there.test", "failed", "550 5.1.1 no", "x", "192.0.2.1")])
        self.assertIn("Service: DSN, From: <>, To: <a@here.test>", self.log(-1, 1)["viewport"][0]["content"])
        self.assertEqual([one.sender for one in self.mail.queue.messages()], ["a@here.test", ""])


class ChoiceTests(unittest.TestCase):
    def choose(self, *rules, sender="a@here.test", recipient="b@there.test"):
        found = choose(list(rules), sender, recipient)
        return found["description"] if found else None

    def test_the_first_that_is_enabled_and_matches(self):
        one, two = rule("one", "1.test", 25), rule("two", "2.test", 25)
        self.assertEqual(self.choose(one, two), "one")
        self.assertEqual(self.choose(one | {"isEnabled": False}, two), "two")
        self.assertIsNone(self.choose())

    def test_conditions(self):
        for test, comparator, pattern, wanted in [
            ("RelayCondRecipient", "RelayCompEqual", "*@There.test", True),
            ("RelayCondRecipient", "RelayCompEqual", "*@other.test", False),
            ("RelayCondRecipient", "RelayCompNotEqual", "*@other.test", True),
            ("RelayCondRecipient", "RelayCompEqual", "*@*.there.test", False),
            ("RelayCondSender", "RelayCompEqual", "a@here.test", True),
            ("RelayCondSender", "RelayCompNotEqual", "a@here.test", False),
            ("RelayCondSender", "RelayCompEqual", "?@here.test", True),
        ]:
            when = rule("r", "1.test", 25, test=test, comparator=comparator, pattern=pattern)
            self.assertEqual(self.choose(when) == "r", wanted, (test, comparator, pattern))

    def test_the_null_sender(self):
        when = rule("r", "1.test", 25, test="RelayCondSender", pattern="*@here.test")
        self.assertIsNone(self.choose(when, sender=""))
        every = rule("r", "1.test", 25, test="RelayCondSender", pattern="*")
        self.assertEqual(self.choose(every, sender=""), "r")

    def test_shapes(self):
        self.assertEqual(wrong(DEFAULT_SMTP, SMTP), "")
        for model in MODELS.values():
            for one in model():
                self.assertEqual(wrong(one, RULE, left_out=LEFT_OUT), "")
        years = DEFAULT_SMTP | {"retryInterval": {"value": 1, "units": "Years"}}
        self.assertEqual(wrong(years, SMTP), "retryInterval.units")


class ServiceTests(Home):
    def way(self, recipient="b@there.test", sender="a@here.test"):
        return self.mail.way(Message(sender, [recipient], ""), recipient)

    def test_ways(self):
        (hop,) = self.way().hops
        self.assertEqual(hop, Hop("outgoing.example.net", 587, "out@example.com", "secret of out", needs_login=True))
        self.assertTrue(self.way(f"alice@{FQDN}").local)
        self.mail.config.rules[0]["isEnabled"] = False
        self.assertEqual((self.way().domain, self.way().tls), ("there.test", True))
        self.mail.config.smtp["useSSL"] = False
        self.assertFalse(self.way().tls)

    def test_a_login_that_is_not_required(self):
        self.mail.config.rules[0]["authentication"]["isRequired"] = False
        self.assertEqual(self.way().hops[0].user, "")

    def test_who_may_send(self):
        self.assertIsNone(self.mail.recipient("127.0.0.1", "a@here.test", "b@there.test"))
        self.assertIn("5.7.1", self.mail.recipient("192.0.2.1", "a@here.test", "b@there.test"))
        self.assertIsNone(self.mail.recipient("192.0.2.1", "a@here.test", f"alice@{FQDN}"))
        self.assertIn("5.1.1", self.mail.recipient("192.0.2.1", "a@here.test", f"who@{FQDN}"))

    def test_intervals(self):
        message = Message("a@here.test", ["b@there.test"], "", received=self.now - 3 * 86400)
        self.assertEqual(self.mail.retry_after(message), 1800)
        self.state.set(retry=1.0)
        self.assertEqual(self.mail.retry_after(message), 1)
        self.assertTrue(self.mail.gives_up(message))
        message.received = self.now
        self.assertFalse(self.mail.gives_up(message))


class FileTests(Home):
    def test_what_is_written_is_read(self):
        read = Config(self.home)
        read.load()
        self.assertEqual(read.rules, self.mail.config.rules)
        self.assertEqual(read.smtp, DEFAULT_SMTP)

    def test_no_password_is_in_it(self):
        text = (self.home / "mailserver.cfg").read_text()
        self.assertNotIn("secret", text)
        self.assertIn("D3S:", text)
        self.assertEqual((self.home / "mailserver.cfg").stat().st_mode & 0o777, 0o600)
        self.assertEqual(unscrambled(scrambled("ä b'c")), "ä b'c")

    def test_when_it_is_written(self):
        self.mail.config.rules = []
        self.state.set(persist="at-stop")
        self.mail.changed()
        self.assertIn("D3S:", (self.home / "mailserver.cfg").read_text())
        self.state.set(persist="at-change")
        self.mail.changed()
        self.assertNotIn("D3S:", (self.home / "mailserver.cfg").read_text())
        self.assertIn("D3S:", (self.home / "mailserver.cfg.bak").read_text())

    def test_users(self):
        row = Users(self.home).all()["admin"]
        self.assertRegex(row["PasswordHistory"], r"^SHA:[0-9a-f]{56}$")
        self.assertTrue(is_password("secret", row["PasswordHistory"]))
        self.assertFalse(is_password("Secret", row["PasswordHistory"]))


class SendmailTests(unittest.TestCase):
    def test_options(self):
        self.assertEqual(parsed(["-t", "-i"]), ("", [], True))
        self.assertEqual(parsed(["-f", "a@b", "-oi", "c@d", "e"]), ("a@b", ["c@d", "e"], False))
        self.assertEqual(parsed(["-fa@b", "-F", "Name", "--", "-c@d"]), ("a@b", ["-c@d"], False))
