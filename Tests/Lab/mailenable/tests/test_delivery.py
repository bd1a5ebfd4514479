"""Sending: the next hop, TLS, logins, retries, reports. §5, §0a.10, KB ME020415, SMTP - Delivery."""

import base64
from unittest.mock import patch

from mailenable import keys
from mailenable.draw import drawn
from mailenable.outbound import Failure, Hop, Sent
from mailenable.queues import Command
from mailenable.settings import SmartHost, press_ok
from mailenable.smtp import Service
from testing.server import Server
from tests.installation import TAB, Installation

CONTENT = b"Message-ID: <m@lab.test>\r\n\r\nhello\r\n"
USER, PASSWORD = (base64.b64encode(text.encode()).decode() for text in (TAB.user, TAB.password))
LOGINS = {"EHLO": "250-test\r\n250 AUTH PLAIN LOGIN", "AUTH LOGIN": "334 a", USER: "334 b", PASSWORD: "235 in"}


class Delivery(Installation):
    def queued(self, service: Service, *recipients: str, sender: str = "a@hosted.test") -> Command:
        command = Command(sender, list(recipients) or ["b@example.com"], "s")
        service.outgoing.add(command, CONTENT)
        return command

    def waiting(self, service: Service) -> list[Command]:
        return service.outgoing.commands()


class NextHopTests(Delivery):
    def hops(self, service: Service) -> list[Hop]:
        with patch("mailenable.smtp.exchangers", lambda domain: [f"mx.{domain}"]):
            return service.hops("example.com")

    def test_a_change_takes_effect_at_a_restart(self):
        service = self.service()
        press_ok(self.registry, self.host.draw, TAB)
        self.assertEqual(self.hops(service), [Hop("mx.example.com")])
        self.assertEqual(self.hops(self.service()), [Hop(TAB.host, 587, (TAB.user, TAB.password))])
        press_ok(self.registry, self.host.draw, SmartHost(**(vars(TAB) | {"authenticate": False})))
        self.assertEqual(self.hops(self.service()), [Hop(TAB.host, 587)])
        press_ok(self.registry, self.host.draw, SmartHost(**(vars(TAB) | {"enabled": False})))
        self.assertEqual(self.hops(self.service()), [Hop("mx.example.com")])

    def test_a_box_without_a_server_is_none(self):
        press_ok(self.registry, self.host.draw, SmartHost(True, ""))
        self.assertEqual(self.hops(self.service()), [Hop("mx.example.com")])

    def test_a_scrambled_password_that_somebody_wrote_plainly_is_no_password(self):
        self.begin("login", drawn("scrambled"))
        self.assertEqual(self.hops(self.service())[0].login, ("out@example.com", "secret of out"))
        self.registry.write(keys.SMTP, self.host.draw.names["password"], "String", "secret of out")
        self.assertEqual(self.hops(self.service())[0].login, ("out@example.com", ""))


class SessionTests(Delivery):
    def sent(self, **says: str) -> Server:
        server = self.smart_host(**says)
        service = self.service()
        self.queued(service)
        service.poll()
        self.left = self.waiting(service)
        return server

    def test_a_message_goes_to_the_smart_host(self):
        server = self.sent()
        self.assertEqual(server.messages, [CONTENT])
        self.assertEqual(self.left, [])
        said = ["EHLO mailenable.lab.test", "MAIL FROM:<a@hosted.test>", "RCPT TO:<b@example.com>", "DATA", "QUIT"]
        self.assertEqual(server.heard, said)

    def test_the_rows_of_a_session(self):
        """KB ME020170: type, file, socket, address, command, details, response, bytes sent and received, login."""
        self.sent()
        rows = self.rows()
        self.assertTrue(all(len(row) == 11 and row[0] == "SMTP-OU" and row[1].endswith(".MAI") for row in rows))
        self.assertEqual({row[3] for row in rows}, {"127.0.0.1"})
        self.assertEqual([row[4] for row in rows], ["", "EHLO", "MAIL", "RCPT", "DATA", "", "QUIT"])
        self.assertEqual(rows[1][5:8], ["EHLO mailenable.lab.test", "250-test 250 HELP", "26"])
        self.assertEqual(rows[5][6], "250 taken")

    def test_tls_that_fails_falls_back_to_clear_text(self):
        """§0a.10"""
        server = self.sent(**{"EHLO": "250-test\r\n250 STARTTLS", "STARTTLS": "220 go"})
        self.assertEqual(server.messages, [CONTENT])
        self.assertEqual([word.split(" ")[0] for word in server.heard].count("STARTTLS"), 1)
        self.assertEqual([row[4] for row in self.rows()].count("EHLO"), 2)

    def test_no_tls_where_the_box_is_not_ticked(self):
        self.host.decide(tls=False)
        server = self.sent(**{"EHLO": "250-test\r\n250 STARTTLS"})
        self.assertNotIn("STARTTLS", server.heard)
        self.assertEqual(server.messages, [CONTENT])


class LoginTests(Delivery):
    def sent(self, **says: str) -> Server:
        server = Server(**says)
        self.addCleanup(server.close)
        press_ok(self.registry, self.host.draw, SmartHost(True, "127.0.0.1", server.port, True, TAB.user, TAB.password))
        service = self.service()
        self.queued(service)
        service.poll()
        return server

    def test_a_login_also_in_clear(self):
        server = self.sent(**LOGINS)
        self.assertEqual(server.heard[1:4], ["AUTH LOGIN", USER, PASSWORD])
        self.assertEqual(server.messages, [CONTENT])

    def test_no_login_where_none_is_offered(self):
        for offer in ("250 HELP", "250 AUTH PLAIN"):
            server = self.sent(**{"EHLO": "250-test\r\n" + offer})
            self.assertNotIn("AUTH LOGIN", server.heard)
            self.assertEqual(server.messages, [CONTENT])

    def test_the_log_has_no_password_unless_asked_for(self):
        self.sent(**LOGINS)
        self.assertNotIn(PASSWORD, str(self.rows()))
        self.assertNotIn(USER, str(self.rows()))
        self.host.decide(**{"log-secrets": True})
        self.sent(**LOGINS)
        self.assertIn(PASSWORD, str(self.rows()))

    def test_a_refused_login_is_told_to_the_sender(self):
        server = self.sent(**(LOGINS | {PASSWORD: "535 no"}))
        self.assertEqual(server.messages, [])
        reports = self.service().inbound.commands()
        told = [(report.kind, report.sender, report.recipients) for report in reports]
        self.assertEqual(told, [("NDR", "", ["a@hosted.test"])])


class RetryTests(Delivery):
    def failing(self, failure: Failure) -> Service:
        def fail(*_):
            self.tries += 1
            raise failure

        self.tries = 0
        press_ok(self.registry, self.host.draw, TAB)
        return self.service(deliver=fail)

    def test_15_30_60_and_then_each_240_minutes(self):
        service = self.failing(Failure("421 busy"))
        self.queued(service)
        waits = []
        for _ in range(6):
            service.poll()
            waits.append(round((self.waiting(service)[0].due - self.clock) / 60))
            self.clock = self.waiting(service)[0].due - 1
            before = self.tries
            service.poll()
            self.assertEqual(self.tries, before)
            self.clock += 1
        self.assertEqual(waits, [15, 30, 60, 240, 240, 240])
        text = next(service.outgoing.folder.glob("*.MAI")).read_text()
        for line in ("DomainName=example.com", "StatusCode=4", "Retries=6", "Status=Unsent", "LastError=421 busy"):
            self.assertIn(line, text)

    def test_a_restart_does_not_hurry(self):
        service = self.failing(Failure("421 busy"))
        self.queued(service)
        service.poll()
        service = self.failing(Failure("421 busy"))
        service.poll()
        self.assertEqual(self.tries, 0)

    def test_for_good(self):
        service = self.failing(Failure("554 no", permanent=True))
        self.queued(service, "b@example.com", "c@example.com")
        service.poll()
        self.assertEqual(self.waiting(service), [])
        reports = service.inbound.commands()
        self.assertEqual(len(reports), 2)
        self.assertIn(b"554 no", service.inbound.content(reports[0]))

    def test_a_report_that_nobody_takes_is_bad_mail(self):
        service = self.failing(Failure("554 no", permanent=True))
        command = self.queued(service, sender="")
        service.poll()
        self.assertEqual((self.waiting(service), service.inbound.commands()), ([], []))
        self.assertTrue((self.host.path(keys.PLAIN) / "Bad Mail" / command.name).exists())

    def test_a_message_that_a_person_took_out_does_not_come_back(self):
        def taken(*_):
            service.outgoing.remove(command)
            raise Failure("421 busy")

        press_ok(self.registry, self.host.draw, TAB)
        service = self.service(deliver=taken)
        command = self.queued(service)
        service.poll()
        self.assertEqual(list(service.outgoing.folder.glob("*.MAI")), [])

    def test_recipients_have_fates_of_their_own(self):
        statuses = {"a@example.com": "250 ok", "b@example.com": "550 no", "c@example.com": "451 later"}
        press_ok(self.registry, self.host.draw, TAB)
        service = self.service(deliver=lambda *_: Sent(statuses, "250 ok"))
        self.queued(service, *statuses)
        service.poll()
        self.assertEqual(self.waiting(service)[0].recipients, ["c@example.com"])
        self.assertEqual([command.kind for command in service.inbound.commands()], ["NDR"])


class AlternateTests(Delivery):
    """SmartHost on RCPT Failure, KB ME020415: 503 on RCPT, and nothing else, goes to the alternate server."""

    def run_with(self, status: str) -> list[str]:
        hosts = []

        def deliver(hop, name, sender, recipients, content, activity):
            hosts.append(hop.host)
            return Sent(dict.fromkeys(recipients, status if len(hosts) == 1 else "250 ok"), "250 ok")

        with patch("mailenable.smtp.exchangers", lambda domain: ["mx"]):
            service = self.service(deliver=deliver)
            self.queued(service)
            service.poll()
        return hosts

    def test_it(self):
        self.registry.write(keys.SMTP, keys.FALLBACK_SERVER, "String", "alternate")
        self.assertEqual(self.run_with("503 no"), ["mx"])
        self.registry.write(keys.SMTP, keys.FALLBACK, "DWord", "1")
        self.assertEqual(self.run_with("503 no"), ["mx", "alternate"])
        self.assertEqual(self.run_with("550 no"), ["mx"])
        self.registry.write(keys.SMTP, keys.FALLBACK, "String", "1")
        self.assertEqual(self.run_with("503 no"), ["mx"])
