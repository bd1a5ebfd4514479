"""Kerio Connect as a product on a Windows host, and its part of the command `stand-in`."""

from dataclasses import dataclass
from pathlib import Path

from kerio import control
from windows.host import WindowsHost

__all__ = ["USAGE", "VERBS", "host"]


@dataclass(frozen=True)
class Host(WindowsHost):
    server: str
    fqdn: str
    root: Path = Path("/")

    def tree(self) -> list[str]:
        return control.tree_rows()


def host(words: dict) -> Host:
    return Host(words["server"], words["fqdn"])


# The host's own `tree` includes these rows. `prepare` is a verb of the host, so Setup has another name here.
VERBS = {name: verb for name, verb in control.VERBS.items() if name not in ("prepare", "tree")}
VERBS["setup"] = control.VERBS["prepare"]
USAGE = "\n" + control.USAGE.replace("usage:", "      ", 1)
