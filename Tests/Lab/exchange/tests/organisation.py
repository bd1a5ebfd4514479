"""An organisation in a temporary folder, for the tests."""

from standin.cmdlets import Cmdlets
from standin.directory import Directory
from standin.host import Host
from standin.models import objects
from standin.presence import HOST, TRANSPORT, hold, is_there
from standin.shells import Shell
from standin.versions import VERSIONS
from testing.contract import Disk
from windows.errors import CmdletError
from windows.logon import Credential, Logon

SMART = {
    "Name": "Smart host to Internet",
    "AddressSpaces": ["SMTP:*;1"],
    "DNSRoutingEnabled": False,
    "SmartHosts": ["outgoing.example.net"],
    "SmartHostAuthMechanism": "None",
}
LOGIN = Credential("out@example.com", "secret of out")


class Organisation(Disk):
    """`self.run_cmdlet` runs a cmdlet on the first server, as a member of Organization Management."""

    version = "2016"
    model = "clean"
    names = ("EXCH16", "EXCH16-2")

    def setUp(self):
        super().setUp()
        self.clock = 1_800_000_000.0
        self.begin(self.model)

    def begin(self, model: str, version: str | None = None) -> None:
        self.version = version or self.version
        members = [{"server": name, "fqdn": f"{name.lower()}.lab.test", "version": self.version} for name in self.names]
        test = self

        class Here(Host):
            @property
            def directory(self) -> Directory:
                return Directory(self.organisation, now=lambda: test.clock)

        self.host = Here(
            self.names[0],
            members[0]["fqdn"],
            VERSIONS[self.version],
            self.root / "organisation",
            self.root / "disk",
        )
        self.host.directory.reset(*objects(model, members))
        self.host.path(self.host.pickup).mkdir(parents=True, exist_ok=True)
        self.present(self.names[0])

    def present(self, server: str) -> None:
        """Keeps a server and its transport service up until the test ends."""
        for name in (HOST, TRANSPORT):
            if not is_there(self.host.folder_of(server), name):
                self.addCleanup(hold(self.host.folder_of(server), name).close)

    def cmdlets(self, user: str = "administrator", method: str = "password", kind: str | None = None) -> Cmdlets:
        kind = kind or ("remote" if self.host.version.remoting else "snapin")
        return Cmdlets(self.host, Shell(kind, Logon(user, method)))

    def run_cmdlet(self, name: str, **arguments) -> list[dict]:
        return self.cmdlets().run(name, arguments)

    def refused(self, name: str, **arguments) -> CmdletError:
        with self.assertRaises(CmdletError, msg=f"{name} {arguments}") as caught:
            self.run_cmdlet(name, **arguments)
        return caught.exception

    def connector(self, name: str, controller: str = "dc1.lab.test") -> dict:
        found = [
            item for item in self.run_cmdlet("Get-SendConnector", DomainController=controller) if item["Name"] == name
        ]
        self.assertEqual(len(found), 1, name)
        return found[0]
