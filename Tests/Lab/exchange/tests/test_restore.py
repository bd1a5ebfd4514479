"""The scheduled task of the dead-man switch."""

from testing.contract import EXECUTOR, HEAD, RESTORE, b
from tests.contract import Contract
from windows import restore
from windows.logon import Logon
from windows.natives import Natives


class RestoreTests(Contract):
    """The task puts back a run that nobody confirmed, as SYSTEM."""

    model = "dns"

    def prepare(self, undo: str) -> Natives:
        natives = Natives(self.host, Logon("mtactl", "password"), self.services)
        for path, text in [
            ("lock", "r1\tme"),
            ("runs\\r1\\state.pending", ""),
            ("runs\\r1\\executor.ps1", EXECUTOR),
            ("runs\\r1\\restore.ps1", RESTORE),
            ("runs\\r1\\undo.txt", HEAD + "shell\tauto\n" + undo),
        ]:
            natives.run("file.write", {"Path": path, "Text": text})
        natives.run("task.arm", {"Run": "r1", "Script": "runs\\r1\\restore.ps1", "Seconds": 0})
        return natives

    def kept(self, natives: Natives) -> list[str]:
        return [item["Path"] for item in natives.files.list(".") if "state" in item["Path"] or item["Path"] == "lock"]

    def test_it_restores(self):
        self.run_cmdlet("Set-SendConnector", Identity="Internet", Port=587)
        natives = self.prepare(
            f"call\ta\tSet-SendConnector\tmust\narg\tIdentity\ttext\t{b('Internet')}\narg\tPort\tnumber\t25\n"
        )
        self.assertEqual(natives.tasks.due(), [("r1", "runs\\r1\\restore.ps1")])
        self.assertEqual(natives.tasks.due(), [])
        self.assertEqual(restore.restore(self.host, "r1", "runs\\r1\\restore.ps1", self.services), "restored")
        self.assertEqual(self.connector("Internet")["Port"], 25)
        self.assertEqual(self.kept(natives), ["runs\\r1\\state.restored"])

    def test_what_fails_is_stranded_and_keeps_the_lock(self):
        natives = self.prepare(
            f"call\ta\tSet-SendConnector\tmust\narg\tIdentity\ttext\t{b('gone')}\narg\tPort\tnumber\t25\n"
        )
        self.assertEqual(restore.restore(self.host, "r1", "runs\\r1\\restore.ps1", self.services), "stranded")
        self.assertEqual(self.kept(natives), ["lock", "runs\\r1\\state.stranded"])

    def test_confirmed_runs_stay(self):
        natives = self.prepare("")
        natives.run("file.move", {"From": "runs\\r1\\state.pending", "To": "runs\\r1\\state.confirmed"})
        self.assertIn("Could not find file", restore.restore(self.host, "r1", "runs\\r1\\restore.ps1", self.services))
        self.assertEqual(self.kept(natives), ["lock", "runs\\r1\\state.confirmed"])

    def test_unknown_texts_do_not_run(self):
        natives = self.prepare("")
        natives.run("file.write", {"Path": "runs\\r1\\restore.ps1", "Text": "other"})
        self.assertIn("is not the text", restore.restore(self.host, "r1", "runs\\r1\\restore.ps1", self.services))
