"""Queue, courier and listener together, with a minimal product."""

import smtplib
import tempfile
import unittest
from pathlib import Path

from labmail.courier import Courier, Way
from labmail.listener import Server
from labmail.queue import Message, Queue
from labmail.report import report, stamped
from labmail.session import Hop, Refusal, Sent


class Product:
    """`ways` by recipient; `outcomes` in the order in which they were reported."""

    def __init__(self):
        self.ways, self.outcomes, self.stored, self.hopeless, self.off = {}, [], [], False, False

    def name(self):
        return "me.test"

    def paused(self):
        return self.off

    def way(self, message, recipient):
        return self.ways.get(recipient, Way((Hop("192.0.2.1"),)))

    def retry_after(self, message):
        return 60.0

    def gives_up(self, message):
        return self.hopeless

    def store(self, message, recipient):
        self.stored.append(recipient)

    def noting(self, message, hop, address):
        return lambda way, text: None

    def told(self, message, outcomes):
        self.outcomes += [(one.recipient, one.result, one.address) for one in outcomes]


class CourierTests(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.queue = Queue(self.folder / "out", self.folder / "out" / "retry")
        self.queue.prepare()
        self.product, self.answers, self.tried, self.now = Product(), {}, [], 1000.0
        self.courier = Courier(self.queue, self.product, lambda: self.now, self.send, lambda domain: ["192.0.2.9"])

    def send(self, hop, address, name, tls, message, note):
        self.tried.append(address)
        answer = self.answers.get(address, "250 2.0.0 ok")
        if isinstance(answer, Refusal):
            answer.address = address if answer.reached else ""
            raise answer
        return Sent(hop.host, address, dict.fromkeys(message.recipients, answer), tls)

    def attempt(self, *recipients):
        message = Message("a@here.test", list(recipients), "x")
        self.queue.keep(message)
        self.courier.attempt(message)
        return message

    def test_delivered_and_gone(self):
        self.attempt("b@there.test")
        self.assertEqual(self.product.outcomes, [("b@there.test", "delivered", "192.0.2.1")])
        self.assertEqual(list(self.queue.messages()), [])

    def test_later(self):
        self.answers["192.0.2.1"] = "451 4.7.1 greylisted"
        message = self.attempt("b@there.test")
        (kept,) = self.queue.messages()
        self.assertEqual((kept.last, kept.due, kept.attempts), ("451 4.7.1 greylisted", 1060.0, 1))
        self.assertEqual([path.parent.name for path in self.folder.rglob("*.dat")], ["retry"])
        self.assertEqual(self.queue.hurry([message.key]), 1)
        self.answers.clear()
        self.courier.attempt(self.queue.find(message.key))
        self.assertEqual(self.product.outcomes[-1][1], "delivered")
        self.assertEqual(list(self.folder.rglob("*.dat")), [])

    def test_never(self):
        self.answers["192.0.2.1"] = Refusal("554 5.7.1 no", permanent=True)
        self.attempt("b@there.test")
        self.assertEqual(self.product.outcomes, [("b@there.test", "failed", "192.0.2.1")])
        self.answers["192.0.2.1"], self.product.hopeless = "451 later", True
        self.attempt("c@there.test")
        self.assertEqual(self.product.outcomes[-1], ("c@there.test", "failed", "192.0.2.1"))
        self.assertEqual(list(self.queue.messages()), [])

    def test_the_next_server_is_for_when_one_is_not_reached(self):
        self.product.ways["b@there.test"] = Way((Hop("192.0.2.1"), Hop("192.0.2.2")))
        self.answers["192.0.2.1"] = Refusal("421 busy", reached=False)
        self.attempt("b@there.test")
        self.assertEqual(self.tried, ["192.0.2.1", "192.0.2.2"])
        self.answers["192.0.2.1"] = Refusal("535 5.7.8 no login")
        self.attempt("b@there.test")
        self.assertEqual(self.tried[2:], ["192.0.2.1"])
        self.assertEqual(self.product.outcomes[-1], ("b@there.test", "delayed", "192.0.2.1"))

    def test_instead_of_the_exchangers(self):
        self.product.ways["b@there.test"] = Way(domain="there.test", instead=(Hop("192.0.2.5"),))
        for answer in (Refusal("421 busy", reached=False), "451 4.7.1 greylisted"):
            self.answers["192.0.2.9"] = answer
            self.attempt("b@there.test")
            self.assertEqual(self.product.outcomes[-1], ("b@there.test", "delivered", "192.0.2.5"))
        self.answers["192.0.2.9"] = "550 5.1.1 no"
        self.attempt("b@there.test")
        self.assertEqual(self.product.outcomes[-1], ("b@there.test", "failed", "192.0.2.9"))

    def test_copies_go_their_ways(self):
        self.product.ways = {
            "alice@here.test": Way(local=True),
            "b@there.test": Way((Hop("192.0.2.2"),), recipient="c@else.test"),
        }
        self.answers["192.0.2.1"] = "451 later"
        self.attempt("alice@here.test", "b@there.test", "d@there.test")
        self.assertEqual(self.product.stored, ["alice@here.test"])
        self.assertIn(("b@there.test", "delivered", "192.0.2.2"), self.product.outcomes)
        (kept,) = self.queue.messages()
        self.assertEqual(kept.recipients, ["d@there.test"])

    def test_once_although_it_was_seen_twice(self):
        message = Message("a@here.test", ["b@there.test"], "x")
        self.queue.keep(message)
        self.courier._handled(message.key)
        self.courier._handled(message.key)
        self.assertEqual(len(self.tried), 1)

    def test_what_is_gone_does_not_come_back(self):
        message = self.attempt("b@there.test")
        self.assertEqual(self.queue.hurry([message.key]), 0)
        self.assertEqual(list(self.queue.messages()), [])

    def test_paused(self):
        self.product.off = True
        self.queue.keep(Message("a@here.test", ["b@there.test"], "x"))
        self.courier.tick()
        self.assertEqual(self.tried, [])


class Gate(Product):
    taken: list = []

    def banner(self):
        return "220 me.test ready"

    def recipient(self, client, sender, address):
        return "550 5.7.1 no" if address.startswith("no@") else None

    def take(self, message, note):
        self.taken.append(message)
        return "250 2.6.0 accepted"

    def listening(self, client):
        return lambda way, text: None


class ListenerTests(unittest.TestCase):
    def setUp(self):
        self.gate = Gate()
        self.gate.taken = []
        server = Server(("127.0.0.1", 0), self.gate)
        server.start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        self.port = server.server_address[1]

    def test_a_message_is_taken(self):
        with smtplib.SMTP("127.0.0.1", self.port) as client:
            refused = client.sendmail("a@here.test", ["b@there.test", "no@there.test"], "Subject: x\r\n\r\n.dot\r\n")
        self.assertEqual(list(refused), ["no@there.test"])
        (message,) = self.gate.taken
        self.assertEqual((message.sender, message.recipients), ("a@here.test", ["b@there.test"]))
        self.assertEqual(message.content, "Subject: x\r\n\r\n.dot\r\n")

    def test_commands_have_their_order(self):
        with smtplib.SMTP("127.0.0.1", self.port) as client:
            self.assertEqual(client.docmd("RCPT", "TO:<b@there.test>")[0], 503)
            self.assertEqual(client.docmd("MAIL", "FROM:<>")[0], 250)
            self.assertEqual(client.docmd("DATA")[0], 503)
            self.assertEqual(client.docmd("MAIL", "FROM:<>")[0], 503)
            self.assertEqual(client.docmd("RSET")[0], 250)
            self.assertEqual(client.docmd("MAIL", "FROM")[0], 501)
            self.assertEqual(client.docmd("XYZZY")[0], 500)


class ReportTests(unittest.TestCase):
    def test_nobody_is_told_of_what_nobody_sent(self):
        self.assertIsNone(report(Message("", ["b@there.test"], ""), [], "me.test", "daemon@me.test"))
        letter = report(Message("a@here.test", ["b@there.test"], "Subject: x\r\n\r\nsecret"), [], "me", "daemon@me")
        self.assertEqual((letter.sender, letter.recipients), ("", ["a@here.test"]))
        self.assertNotIn("secret", letter.content)

    def test_what_a_message_has_to_have(self):
        stamp = stamped(Message("a@here.test", [], "Message-ID: <1@x>\r\n\r\nbody"), "me.test")
        self.assertEqual(stamp.header("message-id"), "<1@x>")
        self.assertTrue(stamp.header("date"))
        self.assertTrue(stamped(Message("a@here.test", [], "\r\nbody"), "me.test").header("message-id"))
