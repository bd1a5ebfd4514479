"""Who a host of the lab is: /etc/exchange.json, written by servers/exchange.sh when the host is made."""

import json
from dataclasses import dataclass
from pathlib import Path

from standin.directory import Directory
from standin.versions import VERSIONS, Version, on_disk

CONFIGURATION = Path("/etc/exchange.json")


@dataclass(frozen=True)
class Host:
    """`root` is where the host's disks are: `/` but for tests. `organisation` is the folder that its servers share."""

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

    def path(self, windows: str) -> Path:
        return self.root / on_disk(windows).lstrip("/")

    @property
    def pickup(self) -> str:
        return self.version.folder + "\\TransportRoles\\Pickup"


def this_host() -> Host:
    words = json.loads(CONFIGURATION.read_text())
    return Host(words["server"], words["fqdn"], VERSIONS[words["version"]], Path(words["organisation"]))
