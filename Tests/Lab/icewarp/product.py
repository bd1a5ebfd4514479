"""IceWarp as a product on a Windows host, and its part of the command `stand-in`."""

from dataclasses import dataclass
from pathlib import Path

from icewarp import control
from icewarp.state import State
from icewarp.tool import HOME
from windows.host import WindowsHost

__all__ = ["USAGE", "VERBS", "host"]


@dataclass(frozen=True)
class Host(WindowsHost):
    server: str
    fqdn: str
    root: Path = Path("/")

    def prepare(self) -> None:
        """Runs before the first service starts: writes what Setup leaves."""
        if not (HOME / "config" / "settings.cfg").exists():
            State().set(fqdn=self.fqdn)
            control.install(HOME, "clean", self.fqdn)


def host(words: dict) -> Host:
    return Host(words["server"], words["fqdn"])


# The host keeps its own `prepare` and `tree`; the other verbs are those of Linux, without the head of the usage.
VERBS = {name: verb for name, verb in control.VERBS.items() if name != "prepare"}
USAGE = "\n" + control.USAGE.replace("usage:", "      ", 1)
