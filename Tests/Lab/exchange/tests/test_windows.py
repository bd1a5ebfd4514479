"""Windows around Exchange: files, services, the registry, the task of a dead man's switch."""

import tempfile
from pathlib import Path

from standin import restore
from standin.natives import Natives
from standin.shells import Logon
from tests.contract import EXECUTOR, HEAD, RESTORE, Contract, b


class NativeTests(Contract):
    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.natives = Natives(self.host, Logon("mtactl", "password"), self.services, Path(folder.name))

    def call(self, name: str, **arguments) -> list[dict]:
        return self.natives.run(name, arguments)

    def fails(self, name: str, **arguments) -> str:
        with self.assertRaises(Exception) as caught:
            self.call(name, **arguments)
        return str(caught.exception)

    def test_files(self):
        self.call("file.write", Path="lock", Text="r1\tme", New=True)
        self.fails("file.write", Path="lock", Text="r2\tme", New=True)
        self.call("file.write", Path="runs\\r1\\state.pending", Text="")
        self.call("file.move", From="runs\\r1\\state.pending", To="runs\\r1\\state.confirmed")
        self.fails("file.move", From="runs\\r1\\state.pending", To="runs\\r1\\state.restoring")
        self.call("file.write", Path="runs\\r1\\state.pending", Text="")
        self.fails("file.move", From="runs\\r1\\state.pending", To="runs\\r1\\state.confirmed")
        self.assertEqual(self.call("file.read", Path="lock")[0]["Text"], "r1\tme")
        self.assertEqual(
            [item["Path"] for item in self.call("folder.list", Path="runs\\r1")],
            ["runs\\r1\\state.confirmed", "runs\\r1\\state.pending"],
        )
        self.call("file.remove", Path="lock")
        self.call("file.remove", Path="lock")
        self.fails("file.read", Path="lock")
        self.call("folder.remove", Path="runs\\r1")
        self.assertEqual(self.call("folder.list", Path="runs\\r1"), [])
        self.assertEqual(self.natives.files.folder.stat().st_mode & 0o777, 0o700)
        for path in ("..\\x", "C:\\x", "a\\..\\..\\x", "", "\\x"):
            self.fails("file.write", Path=path, Text="")

    def test_arguments_are_known(self):
        self.fails("file.write", Path="x", Text="", Mode="0600")
        self.fails("file.write", Path="x")
        self.fails("file.read", Path=None)

    def test_services(self):
        self.assertEqual(
            self.call("service.read", Names=["msexchange*"]), [{"Name": "MSExchangeTransport", "Status": "Running"}]
        )
        self.call("service.restart", Name="MSExchangeTransport", Seconds=30)
        self.assertIn(("restart", "MSExchangeTransport.service"), self.restarted)
        self.fails("service.restart", Name="Spooler", Seconds=1)

    def test_registry(self):
        self.call("registry.write", Key="HKLM:\\SOFTWARE\\X", Name="Port", Value="25", Kind="DWord")
        self.assertEqual(
            self.call("registry.read", Key="hklm:\\software\\x"), [{"Name": "Port", "Kind": "DWord", "Value": "25"}]
        )
        self.call("registry.remove", Key="HKLM:\\SOFTWARE\\X", Name="port")
        self.fails("registry.remove", Key="HKLM:\\SOFTWARE\\X", Name="port")


class RestoreTests(Contract):
    """A run that nobody confirmed is put back by its task, as SYSTEM."""

    model = "dns"

    def prepare(self, undo: str) -> Natives:
        natives = Natives(self.host, Logon("mtactl", "password"), self.services, self.host.root)
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
