"""Routing, the pickup directory, the queue, the tracking log: §2.4, §2.6, §4, §0a.1, §0a.8, §0a.9."""

import json
import unittest

from standin import pickup
from standin.queues import Message
from standin.routing import NoRoute, Route, choose, matches
from standin.smtp import Refusal, Sent, names
from standin.tracking import fields
from standin.transport import OWN_HOP, Transport
from standin.values import address_space, show_size, size
from standin.versions import VERSIONS
from tests.organisation import SMART, Organisation

MAIL = b"From: a@lab.test\r\nTo: b@example.com\r\nSubject: one, two\r\nMessage-ID: <x@lab.test>\r\n\r\nhello\r\n"


class RoutingTests(unittest.TestCase):
    """§2.4, in its order."""

    servers = {
        "1": {"Name": "A", "Fqdn": "a", "DistinguishedName": "a", "Site": "one"},
        "2": {"Name": "B", "Fqdn": "b", "DistinguishedName": "b", "Site": "one"},
        "3": {"Name": "C", "Fqdn": "c", "DistinguishedName": "c", "Site": "two"},
    }

    @staticmethod
    def connector(name: str, space: str, *servers: str, **more) -> dict:
        return {
            "Name": name,
            "AddressSpaces": [space],
            "SourceTransportServers": list(servers) or ["A"],
            "Enabled": True,
            "IsScopedConnector": False,
            "MaxMessageSize": None,
        } | more

    def chosen(self, *connectors: dict, domain: str = "example.com", size: int = 1, server: str = "A") -> str | None:
        route = choose(list(connectors), self.servers, server, domain, size)
        return f"{route.connector['Name']} from {route.server}" if isinstance(route, Route) else None

    def test_specificity_beats_cost(self):
        make = self.connector
        everything, below, exactly = make("a", "*;1"), make("b", "*.example.com;50"), make("c", "example.com;100")
        self.assertEqual(self.chosen(everything, below, exactly), "c from A")
        self.assertEqual(self.chosen(everything, below, exactly, domain="x.example.com"), "b from A")
        self.assertEqual(self.chosen(everything, below, exactly, domain="notexample.com"), "a from A")
        self.assertEqual(self.chosen(make("d", "*.com;1"), below, domain="y.x.example.com"), "b from A")

    def test_cost_beats_place_and_place_beats_name(self):
        make = self.connector
        self.assertEqual(self.chosen(make("a", "*;2"), make("b", "*;1", "B")), "b from B")
        self.assertEqual(self.chosen(make("a", "*;1", "B"), make("b", "*;1", "A")), "b from A")
        self.assertEqual(self.chosen(make("a", "*;1", "C"), make("b", "*;90", "B")), "b from B")
        self.assertEqual(self.chosen(make("Internet", "*;1"), make("archive", "*;1")), "archive from A")

    def test_disabled_scoped_and_large(self):
        make = self.connector
        fallback = make("z", "*;9")
        self.assertEqual(self.chosen(make("a", "*;1", Enabled=False), fallback), "z from A")
        self.assertEqual(self.chosen(make("a", "*;1", "C", IsScopedConnector=True), fallback), "z from A")
        self.assertEqual(self.chosen(make("a", "*;1", "B", IsScopedConnector=True), fallback), "a from B")
        self.assertEqual(self.chosen(make("a", "*;1", MaxMessageSize=10), fallback, size=11), "z from A")
        self.assertEqual(choose([make("a", "*;1", MaxMessageSize=10)], self.servers, "A", "x", 11), NoRoute(True))
        self.assertEqual(choose([], self.servers, "A", "x", 11), NoRoute(False))

    def test_what_is_no_domain_never_matches(self):
        for space in ("--", "X400:c=us;1"):
            self.assertIsNone(matches(address_space(space), "example.com"))


class ValueTests(unittest.TestCase):
    def test_sizes(self):
        for text, number in [
            ("35MB", 36700160),
            ("10", 1024),
            ("52428801", 52429824),
            ("2147483647", 2147483647),
            ("Unlimited", None),
            ("50 MB (52,428,800 bytes)", 52428800),
        ]:
            self.assertEqual(size(text), number)
        self.assertEqual(
            [show_size(number) for number in (36700160, 2000, None)],
            ["35 MB (36,700,160 bytes)", "1.953 KB (2,000 bytes)", "Unlimited"],
        )

    def test_the_names_of_a_certificate(self):
        certificate = {"subjectAltName": (("DNS", "*.mailroute.net"), ("DNS", "outgoing.example.net"))}
        for wanted, answer in [
            ("outgoing.example.net", True),
            ("OUTGOING.example.net", True),
            ("example.net", False),
            ("x.mailroute.net", True),
            ("*.example.net", True),
            ("a.b.mailroute.net", False),
        ]:
            self.assertEqual(names(certificate, wanted), answer, wanted)

    def test_the_heads_of_tracking_logs(self):
        """§0a.9"""
        self.assertEqual([len(fields(VERSIONS[name])) for name in ("2007", "2010", "2013", "2016")], [21, 26, 27, 30])
        newer = fields(VERSIONS["2013"])
        self.assertEqual(newer[newer.index("message-id") + 1], "network-message-id")
        self.assertEqual(fields(VERSIONS["SE"])[-1], "schema-version")


class PickupTests(unittest.TestCase):
    """§4, pickup directory."""

    def test_what_is_taken(self):
        message = pickup.read(MAIL, "exch16.lab.test")
        self.assertEqual(
            (message.sender, message.recipients, message.message_id), ("a@lab.test", ["b@example.com"], "<x@lab.test>")
        )
        hidden = pickup.read(MAIL.replace(b"Subject:", b"Bcc: c@example.net,\r\n d@example.net\r\nSubject:"), "x")
        self.assertEqual(len(hidden.recipients), 3)
        self.assertNotIn("example.net", hidden.content)
        self.assertIn("@exch16>", pickup.read(MAIL.replace(b"Message-ID: <x@lab.test>\r\n", b""), "exch16").message_id)

    def test_what_becomes_bad(self):
        recipients = ", ".join(f"u{number}@example.com" for number in range(101)).encode()
        for content in (
            MAIL.replace(b"From: a@lab.test\r\n", b""),
            MAIL.replace(b"To: b@example.com\r\n", b""),
            MAIL.partition(b"\r\n\r\n")[0],
            b"X-Filler: " + b"x" * 65536 + b"\r\n" + MAIL,
            MAIL.replace(b"b@example.com", recipients),
        ):
            self.assertIsNone(pickup.read(content, "x"))


class TransportTests(Organisation):
    """The service, with a smarthost that is a function."""

    def setUp(self):
        super().setUp()
        self.calls, self.answer = [], None

    def send(self, connector, port, host, address, fqdn, message):
        self.calls.append((connector["Name"], port, host))
        if isinstance(self.answer, Refusal):
            raise self.answer
        status = self.answer or "250 2.1.5 welcome"
        return Sent(host, address, "198.18.1.61", dict.fromkeys(message.recipients, status), "250 2.0.0 taken"), []

    def service(self) -> Transport:
        service = Transport(self.host, send=self.send, now=lambda: self.clock)
        service.pool.shutdown()
        return service

    def sent(self, service: Transport, content: bytes = MAIL) -> None:
        (self.host.path(self.host.pickup) / "test.eml").write_bytes(content)
        service.next_poll = 0
        self.step(service)

    def step(self, service: Transport) -> None:
        """A tick whose work is done in this thread."""

        class Now:
            submit = staticmethod(lambda work, *arguments: work(*arguments))

        service.pool = Now
        for _ in range(3):
            service.tick()

    def rows(self) -> list[tuple]:
        return [
            (row["EventId"], row["ConnectorId"])
            for row in self.run_cmdlet("Get-MessageTrackingLog", MessageId="<x@lab.test>", ResultSize="Unlimited")
        ]

    def with_smart_host(self, **more) -> None:
        self.run_cmdlet("New-SendConnector", **SMART | {"SmartHosts": ["192.0.2.1"]}, **more)
        self.clock += 60

    def test_the_event_of_each_release(self):
        for version, event in [
            ("2007", "SEND"),
            ("2010", "SEND"),
            ("2013", "SENDEXTERNAL"),
            ("SE", "SENDEXTERNAL"),
            ("2016-edge", "SENDEXTERNAL"),
        ]:
            with self.subTest(version=version):
                self.begin("clean", version)
                self.with_smart_host()
                self.sent(self.service())
                self.assertEqual(self.rows()[-1], (event, SMART["Name"]))
                for path in self.host.folder.rglob("*.LOG"):
                    path.unlink()

    def test_a_port_needs_a_restart(self):
        """§2.6"""
        self.with_smart_host()
        service = self.service()
        self.run_cmdlet("Set-SendConnector", Identity=SMART["Name"], Port=587)
        self.clock += 60
        self.sent(service)
        self.sent(self.service())
        self.assertEqual([port for _, port, _ in self.calls], [25, 587])

    def test_a_failure_waits_in_the_queue_with_its_error(self):
        """§0a.8"""
        self.with_smart_host()
        self.answer = Refusal("535 5.7.8 authentication failed", answered=True)
        service = self.service()
        self.sent(service)
        queue = self.run_cmdlet("Get-Queue")[-1]
        self.assertEqual(
            (queue["NextHopDomain"], queue["DeliveryType"], queue["MessageCount"]),
            ("[192.0.2.1]", "SmartHostConnectorDelivery", 1),
        )
        self.assertEqual(queue["NextHopConnector"], self.connector(SMART["Name"])["Guid"])
        self.assertRegex(
            queue["LastError"], r"^\[\{LRT=.*\};\{LED=451 4\.4\.0 .*535 5\.7\.8.*\};\{FQDN=.*\};\{IP=192.0.2.1\}\]$"
        )
        self.assertEqual(self.rows()[-1][0], "DEFER")
        self.answer = None
        self.run_cmdlet("Retry-Queue", Filter="x")
        self.step(service)
        self.assertEqual(self.rows()[-1][0], "SENDEXTERNAL")

    def test_a_refused_recipient_fails(self):
        self.with_smart_host()
        self.answer = "550 5.7.1 recipient is not welcome here"
        self.sent(self.service())
        self.assertEqual([event for event, _ in self.rows()], ["RECEIVE", "FAIL", "DSN"])
        status = self.run_cmdlet("Get-MessageTrackingLog", EventId="FAIL")[0]["RecipientStatus"]
        self.assertEqual(len(status), 1)
        self.assertIn("{LED=550 5.7.1", status[0])

    def test_no_connector_is_unreachable(self):
        service = self.service()
        self.sent(service)
        self.assertEqual(self.run_cmdlet("Get-Queue")[-1]["Identity"], "EXCH16\\Unreachable")
        self.with_smart_host()
        self.step(service)
        self.assertEqual(self.rows()[-1][0], "SENDEXTERNAL")

    def test_a_second_connector_steals(self):
        self.with_smart_host()
        self.run_cmdlet(
            "New-SendConnector", Name="Archive", AddressSpaces=["*"], DNSRoutingEnabled=False, SmartHosts=["192.0.2.9"]
        )
        self.clock += 60
        self.sent(self.service())
        self.assertEqual(self.rows()[-1], ("SENDEXTERNAL", "Archive"))

    def test_too_large_fails(self):
        self.with_smart_host(MaxMessageSize="1KB")
        self.sent(self.service(), MAIL + b"x" * 1024)
        self.assertEqual([event for event, _ in self.rows()], ["RECEIVE", "FAIL", "DSN"])

    def test_another_source_server_takes_it_over(self):
        self.with_smart_host(SourceTransportServers=["EXCH16-2"])
        here = self.service()
        other = self.host.folder_of("EXCH16-2")
        self.sent(here)
        self.assertEqual(self.run_cmdlet("Get-Queue")[-1]["NextHopDomain"], "EXCH16-2", "it is not there yet")
        self.present("EXCH16-2")
        self.clock += 61
        self.step(here)
        self.assertEqual(self.rows()[-1], ("SEND", OWN_HOP))
        waiting = [Message(**json.loads(path.read_text())) for path in (other / "spool").glob("*.json")]
        self.assertEqual([message.message_id for message in waiting], ["<x@lab.test>"])

    def test_a_server_that_is_down_does_not_answer(self):
        for cmdlet in ("Get-Queue", "Get-MessageTrackingLog"):
            self.assertIn("isn't available", self.refused(cmdlet, Server="EXCH16-2").message)
        self.present("EXCH16-2")
        for cmdlet in ("Get-Queue", "Get-MessageTrackingLog"):
            self.run_cmdlet(cmdlet, Server="exch16-2.lab.test")

    def test_own_domains_stay_here(self):
        self.sent(self.service(), MAIL.replace(b"b@example.com", b"b@lab.test"))
        self.assertEqual(self.rows()[-1][0], "DELIVER")

    def test_what_is_sent_while_the_queue_is_read_is_not_sent_twice(self):
        self.with_smart_host()
        service = self.service()
        waiting: list[tuple] = []

        class Later:
            submit = staticmethod(lambda work, *arguments: waiting.append((work, arguments)))

        service.pool = Later
        (self.host.path(self.host.pickup) / "test.eml").write_bytes(MAIL)
        service.tick()
        read = service.queues.messages

        def slowly() -> list[Message]:
            found = read()
            for work, arguments in waiting[:]:
                waiting.clear()
                work(*arguments)
            return found

        service.queues.messages = slowly
        service.tick()
        for work, arguments in waiting:
            work(*arguments)
        self.assertEqual(len(self.calls), 1)

    def test_bad_files_are_renamed(self):
        self.sent(self.service(), b"nothing")
        self.assertEqual([path.name for path in self.host.path(self.host.pickup).iterdir()], ["test.bad"])
