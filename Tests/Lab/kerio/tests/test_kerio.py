"""The administration API over HTTP, the rules and their passwords, the mail half and its log, the files."""

import http.client
import json
import tempfile
import unittest
from pathlib import Path

from kerio.api import Api
from kerio.config import Config, Users, is_password, scrambled, unscrambled
from kerio.control import RELEASES
from kerio.models import MODELS, install, rule
from kerio.rules import choose
from kerio.sendmail import parsed
from kerio.service import MailService
from kerio.sessions import COOKIE
from kerio.shapes import DEFAULT_SMTP, LEFT_OUT, RULE, SMTP, wrong
from kerio.state import State
from kerio.web import Web
from labmail.courier import Outcome
from labmail.queue import Message
from labmail.session import Hop

FQDN = "kerio.lab.test"
GET, SET = "Smtp.getRelayDeliveryRuleList", "Smtp.setRelayDeliveryRuleList"


class Home(unittest.TestCase):
    model = "login"

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.home = Path(folder.name)
        self.state = State(self.home / "state.json")
        self.state.set(fqdn=FQDN)
        Users(self.home).write(
            {"admin": ("FullAdmin", "secret"), "viewer": ("Auditor", "look"), "alice": ("UserRole", "mail")}
        )
        install(self.home, self.model, FQDN)
        self.now = 1800000000.0
        self.mail = MailService(self.home, self.state, lambda: self.now)

    def stored(self):
        """Passwords as they are in memory."""
        return [one["authentication"]["password"] for one in self.mail.config.rules]


class ApiHome(Home):
    def setUp(self):
        super().setUp()
        web = Web(("127.0.0.1", 0), Api(self.mail))
        web.start()
        self.addCleanup(web.server_close)
        self.addCleanup(web.shutdown)
        self.port, self.token, self.cookie = web.server_address[1], "", ""

    def post(self, body: bytes, path="/admin/api/jsonrpc", verb="POST", **headers):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        self.addCleanup(connection.close)
        connection.request(verb, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
        response = connection.getresponse()
        self.cookies = response.headers.get_all("Set-Cookie") or []
        return response.status, response.read()

    def call(self, method: str, params: dict | None = None, **without):
        request = {"jsonrpc": "2.0", "id": 7, "method": method} | ({"params": params} if params is not None else {})
        headers = {"X_Token": self.token, "Cookie": f"{COOKIE}={self.cookie}"}
        sent = {name: value for name, value in headers.items() if name not in without}
        status, body = self.post(json.dumps(request).encode(), **sent)
        self.assertEqual(status, 200)
        answer = json.loads(body)
        self.assertEqual((answer["jsonrpc"], answer["id"]), ("2.0", 7))
        return answer

    def result(self, method: str, params: dict | None = None):
        answer = self.call(method, params)
        self.assertNotIn("error", answer)
        return answer["result"]

    def code(self, method: str, params: dict | None = None, **without) -> int:
        return self.call(method, params, **without)["error"]["code"]

    def log_in(self, user="admin", password="secret"):
        application = {"name": "test", "vendor": "test", "version": "1"}
        answer = self.call("Session.login", {"userName": user, "password": password, "application": application})
        if "result" in answer:
            self.token = answer["result"]["token"]
            self.cookie = self.cookies[0].partition("=")[2].partition(";")[0]
        return answer


class SessionTests(ApiHome):
    def test_token_and_cookie_are_both_required(self):
        self.assertEqual(self.code("Server.getVersion"), -32001)
        self.log_in()
        self.assertEqual(self.result("Server.getVersion")["major"], 10)
        self.assertEqual(self.code("Server.getVersion", X_Token=1), -32001)
        self.assertEqual(self.code("Server.getVersion", Cookie=1), -32001)
        self.token = "0" * 64
        self.assertEqual(self.code("Server.getVersion"), -32001)

    def test_a_wrong_login(self):
        for user, password in [("admin", "wrong"), ("nobody", "secret"), ("admin@else.test", "secret"), ("admin", "")]:
            error = self.log_in(user, password)["error"]
            self.assertEqual((error["code"], error["message"]), (1000, "Username or password is not correct."))
            self.assertEqual(error["data"]["messageParameters"], {"positionalParameters": [], "plurality": 1})
        self.assertEqual(self.log_in("alice", "mail")["error"]["code"], -32001)
        self.assertIn("result", self.log_in(f"Admin@{FQDN}"))
        self.assertNotIn("wrong", (self.home / "store/logs/security.log").read_text())

    def test_logout(self):
        self.log_in()
        self.result("Session.logout")
        self.assertEqual(self.code("Server.getVersion"), -32001)

    def test_expiry(self):
        self.log_in()
        self.state.set(expire_after=2)
        self.result("Session.whoAmI")
        self.result("Session.whoAmI")
        self.assertEqual(self.code("Session.whoAmI"), -32001)
        self.state.set(expire_after=None)
        self.log_in()
        self.state.set(expired=4000000000.0)
        error = self.call("Session.whoAmI")["error"]
        self.assertEqual((error["code"], error["message"]), (-32001, "Session expired."))

    def test_who_may_only_read(self):
        self.log_in("viewer", "look")
        self.assertEqual(len(self.result(GET)["list"]), 1)
        self.assertEqual(self.code(SET, {"list": []}), 1000)
        self.assertEqual(len(self.stored()), 1)

    def test_what_is_no_call(self):
        self.assertEqual(json.loads(self.post(b"{")[1])["error"]["code"], -32700)
        self.assertEqual(json.loads(self.post(b"[]")[1])["error"]["code"], -32600)
        self.assertEqual(json.loads(self.post(b'{"jsonrpc":"2.0","id":1,"method":1}')[1])["error"]["code"], -32600)
        self.assertEqual(self.post(b"{}", "/admin/other")[0], 404)
        self.assertEqual(self.post(b"", verb="GET")[0], 404)
        self.log_in()
        self.assertEqual(self.code("Smtp.nonsense"), -32601)

    def test_product(self):
        self.log_in()
        info = self.result("Server.getProductInfo")["info"]
        self.assertEqual((info["productName"], info["os"]), ("Kerio Connect", "Linux"))
        self.assertEqual(self.result("Server.getVersion")["product"], "Kerio Connect")


class RuleListTests(ApiHome):
    model = "several"

    def setUp(self):
        super().setUp()
        self.log_in()

    def get(self):
        return self.result(GET)["list"]

    def set(self, rules):
        return self.result(SET, {"list": rules})

    def test_before_nine_there_is_no_list(self):
        self.state.set(release=RELEASES["8"])
        self.assertEqual(self.code(GET), -32601)
        self.assertEqual(self.code(SET, {"list": []}), -32601)
        self.assertEqual(self.result("Server.getVersion")["major"], 8)
        self.assertIn("useSSL", self.result("Smtp.get")["server"])

    def test_passwords_are_never_read(self):
        self.assertEqual({one["authentication"]["password"] for one in self.get()}, {""})
        self.assertIn("secret of out", self.stored())

    def test_an_empty_password_erases(self):
        self.set(self.get())
        self.assertEqual(set(self.stored()), {""})

    def test_the_id_stands_for_the_password(self):
        before = self.stored()
        rules = self.get()
        for one in rules:
            one["authentication"]["password"] = one["id"]
        self.set(rules[::-1])
        self.assertEqual(self.stored(), before[::-1])

    def test_the_id_of_another_rule(self):
        rules = self.get()
        fresh = rule("new", "relay.example.net", 25, "x", rules[3]["id"])
        del fresh["id"]
        self.set([fresh])
        self.assertEqual(self.stored(), ["secret of out"])

    def test_an_id_as_a_mere_password(self):
        self.state.set(id_copy="literal")
        rules = self.get()[3:]
        rules[0]["authentication"]["password"] = rules[0]["id"]
        known = rules[0]["id"]
        self.set(rules)
        self.assertEqual(self.stored(), [known])

    def test_a_password_that_is_left_out(self):
        for mode, wanted in [("keeps", "secret of out"), ("erases", "")]:
            self.state.set(password_left_out=mode)
            rules = self.get()[-1:]
            del rules[0]["authentication"]["password"]
            self.set(rules)
            self.assertEqual(self.stored(), [wanted])

    def test_ids_are_new(self):
        before = [one["id"] for one in self.get()]
        self.set(self.get())
        after = [one["id"] for one in self.get()]
        self.assertEqual(len(after), 4)
        self.assertFalse(set(before) & set(after))
        self.assertTrue(all(one.startswith("keriodb://") for one in after))

    def test_the_whole_list_is_replaced(self):
        self.set([])
        self.assertEqual(self.get(), [])

    def test_what_no_rule_is(self):
        good = self.get()
        for place, value in [
            ("port", "587"), ("port", True), ("isEnabled", 1), ("condition", None), ("nonsense", 1), ("hostName", None)
        ]:
            with self.subTest(place=place, value=value):
                self.assertEqual(self.code(SET, {"list": [good[0] | {place: value}]}), -32602)
        for place, value in [("port", 0), ("port", 65536), ("hostName", ""), ("hostName", "a b")]:
            with self.subTest(place=place, value=value):
                self.assertEqual(self.code(SET, {"list": [good[0] | {place: value}]}), 1000)
        condition = good[0]["condition"]
        for place, value, code in [("test", "RelayCondOther", -32602), ("pattern", "", 1000)]:
            self.assertEqual(self.code(SET, {"list": [good[0] | {"condition": condition | {place: value}}]}), code)
        self.assertEqual(self.code(SET, {}), -32602)
        self.assertEqual(len(self.stored()), 4)

    def test_effective_at_once(self):
        self.set([{key: value for key, value in rule("new", "new.test", 26).items() if key != "id"}])
        message = Message("a@here.test", ["b@there.test"], "")
        self.assertEqual(self.mail.way(message, "b@there.test").hops, (Hop("new.test", 26),))

    def test_smtp_settings(self):
        server = self.result("Smtp.get")["server"]
        self.assertTrue(server["useSSL"])
        self.result("Smtp.set", {"server": server | {"useSSL": False}})
        self.assertFalse(self.result("Smtp.get")["server"]["useSSL"])
        self.assertEqual(self.code("Smtp.set", {"server": {"useSSL": True}}), -32602)


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
