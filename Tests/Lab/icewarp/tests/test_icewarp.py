"""tool.sh, the forms of relays and routes, the SMTP service's ways and its log."""

import tempfile
import unittest
from pathlib import Path

from icewarp import routes, tool
from icewarp.control import VERBS
from icewarp.daemon import MODULES, Daemon
from icewarp.logs import SmtpLog, Talk
from icewarp.models import MODELS, install
from icewarp.relays import relays
from icewarp.service import SmtpService
from icewarp.settings import VARIABLES, Settings
from icewarp.state import State
from labmail.courier import Outcome
from labmail.queue import Message
from labmail.session import Hop

FQDN = "icewarp.lab.test"
RELAY = "C_Mail_SMTP_General_RelayMailServer"
MODE = "C_Mail_SMTP_General_DeliveryMode"


class Home(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.home = Path(folder.name)
        self.state = State(self.home / "state.json")
        self.state.set(fqdn=FQDN)
        install(self.home, "clean", FQDN)

    def tool(self, *words):
        return tool.run(list(words), self.home)


class ToolTests(Home):
    def test_names_in_any_letters(self):
        self.assertEqual(self.tool("get", "system", "c_mail_smtp_general_DELIVERYMODE"), [f"{MODE}: 1"])
        self.assertEqual(self.tool("display", "system", MODE, "C_OS"), [f"{MODE}: 1", "C_OS: 1"])

    def test_an_unknown_variable_is_an_error(self):
        for words in (["get", "system", "C_Nonsense"], ["set", "system", "C_Nonsense", "1"], ["get", "system"]):
            with self.assertRaises(tool.Failure):
                self.tool(*words)

    def test_other_commands_are_refused(self):
        for words in ([], ["get"], ["get", "account", "a@b"], ["export", "system", MODE], ["set", "system", MODE]):
            with self.assertRaises(tool.Failure):
                self.tool(*words)

    def test_a_password_is_given_back(self):
        login = "out@example.com:p@ss: word@relay.example.net:587"
        self.tool("set", "system", RELAY, login)
        self.assertEqual(self.tool("get", "system", RELAY), [f"{RELAY}: {login}"])

    def test_values_have_types(self):
        for name, value in [(MODE, "2"), (MODE, "yes"), ("C_Mail_SMTP_Delivery_UndelivAfter", "x"), (RELAY, "a\nb=c")]:
            with self.assertRaises(tool.Failure):
                self.tool("set", "system", name, value)
        with self.assertRaises(tool.Failure):
            self.tool("set", "system", "C_Version", "1")

    def test_what_is_before_a_refused_pair_is_written(self):
        with self.assertRaises(tool.Failure):
            self.tool("set", "system", RELAY, "relay.example.net", "C_Nonsense", "1", MODE, "0")
        self.assertEqual(self.tool("get", "system", RELAY, MODE), [f"{RELAY}: relay.example.net", f"{MODE}: 1"])

    def test_patterns(self):
        self.assertEqual(len(self.tool("display", "system", "c_mail_smtp_general_*")), 5)
        self.assertEqual(len(self.tool("display", "system", "*")), len(VARIABLES))

    def test_settings_are_replaced_in_one_step(self):
        Settings(self.home).change({RELAY: "relay.example.net"})
        self.assertEqual([path.name for path in (self.home / "config").glob("*.new")], [])
        self.assertIn(f"{RELAY}=relay.example.net\n", (self.home / "config" / "settings.cfg").read_text())
        self.assertEqual((self.home / "config" / "settings.cfg").stat().st_mode & 0o777, 0o640)


class RelayTests(unittest.TestCase):
    def test_the_form(self):
        for text, wanted in [
            ("relay.example.net", Hop("relay.example.net")),
            ("relay.example.net:587", Hop("relay.example.net", 587)),
            ("192.0.2.1:2525", Hop("192.0.2.1", 2525)),
            ("john:secret@mail.test", Hop("mail.test", 25, "john", "secret")),
            ("john@doe.com:secret@mail.test", Hop("mail.test", 25, "john@doe.com", "secret")),
            ("john@doe.com:p@ss:w@mail.test:587", Hop("mail.test", 587, "john@doe.com", "p@ss:w")),
        ]:
            self.assertEqual(relays(text), (wanted,))

    def test_several_in_their_order(self):
        self.assertEqual(relays("a.test; u:p@b.test:26;;"), (Hop("a.test"), Hop("b.test", 26, "u", "p")))
        self.assertEqual(relays(""), ())


class RouteTests(unittest.TestCase):
    def choose(self, text, recipient, sender="a@here.test", local=()):
        return routes.choose(routes.parsed(text), sender, recipient, lambda address: address in local)

    def test_rows(self):
        self.assertEqual(len(routes.parsed("a=b\r\n\r\n; comment\r\nc=d;x\r\n=e\r\nf=g;;host:26\r\n")), 2)
        (row,) = routes.parsed("doc.test=other.test;1;user:password@mail.test:26")
        self.assertEqual((row.flags, row.hop), (1, Hop("mail.test", 26, "user", "password")))

    def test_the_first_that_matches(self):
        text = "sales@there.test=x@y.test\nthere.test=z.test\nthere.test=w.test"
        self.assertEqual(self.choose(text, "Sales@There.test").destination, "x@y.test")
        self.assertEqual(self.choose(text, "b@there.test").destination, "z.test")
        self.assertIsNone(self.choose(text, "b@sub.there.test"))

    def test_flags(self):
        self.assertIsNone(self.choose("there.test=x.test;1", "b@there.test"))
        self.assertTrue(self.choose("there.test=x.test;1", "b@there.test", local=("b@there.test",)))
        self.assertTrue(self.choose("there.test=x.test;2", "b@there.test"))
        self.assertIsNone(self.choose("there.test=x.test;4", "b@there.test"))
        self.assertTrue(self.choose("here.test=x.test;8", "b@there.test"))
        self.assertIsNone(self.choose("there.test=x.test;8", "b@there.test"))
        self.assertIsNone(self.choose("there.test=x.test;16", "b@there.test"))

    def test_who_gets_it(self):
        for destination, wanted in [
            ("x@y.test", "x@y.test"),
            ("y.test", "b@y.test"),
            ("%%alias%%@y.test", "b@y.test"),
            ("%%alias%%@%%domain%%", "b@there.test"),
            ("%%current_recipient%%", "b@there.test"),
        ]:
            self.assertEqual(routes.destined(routes.Route("", destination, 0, None), "b@there.test"), wanted)


class ServiceTests(Home):
    def service(self, model="clean", **settings):
        install(self.home, model, FQDN)
        Settings(self.home).change(settings)
        return SmtpService(self.home, self.state)

    def way(self, service, recipient="b@there.test", sender="a@here.test"):
        return service.way(Message(sender, [recipient], ""), recipient)

    def test_zero_is_the_relay_and_one_is_dns(self):
        self.assertEqual(self.way(self.service("relay")).hops, (Hop("relay.example.net", 587),))
        self.assertEqual(self.way(self.service("left-over")).domain, "there.test")
        self.assertEqual(self.way(self.service("left-over")).instead, ())

    def test_the_relay_on_failure_needs_dns(self):
        self.assertEqual(self.way(self.service("fall-back")).instead, (Hop("relay.example.net", 587),))
        relayed = self.way(self.service("fall-back", **{MODE: "0"}))
        self.assertEqual((relayed.hops, relayed.instead), ((Hop("relay.example.net", 587),), ()))

    def test_tls_or_not(self):
        self.assertTrue(self.way(self.service("relay")).tls)
        self.assertFalse(self.way(self.service("no-tls")).tls)

    def test_routes_win(self):
        service = self.service("routes", **{MODE: "0", RELAY: "other.test"})
        self.assertEqual(self.way(service, "b@partner.example").hops, (Hop("relay.example.net", 587),))
        self.assertEqual(self.way(service, sender="boss@example.com").hops[0].user, "out@example.com")
        self.assertEqual(self.way(service).hops, (Hop("other.test"),))

    def test_a_change_is_in_effect_after_a_restart(self):
        service = self.service("relay")
        self.tool("set", "system", MODE, "1")
        self.assertEqual(self.way(service).hops, (Hop("relay.example.net", 587),))
        self.assertEqual(self.way(SmtpService(self.home, self.state)).domain, "there.test")

    def test_who_may_send(self):
        service = self.service()
        self.assertIsNone(service.recipient("127.0.0.1", "a@here.test", "b@there.test"))
        self.assertIn("relay", service.recipient("192.0.2.1", "a@here.test", "b@there.test"))
        self.assertIsNone(service.recipient("192.0.2.1", "a@here.test", f"alice@{FQDN}"))
        self.assertIn("5.1.1", service.recipient("127.0.0.1", "a@here.test", f"who@{FQDN}"))

    def test_a_failure_is_reported(self):
        service = self.service()
        service.told(Message("a@here.test", ["b@there.test"], ""), [Outcome("b@there.test", "failed", "550 5.1.1 no")])
        (letter,) = service.queue.messages()
        self.assertEqual((letter.sender, letter.recipients), ("", ["a@here.test"]))
        service.told(Message("", ["b@there.test"], ""), [Outcome("b@there.test", "failed", "550 5.1.1 no")])
        self.assertEqual(len(list(service.queue.messages())), 1)

    def test_no_retry_queue(self):
        message = Message("a@here.test", ["b@there.test"], "")
        self.assertFalse(self.service().gives_up(message))
        self.assertTrue(self.service(C_Mail_SMTP_Other_NoRetryQueue="1").gives_up(message))
        self.assertTrue(self.service(C_Mail_SMTP_Delivery_UndelivAfter="-1").gives_up(message))


class LogTests(Home):
    def lines(self, level="3", **state):
        self.state.set(**state)
        log = SmtpLog(self.home, level, self.state, lambda: 1800000000.0)
        for path in log.folder.glob("*"):
            path.unlink()
        talk = Talk(log, "198.18.2.1", client=True)
        talk(">", "QUIT")
        talk.sum("a@here.test", ["b@there.test"], 348, "OK")
        found = [path.read_bytes().decode() for path in log.folder.glob("s20270115-00.log")]
        return "".join(found).split("\r\n" if self.state["crlf"] else "\n")[:-1]

    def test_the_forms(self):
        said, summed = self.lines()
        self.assertRegex(said, r"^198\.18\.2\.1 +\[[0-9A-F]{4}\] \d\d:\d\d:\d\d Client session >>> QUIT$")
        self.assertRegex(summed, r" \*\*\* <a@here\.test> <b@there\.test> 1 348 00:00:00 OK$")
        said, _ = self.lines(log_form="article")
        self.assertRegex(said, r"^198\.18\.2\.1 \[[0-9A-F]{8}\] Fri, 15 Jan 2027 [\d:]{8} \+0000 >>> QUIT$")

    def test_levels(self):
        self.assertEqual([len(self.lines(level)) for level in "01234"], [0, 1, 1, 2, 2])

    def test_line_ends(self):
        self.assertEqual(len(self.lines(crlf=False)), 2)


class DaemonTests(Home):
    def test_modules(self):
        daemon = Daemon(self.state)
        self.assertEqual(daemon.do("start", "pop3"), "ok")
        self.assertNotEqual(daemon.do("start", "nosuch"), "ok")
        self.assertNotEqual(daemon.do("reload", "pop3"), "ok")
        self.state.set(restart="fails")
        self.assertEqual(daemon.do("restart", "smtp"), "smtp could not be started")
        self.assertIn("smtp", MODULES)

    def test_each_model_is_one_that_tool_could_have_made(self):
        for model in MODELS:
            install(self.home, model, FQDN)
            SmtpService(self.home, self.state)
        self.assertIn("model", VERBS)
