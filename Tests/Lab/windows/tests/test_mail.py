"""Natives for mail servers without cmdlets."""

from testing.contract import Contract, b
from testing.server import Server
from windows import mail
from windows.errors import CmdletError
from windows.logon import Credential, Logon
from windows.natives import Natives

MESSAGE = {"From": "a@lab.test", "To": "b@example.com", "Subject": "s", "MessageId": "<m@lab.test>", "Text": "hello\n"}


class SendTests(Contract):
    def send(self, server: Server, **more) -> None:
        self.addCleanup(server.close)
        mail.send("WINDOWS", MESSAGE | {"Port": server.port} | more)

    def refusal(self, server: Server, **more) -> CmdletError:
        with self.assertRaises(CmdletError) as caught:
            self.send(server, **more)
        return caught.exception

    def test_a_message_is_handed_in(self):
        server = Server()
        self.send(server)
        said = ["ehlo WINDOWS", "MAIL FROM:<a@lab.test>", "RCPT TO:<b@example.com>", "data"]
        self.assertEqual(server.heard[:4], said)
        self.assertIn(b"\r\nMessage-ID: <m@lab.test>\r\n", server.messages[0])
        self.assertTrue(server.messages[0].endswith(b"\r\n\r\nhello\r\n"))

    def test_a_login(self):
        server = Server(**{"AUTH login": "334 x", b("secret"): "235 in"})
        self.send(server, Login=Credential("alice", "secret"))
        self.assertEqual(server.heard[1:3], [f"AUTH login {b('alice')}", b("secret")])
        self.assertNotIn("secret", self.refusal(Server(), Login=Credential("alice", "secret")).message)

    def test_what_is_refused(self):
        for server, text, kind in [
            (Server(RCPT="550 no such"), "Mailbox unavailable. The server response was: no such", "SmtpFailed"),
            (Server(RCPT="503 log in"), "Bad sequence of commands. The server response was: log in", "SmtpFailed"),
            (Server(data="554 no"), "Transaction failed. The server response was: no", "SmtpException"),
            (
                Server(hello="421 busy"),
                "Service not available, closing",
                "SmtpException",
            ),
        ]:
            error = self.refusal(server)
            self.assertIn(text, error.message)
            self.assertTrue(error.identifier.startswith(kind))
        gone = Server()
        gone.close()
        with self.assertRaises(CmdletError) as caught:
            mail.send("WINDOWS", MESSAGE | {"Port": 1})
        self.assertIn('"Failure sending mail."', caught.exception.message)

    def test_no_line_in_a_header(self):
        self.assertIn("not in the form", self.refusal(Server(), Subject="a\r\nBcc: c@example.com").message)


class LogTests(Contract):
    def setUp(self):
        super().setUp()
        self.natives = Natives(self.host, Logon("mtactl", "password"), self.services)
        self.log = self.root / "C:/logs/a.log"
        self.log.parent.mkdir(parents=True)

    def watch(self, start: int, contains: list[str], seconds: int = 0, path: str = "C:\\logs\\a.log") -> dict:
        given = {"Path": path, "From": start, "Contains": contains, "Seconds": seconds}
        return self.natives.run("log.watch", given)[0]

    def test_only_whole_lines_from_a_place_on(self):
        self.assertEqual(self.watch(-1, []), {"Size": 0, "Next": 0, "Lines": []})
        self.log.write_bytes(b"one\r\ntwo\r\nthr")
        self.assertEqual(self.watch(-1, []), {"Size": 13, "Next": 13, "Lines": []})
        self.assertEqual(self.watch(5, []), {"Size": 13, "Next": 10, "Lines": ["two"]})
        self.assertEqual(self.watch(0, ["two"], 30)["Lines"], ["one", "two"])

    def test_waiting_ends(self):
        times = iter([0.0, 1.0, 2.0, 3.0])
        slept: list[float] = []
        given = {"Path": "C:\\logs\\a.log", "From": 0, "Contains": ["x"], "Seconds": 2}
        mail.watch(self.root, given, sleep=slept.append, now=lambda: next(times))
        self.assertEqual(slept, [1.0])

    def test_logs_and_spools_alone(self):
        for path in ("C:\\logs\\a.txt", "logs\\a.log", "C:\\logs\\..\\a.log"):
            with self.assertRaises(CmdletError):
                self.watch(0, [], path=path)

    def test_files_are_found_by_what_they_have(self):
        (self.log.parent / "1.MAI").write_bytes(b"Message-ID: <a@b>\r\n")
        (self.log.parent / "2.MAI").write_bytes(b"x")

        def found(contains: str) -> list[str]:
            rows = self.natives.run("spool.find", {"Folder": "C:\\logs", "Contains": contains})
            return [row["Name"] for row in rows]

        self.assertEqual((found("<a@b>"), found("none"), found("")), (["1.MAI"], [], ["1.MAI", "2.MAI"]))
        with self.assertRaises(CmdletError):
            self.natives.run("spool.find", {"Folder": "C:\\other", "Contains": ""})

    def test_a_tree_in_an_answer(self):
        self.natives.registry.write_all({"HKLM:\\SOFTWARE\\X\\Y": {}, "HKLM:\\SOFTWARE\\X": {"a": ("Binary", [1, 2])}})
        key = b("HKLM:\\SOFTWARE\\X")
        rows = self.answer(f"call\tt\tregistry.tree\tmust\narg\tKey\ttext\t{key}\nget\tName\nget\tValue\n")
        self.assertEqual(
            rows[2:-1],
            [
                ["object"],
                ["prop", "Name", "text", b("a")],
                ["prop", "Value", "list", f"{b('1')},{b('2')}"],
                ["object"],
                ["prop", "Name", "null"],
                ["prop", "Value", "null"],
            ],
        )
