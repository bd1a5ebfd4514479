"""Windows' services by name: units of systemd."""

import subprocess
from collections.abc import Callable
from fnmatch import fnmatchcase

from windows.errors import failed


def systemctl(*words: str) -> int:
    return subprocess.run(["systemctl", "--quiet", *words], check=False, timeout=300).returncode


class Services:
    """`names` are the installed services; each is a unit of systemd."""

    def __init__(self, names: list[str], control: Callable[..., int] = systemctl):
        self._names, self._control = names, control

    def _matching(self, pattern: str) -> list[str]:
        return [name for name in self._names if fnmatchcase(name.lower(), pattern.lower())]

    def read(self, patterns: list[str]) -> list[dict]:
        names = dict.fromkeys(name for pattern in patterns for name in self._matching(pattern))
        return [{"Name": name, "Status": self._status(name)} for name in names]

    def _status(self, name: str) -> str:
        return "Running" if self._control("is-active", f"{name}.service") == 0 else "Stopped"

    def restart(self, name: str) -> None:
        if name.lower() not in (own.lower() for own in self._names):
            raise failed(f"Cannot find any service with service name '{name}'.", "ObjectNotFound")
        own = self._matching(name)[0]
        if self._control("restart", f"{own}.service") != 0 or self._status(own) != "Running":
            raise failed(f"Service '{own}' cannot be started due to the following error: it did not start.")
