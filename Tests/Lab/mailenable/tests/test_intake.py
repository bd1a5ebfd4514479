"""Taking mail in: port 25, relay rules, queues, mailboxes. KB ME020001, ME020280, Email Delivery Flow."""

import smtplib
import threading
from unittest.mock import patch

from mailenable import keys
from mailenable.mta import Agent
from mailenable.postoffice import Connector
from mailenable.queues import Command
from mailenable.smtp import Listener
from tests.installation import Installation


class PortTests(Installation):
    def setUp(self):
        super().setUp()
        self.service_under_test = self.service()
        self.listener = Listener(self.service_under_test, "127.0.0.1", 0)
        threading.Thread(target=self.listener.serve_forever, args=(0.01,), daemon=True).start()
        self.addCleanup(self.listener.server_close)
        self.addCleanup(self.listener.shutdown)

    def client(self) -> smtplib.SMTP:
        client = smtplib.SMTP(timeout=5)
        self.greeting = client.connect("127.0.0.1", self.listener.server_address[1])
        self.addCleanup(client.close)
        client.ehlo("client")
        return client

    def recipient(self, to: str, client: smtplib.SMTP | None = None) -> str:
        client = client or self.client()
        client.docmd("MAIL", "FROM:<root@mailenable.lab.test>")
        code, text = client.docmd("RCPT", f"TO:<{to}>")
        return f"{code} {text.decode()}"

    def test_who_may_relay(self):
        self.assertIn("250", self.recipient("b@example.com"))
        self.host.decide(relay="authenticated")
        self.assertIn("503 This mail server requires authentication", self.recipient("b@example.com"))
        client = self.client()
        client.login("alice@hosted.test", "secret of alice")
        self.assertIn("250", self.recipient("b@example.com", client))
        self.host.decide(relay="off")
        self.assertIn("550", self.recipient("b@example.com"))
        with patch("mailenable.session.PRIVILEGED", ("192.0.2.1",)):
            self.host.decide(relay="privileged")
            self.assertIn("503", self.recipient("b@example.com"))
        debug = " ".join(row[0] for row in self.rows("SMTP\\SMTP-Debug"))
        for code in ("ME-I0107", "ME-I0108", "ME-I0111", "ME-I0112"):
            self.assertIn(code, debug)

    def test_hosted_mailboxes(self):
        self.assertIn("250", self.recipient("alice@HOSTED.test"))
        self.assertIn("550", self.recipient("nobody@hosted.test"))
        self.assertIn("250", self.recipient("postmaster@mailenable.lab.test"))

    def test_logins(self):
        with self.assertRaises(smtplib.SMTPAuthenticationError) as caught:
            self.client().login("alice@hosted.test", "wrong")
        self.assertEqual(caught.exception.smtp_error, b"Invalid Username or Password")
        self.assertEqual(self.client().docmd("AUTH", "PLAIN eA==")[0], 504)

    def test_order(self):
        client = self.client()
        self.assertEqual(client.docmd("RCPT", "TO:<a@hosted.test>")[0], 503)
        self.assertEqual(client.docmd("DATA")[0], 503)
        self.assertEqual(client.docmd("XYZ")[0], 500)

    def test_a_message_lies_in_the_inbound_queue(self):
        client = self.client()
        banner = r"^mailenable.lab.test ESMTP MailEnable Service, Version: 10.48-- ready at "
        self.assertRegex(self.greeting[1].decode(), banner)
        self.assertIn("auth", client.esmtp_features)
        client.sendmail("", ["alice@hosted.test", "b@example.com"], b"Subject: one\r\n\r\n.dot\r\n")
        client.sendmail("c@hosted.test", ["alice@hosted.test"], b"Subject: two\r\n\r\n")
        client.quit()
        first, second = sorted(self.service_under_test.inbound.commands(), key=lambda command: command.subject)
        self.assertEqual((first.sender, first.recipients), ("", ["alice@hosted.test", "b@example.com"]))
        content = self.service_under_test.inbound.content(first)
        self.assertTrue(
            content.startswith(b"Received: from client ([127.0.0.1]) by mailenable.lab.test with MailEnable")
        )
        self.assertTrue(content.endswith(b"Subject: one\r\n\r\n.dot\r\n"))
        rows = self.rows()
        self.assertEqual({row[1] for row in rows}, {first.name, second.name})
        self.assertEqual((rows[0][0], rows[0][4], rows[0][7:9]), ("SMTP-IN", "", ["0", "0"]))
        counted = {row["Name"]: row["Value"] for row in self.registry.values(keys.COUNTERS)}
        self.assertEqual(counted["Messages Received"], "2")


class LogTests(Installation):
    def test_a_log_that_is_off_and_one_elsewhere(self):
        self.registry.write(keys.SMTP, "Activity Log Enabled", "DWord", "0")
        self.assertIsNone(self.service().activity)
        self.registry.write(keys.SMTP, "Activity Log Enabled", "DWord", "1")
        self.registry.write(keys.SMTP, "Activity Log Directory", "String", "D:\\Logs")
        self.assertEqual(self.service().activity, self.root / "D:/Logs")


class AgentTests(Installation):
    def moved(self, *recipients: str) -> tuple[Command, Agent]:
        agent = Agent(self.host)
        command = Command("a@hosted.test", list(recipients))
        agent.inbound["SMTP"].add(command, b"x")
        agent.tick()
        self.assertEqual(agent.inbound["SMTP"].commands(), [])
        return command, agent

    def test_a_message_for_each_domain(self):
        _, agent = self.moved("a@example.com", "b@example.com", "c@example.net", "alice@hosted.test")
        sent = sorted(command.recipients for command in agent.outgoing["SMTP"].commands())
        self.assertEqual(sent, [["a@example.com", "b@example.com"], ["c@example.net"]])
        self.assertEqual([command.recipients for command in agent.outgoing["SF"].commands()], [["alice@hosted.test"]])
        self.assertEqual([row[2] for row in self.rows("MTA\\MTA-Activity")], ["SMTP", "SMTP", "SF"])

    def test_names_on_the_way(self):
        for names, kept in [("new", False), ("same", True)]:
            self.host.decide(names=names)
            command, agent = self.moved("a@example.com")
            self.assertEqual(command.name in [other.name for other in agent.outgoing["SMTP"].commands()], kept)
            before = len(agent.outgoing["SMTP"].commands())
            _, agent = self.moved("a@example.com", "b@example.net")
            self.assertEqual(len(agent.outgoing["SMTP"].commands()), before + 2)

    def test_command_files_of_others_are_bad_mail(self):
        agent = Agent(self.host)
        queue = agent.inbound["SMTP"]
        text = Command("a@hosted.test", ["b@example.com"]).text("guessed")
        for name, message in [("A.MAI", True), ("B.MAI", False)]:
            (queue.folder / name).write_text(text)
            if message:
                (queue.messages / name).write_text("x")
        agent.tick()
        self.assertEqual(agent.outgoing["SMTP"].commands(), [])
        bad = sorted(path.name for path in (self.host.path(keys.PLAIN) / "Bad Mail").iterdir())
        self.assertEqual(bad, ["A.MAI", "A.MAI.command", "B.MAI.command"])

    def test_hosted_mail_ends_in_a_mailbox(self):
        _, agent = self.moved("alice@hosted.test", "root@mailenable.lab.test")
        Connector(self.host).tick()
        offices = self.host.path(self.host.settings.mail_root)
        for box in ("hosted.test/MAILROOT/alice", "mailenable.lab.test/MAILROOT/postmaster"):
            self.assertEqual(len(list((offices / box / "Inbox").iterdir())), 1)
