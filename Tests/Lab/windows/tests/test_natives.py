"""The executor's own calls, on Windows without a product."""

from testing.contract import Contract
from windows.logon import Logon
from windows.natives import Natives


class NativeTests(Contract):
    def setUp(self):
        super().setUp()
        self.natives = Natives(self.host, Logon("mtactl", "password"), self.services)

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
        self.assertEqual(self.call("service.read", Names=["spool*"]), [{"Name": "Spooler", "Status": "Running"}])
        self.call("service.restart", Name="Spooler", Seconds=30)
        self.assertIn(("restart", "Spooler.service"), self.restarted)
        self.fails("service.restart", Name="Other", Seconds=1)

    def test_registry(self):
        self.call("registry.write", Key="HKLM:\\SOFTWARE\\X", Name="Port", Value="25", Kind="DWord")
        self.assertEqual(
            self.call("registry.read", Key="hklm:\\software\\x"), [{"Name": "Port", "Kind": "DWord", "Value": "25"}]
        )
        self.call("registry.remove", Key="HKLM:\\SOFTWARE\\X", Name="port")
        self.fails("registry.remove", Key="HKLM:\\SOFTWARE\\X", Name="port")

    def test_values_have_their_types(self):
        key = "HKLM:\\SOFTWARE\\X"
        for kind, value, read in [
            ("DWord", -1, "-1"),
            ("DWord", "4294967295", "-1"),
            ("QWord", 4294967296, "4294967296"),
            ("MultiString", ["a", "b"], ["a", "b"]),
            ("Binary", ["0", "255"], ["0", "255"]),
        ]:
            self.call("registry.write", Key=key, Name="v", Value=value, Kind=kind)
            self.assertEqual(self.call("registry.read", Key=key), [{"Name": "v", "Kind": kind, "Value": read}])
        for kind, value in [
            ("DWord", "yes"),
            ("DWord", "4294967296"),
            ("Binary", ["256"]),
            ("String", ["a"]),
            ("Int", 1),
        ]:
            self.fails("registry.write", Key=key, Name="v", Value=value, Kind=kind)
