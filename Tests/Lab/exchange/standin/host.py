"""Who an Exchange server of the lab is, from /etc/windows.json (servers/exchange.sh)."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from standin.directory import CONTROLLERS, Directory
from standin.models import objects
from standin.presence import HOST, hold
from standin.versions import VERSIONS, Version
from windows.errors import CmdletError
from windows.host import WindowsHost, configuration
from windows.logon import Credential, Logon


@dataclass(frozen=True)
class Host(WindowsHost):
    """`organisation` is the folder that its servers share."""

    server: str
    fqdn: str
    version: Version
    organisation: Path
    root: Path = Path("/")

    @property
    def directory(self) -> Directory:
        return Directory(self.organisation)

    @property
    def folder(self) -> Path:
        """What this server's transport service keeps: its queue and its tracking log."""
        return self.folder_of(self.server)

    def folder_of(self, server: str) -> Path:
        return self.organisation / "servers" / server.upper()

    @property
    def pickup(self) -> str:
        return self.version.folder + "\\TransportRoles\\Pickup"

    # What Windows asks of a product.

    @property
    def joined(self) -> bool:
        return not self.version.edge

    @property
    def windows(self) -> str:
        return self.version.windows

    @property
    def powershell(self) -> str:
        return self.version.powershell

    def facts(self) -> dict:
        return {
            "ExchangeKey": self.version.registry,
            "ExchangePath": self.version.folder + "\\",
            "ExchangeVersion": ".".join(map(str, self.version.build)),
            "ExchangeRoles": self.version.role_keys,
        }

    def session(self, kind: str, logon: Logon, login: Credential | None):
        # Cmdlets depend on this module.
        from standin.cmdlets import Cmdlets
        from standin.shells import open_shell

        if kind == "none":
            raise CmdletError(
                "mtactl: a cmdlet of Exchange in a document without a shell", "RuntimeException", "OperationStopped"
            )
        return Cmdlets(self, open_shell(self, kind, logon, login))

    def prepare(self) -> None:
        """The organisation that the lab made it with, unless another server was faster."""
        reset(self, configuration()["model"], unless_there=True)
        self.path(self.pickup).mkdir(parents=True, exist_ok=True)

    def hold(self):
        return hold(self.folder, HOST)

    def tree(self) -> list[str]:
        """A row for each connector as the first controller has it, without times and passwords."""
        from standin.connectors import Connectors

        rows = []
        for guid, item in sorted(Connectors(self.directory, self.version, self.server).all(CONTROLLERS[0]).items()):
            row = {key: value for key, value in item.items() if not key.startswith(("When", "_credential"))}
            login = json.dumps(item.get("_credential"), sort_keys=True).encode()
            row["login"] = hashlib.sha256(login).hexdigest() if item.get("_credential") else None
            rows.append(f"connector {guid}\t{json.dumps(row, sort_keys=True)}")
        return rows


def reset(host: Host, model: str, unless_there: bool = False) -> None:
    """Starts the organisation anew. Every server's queue and log stay: they are no part of the directory."""
    host.directory.reset(*objects(model, configuration()["members"]), unless_there=unless_there)


def of(words: dict) -> Host:
    return Host(words["server"], words["fqdn"], VERSIONS[words["version"]], Path(words["organisation"]))


def this_host() -> Host:
    return of(configuration())
