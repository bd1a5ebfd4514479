"""The client against a server with scripted answers."""

import base64
import socket
import unittest

from labmail.queue import Message
from labmail.session import Hop, Refusal, deliver, status
from labmail.tests.scripted import Scripted, usual

HERE = "127.0.0.1"


class SessionTests(unittest.TestCase):
    def setUp(self):
        self.said: list[tuple[str, str]] = []
        self.message = Message("a@here.test", ["b@there.test"], "Subject: x\r\n\r\n.dot\r\n")

    def deliver(self, answer=usual, greeting="220 here", **hop):
        there = Scripted(answer, greeting)
        self.addCleanup(there.close)
        self.there = there
        to = Hop("there.test", there.port, **hop)
        return deliver(to, HERE, "me.test", True, self.message, lambda way, text: self.said.append((way, text)))

    def test_a_message_arrives(self):
        sent = self.deliver()
        self.assertEqual(sent.replies, {"b@there.test": "250 2.0.0 ok"})
        self.assertFalse(sent.encrypted)
        self.assertIn("EHLO me.test", self.there.heard)
        self.assertIn("MAIL FROM:<a@here.test> SIZE=20", self.there.heard)
        self.assertEqual(self.there.contents, [b"Subject: x\r\n\r\n..dot\r\n"])

    def test_the_null_sender(self):
        self.message.sender = ""
        self.deliver()
        self.assertIn("MAIL FROM:<> SIZE=20", self.there.heard)

    def test_each_recipient_has_its_answer(self):
        self.message.recipients = ["b@there.test", "no@there.test", "later@there.test"]
        answers = {"RCPT TO:<no@there.test>": "550 5.1.1 no", "RCPT TO:<later@there.test>": "451 4.7.1 later"}
        sent = self.deliver(lambda line: answers.get(line) or usual(line))
        self.assertEqual(
            sent.replies,
            {"b@there.test": "250 2.0.0 ok", "no@there.test": "550 5.1.1 no", "later@there.test": "451 4.7.1 later"},
        )

    def test_what_refuses_the_whole_session(self):
        for line, answer, permanent in [
            ("MAIL", "554 5.7.1 never", True),
            ("MAIL", "451 4.7.1 not now", False),
            ("EHLO", "", False),
        ]:
            with self.subTest(answer=answer), self.assertRaises(Refusal) as caught:
                self.deliver(lambda heard, line=line, answer=answer: answer if heard.startswith(line) else usual(heard))
            self.assertEqual(caught.exception.permanent, permanent)
            self.assertTrue(caught.exception.reached)
            self.assertEqual((caught.exception.host, caught.exception.address), ("there.test", HERE))

    def test_what_is_not_reached(self):
        with self.assertRaises(Refusal) as caught:
            self.deliver(greeting="421 4.3.2 busy")
        self.assertEqual((caught.exception.text, caught.exception.reached), ("421 4.3.2 busy", False))
        with socket.socket() as wire:
            wire.bind((HERE, 0))
            port = wire.getsockname()[1]
        with self.assertRaises(Refusal) as caught:
            deliver(Hop("there.test", port), HERE, "me", True, self.message, lambda way, text: None)
        self.assertEqual((caught.exception.text, caught.exception.reached), ("421 4.4.1 Connection refused", False))

    def log_in(self, offered: str, **hop):
        def answer(line):
            if line.startswith("EHLO"):
                return f"250-here\r\n250 AUTH {offered}" if offered else "250 here"
            if line == "AUTH LOGIN":
                return "334 VXNlcjo="
            if line == base64.b64encode(b"user").decode():
                return "334 UGFzcw=="
            if line in (base64.b64encode(b"secret").decode(), "AUTH PLAIN AHVzZXIAc2VjcmV0"):
                return "235 2.7.0 welcome"
            return usual(line) if line.startswith(("MAIL", "RCPT", "DATA", ".", "QUIT")) else "535 5.7.8 no"

        return self.deliver(answer, user="user", **({"password": "secret"} | hop))

    def test_logins(self):
        self.log_in("LOGIN PLAIN")
        self.assertIn("AUTH LOGIN", self.there.heard)
        self.log_in("PLAIN")
        self.assertIn("AUTH PLAIN AHVzZXIAc2VjcmV0", self.there.heard)
        self.assertIn((">", "AUTH PLAIN"), self.said)
        told = " ".join(text for _, text in self.said)
        for secret in ("AHVz", "secret", base64.b64encode(b"secret").decode()):
            self.assertNotIn(secret, told)

    def test_a_refused_login(self):
        with self.assertRaises(Refusal) as caught:
            self.log_in("LOGIN", password="wrong")
        self.assertEqual((caught.exception.text, caught.exception.permanent), ("535 5.7.8 no", False))

    def test_no_login_is_offered(self):
        self.log_in("")
        with self.assertRaises(Refusal):
            self.log_in("", needs_login=True)

    def test_the_status_of_a_reply(self):
        for text, wanted in [
            ("250 2.0.0 taken", ("2.0.0", "taken")),
            ("550 no", ("5.0.0", "no")),
            ("451 4.7.1 later, later", ("4.7.1", "later, later")),
            ("nonsense", ("4.0.0", "nonsense")),
        ]:
            self.assertEqual(status(text), wanted)
