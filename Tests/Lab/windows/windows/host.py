"""Which Windows host this is: /etc/windows.json, written by servers/windows.sh when the host is made.

A product (Exchange, MailEnable) is a Python package beside this one. Its `product.py` has `host(words)`, which makes
its kind of `WindowsHost` from the configuration, and `VERBS` and `USAGE` for the command `stand-in`.
"""

import importlib
import json
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from windows.errors import CmdletError
from windows.logon import Credential, Logon

CONFIGURATION = Path("/etc/windows.json")


def on_disk(path: str) -> str:
    """Where a Windows path lies on the stand-in's disk: `C:\\X` is `/C:/X`."""
    return "/" + path.replace("\\", "/")


class WindowsHost:
    """`server` and `fqdn` are its names; `root` is where its disks are: `/`, except in tests."""

    server: str
    fqdn: str
    root: Path
    joined = False  # to a domain
    windows = "10.0.20348.0"
    powershell = "5.1.20348.2849"

    def path(self, windows: str) -> Path:
        return self.root / on_disk(windows).lstrip("/")

    def facts(self) -> dict:
        """What `host.facts` adds to what every Windows host answers."""
        return {}

    def session(self, kind: str, logon: Logon, login: Credential | None):
        """A shell with a product's cmdlets: has `kind`, `banner` and `run(name, arguments)`."""
        raise CmdletError("mtactl: no Exchange is installed on this host", "RuntimeException", "OperationStopped")

    def prepare(self) -> None:
        """Runs before the services start."""

    def hold(self):
        """What the scheduler keeps open while the host is up."""

    def tree(self) -> list[str]:
        """Rows for `lab tree` about things that are not files."""
        return []


@dataclass(frozen=True)
class PlainHost(WindowsHost):
    """Windows without any product."""

    server: str
    fqdn: str
    root: Path = Path("/")


def configuration() -> dict:
    return json.loads(CONFIGURATION.read_text())


def product() -> ModuleType | None:
    name = configuration().get("product")
    return importlib.import_module(f"{name}.product") if name else None


def this_host() -> WindowsHost:
    words, module = configuration(), product()
    return module.host(words) if module else PlainHost(words["server"], words["fqdn"])
