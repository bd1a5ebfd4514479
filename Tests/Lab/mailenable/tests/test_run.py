"""mtactl's calls on a host with MailEnable: no cmdlets, the registry, a run that is put back."""

from mailenable import keys
from mailenable.settings import press_ok
from testing.contract import EXECUTOR, HEAD, RESTORE, Contract, b
from tests.installation import TAB, Installation
from windows.logon import Logon
from windows.natives import Natives
from windows.restore import restore


class RunTests(Contract, Installation):
    installed = ["MESMTPCS", "MEMTAS"]

    def write(self, field: str, value: str, kind: str) -> str:
        words = {"Key": keys.SMTP, "Name": self.host.draw.names[field], "Value": value, "Kind": kind}
        arguments = "".join(f"arg\t{name}\ttext\t{b(word)}\n" for name, word in words.items())
        return f"call\t{field}\tregistry.write\tmust\n{arguments}"

    def test_there_are_no_cmdlets(self):
        rows = self.answer("shell\tauto\ncall\ta\tGet-SendConnector\tmust\ncall\tf\thost.facts\tmay\nget\tComputer\n")
        self.assertEqual(rows[1], ["call", "a", "failed"])
        self.assertEqual(rows[2][1], b("mtactl: no Exchange is installed on this host"))

    def test_a_change_and_a_restart(self):
        press_ok(self.registry, self.host.draw, TAB)
        restart = f"call\tr\tservice.restart\tmust\narg\tName\ttext\t{b('MESMTPCS')}\narg\tSeconds\tnumber\t30\n"
        rows = self.answer(self.write("host", "outgoing2.example.net", "String") + restart)
        self.assertEqual([row[2] for row in rows if row[0] == "call"], ["ok", "ok"])
        self.assertEqual(self.host.settings.smart_host.host, "outgoing2.example.net")
        self.assertIn(("restart", "MESMTPCS.service"), self.restarted)

    def test_a_run_that_nobody_confirmed(self):
        press_ok(self.registry, self.host.draw, TAB)
        self.answer(self.write("host", "outgoing2.example.net", "String"))
        natives = Natives(self.host, Logon("mtactl", "password"), self.services)
        undo = HEAD + "shell\tnone\n" + self.write("host", TAB.host, "String")
        for path, text in [
            ("lock", "r1\tme"),
            ("runs\\r1\\state.pending", ""),
            ("runs\\r1\\executor.ps1", EXECUTOR),
            ("runs\\r1\\restore.ps1", RESTORE),
            ("runs\\r1\\undo.txt", undo),
        ]:
            natives.run("file.write", {"Path": path, "Text": text})
        self.assertEqual(restore(self.host, "r1", "runs\\r1\\restore.ps1", self.services), "restored")
        self.assertEqual(self.host.settings.smart_host, TAB)
