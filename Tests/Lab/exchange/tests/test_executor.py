"""The contract with mtactl: command line, document, answer, shells. §1.1 to §1.4; the executor's contract."""

import base64
import unittest

from standin.shells import open_shell
from testing.contract import BOOTSTRAP, EXECUTOR, HEAD, b, command
from tests.contract import Contract
from windows import shell
from windows.document import Malformed, parse
from windows.host import PlainHost
from windows.logon import Credential, Logon


class CommandLineTests(Contract):
    def test_only_the_contracts_switches(self):
        for words in (["-Command", "x"], command()[1:], [*command()[:-1], "-File", "x"]):
            self.assertEqual(self.run_powershell("", words=words)[:2], (1, ""))

    def test_encoded_command_is_strict(self):
        for word in (b(BOOTSTRAP)[:-1] + "*", "AAA", b("x"), base64.b64encode(b"\x00\xd8\x00\x00").decode()):
            status, out, err = self.run_powershell("", words=[*command()[:-1], word])
            self.assertEqual((status, out), (1, ""))
            self.assertIn("not properly encoded", err)

    def test_unknown_texts_are_refused(self):
        for words, executor in [(command("other"), EXECUTOR), (command(), "other"), (command(), EXECUTOR + "\n")]:
            status, out, err = self.run_powershell("", words=words, stdin=f"{b(executor)}\n{b(HEAD)}\n".encode())
            self.assertEqual((status, out), (1, ""))
            self.assertIn("not pinned: sha256", err)

    def test_standard_input_has_two_lines(self):
        for stdin in (b"", f"{b(EXECUTOR)}\n".encode(), f"{b(EXECUTOR)}\n{b(HEAD)}\n\n".encode()):
            self.assertEqual(self.run_powershell("", stdin=stdin)[:2], (1, ""))

    def test_base64_that_is_none_is_fatal(self):
        status, out, _ = self.run_powershell("", stdin=b"*\n*\n")
        self.assertEqual(status, 1)
        self.assertRegex(out, r"^<<MTACTL:fatal:[A-Za-z0-9+/=]+>>")

    def test_noise(self):
        _, out, err = self.run_powershell("shell\tremote\ncall\ta\tGet-SendConnector\tmust\n")
        self.assertTrue(err.startswith("#< CLIXML"))
        self.assertIn("Welcome to the Exchange Management Shell", out.partition("<<MTACTL")[0])

    def test_what_a_shell_takes_of_a_line(self):
        line = "powershell.exe " + " ".join(command())
        self.assertEqual(shell.words_of(line, "cmd"), line.split())
        for bad in ('powershell.exe "x"', "a & b", "a | b", "%PATH%", "a\nb", "a!b", "a^b", "a>b", "(a)"):
            self.assertIsNone(shell.words_of(bad, "cmd"), bad)
        self.assertIsNone(shell.words_of("powershell.exe " + "a" * 8177, "cmd"))
        self.assertIsNotNone(shell.words_of("powershell.exe " + "a" * 8176, "cmd"))
        self.assertIsNotNone(shell.words_of("powershell.exe " + "a" * 9000, "powershell"))


class DocumentTests(unittest.TestCase):
    def test_what_is_no_document(self):
        for text in (
            "",
            "shell\tauto\n",
            HEAD[:-1],
            HEAD + "\n",
            HEAD + "shell\tother\n",
            HEAD + "get\tx\n",
            HEAD + "call\tA\tx\tmust\n",
            HEAD + "call\ta\tx\tperhaps\n",
            HEAD + "shell\tsession\tl1\n",
            HEAD + "call\ta\tx\tmust\narg\tX\tflag\t2\n",
            HEAD + "call\ta\tx\tmust\narg\tX\ttext\t*\n",
            HEAD + "call\ta\tx\tmust\narg\tX\tnull\t\n",
            HEAD + "call\ta\tx\tmust\narg\tX\tlogin\tl1\n",
            HEAD + "call\ta\tx\tmust\narg\tX\tnumber\t1\narg\tX\tnumber\t1\n",
            HEAD.replace("0f", "0F"),
            HEAD.replace("\n", "\r\n"),
        ):
            with self.subTest(text=text), self.assertRaises(Malformed):
                parse(text)

    def test_values(self):
        document = parse(
            HEAD + f"login\tl1\t{b('u')}\t{b('p')}\nshell\tsession\tl1\ncall\ta\tx\tmust\narg\tA\ttext\t{b('ä')}\n"
            f"arg\tB\tlist\t{b('1')},{b('2')}\narg\tC\tlist\t\narg\tD\tflag\t0\narg\tE\tnumber\t587\narg\tF\tnull\n"
            "arg\tG\tlogin\tl1\nget\tName\n"
        )
        self.assertEqual(
            document.calls[0].arguments,
            {"A": "ä", "B": ["1", "2"], "C": [], "D": False, "E": 587, "F": None, "G": Credential("u", "p")},
        )
        self.assertEqual(document.shell_login, Credential("u", "p"))


class AnswerTests(Contract):
    def test_the_contracts_own_example(self):
        rows = self.answer(
            f"login\tl1\t{b('out@example.com')}\t{b('s3cret')}\nshell\tauto\ncall\tnew\tNew-SendConnector\tmust\n"
            f"arg\tName\ttext\t{b('Smart host to Internet')}\narg\tAddressSpaces\tlist\t{b('SMTP:*;1')}\n"
            "arg\tDNSRoutingEnabled\tflag\t0\n"
            f"arg\tSmartHosts\tlist\t{b('outgoing1.example.net')},{b('outgoing2.example.net')}\n"
            f"arg\tSmartHostAuthMechanism\ttext\t{b('BasicAuthRequireTLS')}\narg\tAuthenticationCredential\tlogin\tl1\n"
            "arg\tPort\tnumber\t587\narg\tConfirm\tflag\t0\nget\tName\ncall\tread\tGet-SendConnector\tmay\n"
            f"arg\tDomainController\ttext\t{b('dc1.lab.test')}\nget\tSmartHosts\nget\tTlsDomain\nget\tNoSuch\n"
            "get\tEnabled\nget\tAuthenticationCredential\n",
            # A login is named in the document, but not for the shell.
        )
        hosts = f"{b('outgoing1.example.net')},{b('outgoing2.example.net')}"
        self.assertEqual(
            rows,
            [
                ["mtactl", "1"],
                ["shell", "remote"],
                ["call", "new", "ok"],
                ["object"],
                ["prop", "Name", "text", b("Smart host to Internet")],
                ["call", "read", "ok"],
                ["object"],
                ["prop", "SmartHosts", "list", hosts],
                ["prop", "TlsDomain", "null"],
                ["prop", "NoSuch", "absent"],
                ["prop", "Enabled", "text", b("True")],
                ["prop", "AuthenticationCredential", "text", b("out@example.com")],
                ["end", "2"],
            ],
        )

    def test_must_and_may(self):
        bad = f"Set-SendConnector\t{{}}\narg\tIdentity\ttext\t{b('x')}\n"
        rows = self.answer(
            "shell\tauto\ncall\ta\t"
            + bad.format("may")
            + "call\tb\t"
            + bad.format("must")
            + "call\tc\tGet-SendConnector\tmust\n"
        )
        self.assertEqual(
            [row[1:] for row in rows if row[0] == "call"], [["a", "failed"], ["b", "failed"], ["c", "skipped"]]
        )
        self.assertEqual(rows[-1], ["end", "3"])

    def test_only_the_executors_list(self):
        for name in ("Get-Mailbox", "Invoke-Expression", "Restart-Service", "no.such"):
            rows = self.answer(f"shell\tauto\ncall\ta\t{name}\tmust\n")
            error = next(row for row in rows if row[0] == "error")
            self.assertEqual(base64.b64decode(error[1]).decode(), f"mtactl: not on the list of the executor: {name}")


class ShellTests(Contract):
    """§1.2, §1.4"""

    def kind(self, kind: str, method: str = "password", login: Credential | None = None) -> str:
        return open_shell(self.host, kind, Logon("mtactl", method), login).kind

    def text(self, kind: str, method: str = "publickey", login: Credential | None = None) -> str:
        with self.assertRaises(Exception) as caught:
            self.kind(kind, method, login)
        return str(caught.exception)

    def test_auto(self):
        right = Credential("LAB\\mtactl", "right")
        for version, kinds in [
            ("2007", ("snapin", "snapin")),
            ("2010", ("remote", "session")),
            ("2016-edge", ("snapin", "snapin")),
            ("SE", ("remote", "session")),
        ]:
            self.begin("clean", version)
            self.assertEqual((self.kind("auto"), self.kind("auto", login=right)), kinds)

    def test_a_key_needs_a_login(self):
        self.assertIn("0x8009030e", self.text("remote"))
        self.assertIn("0x8009030e", self.text("session"))
        self.assertEqual(self.kind("auto", "publickey", Credential("mtactl@lab.test", "right")), "session")
        self.assertIn("password is incorrect", self.text("auto", "publickey", Credential("mtactl", "wrong")))

    def test_a_management_shell_that_does_not_load(self):
        self.host.directory.set(**{"management-shell": "broken"})
        self.assertIn("the Exchange cmdlets could not be loaded", self.text("auto", "password"))

    def test_no_exchange(self):
        self.host = PlainHost("WINDOWS", "windows.lab.test", self.root)
        rows = self.answer(
            "shell\tauto\ncall\tf\thost.facts\tmay\nget\tExchangeKey\ncall\ta\tGet-SendConnector\tmust\n"
        )
        self.assertIn(["prop", "ExchangeKey", "absent"], rows)
        error = next(row for row in rows if row[0] == "error")
        self.assertEqual(base64.b64decode(error[1]).decode(), "mtactl: no Exchange is installed on this host")
