"""Windows around Exchange: the registry, services, files below ProgramData, scheduled tasks.

The registry is one file; services are systemd's units where the stand-in has one, and otherwise always running.
"""

import json
import os
import subprocess
from collections.abc import Callable
from fnmatch import fnmatchcase
from pathlib import Path

from standin.errors import CmdletError

STATE = "var/lib/exchange"
PROGRAM_DATA = "C:\\ProgramData\\mtactl"


def failed(message: str, category: str = "InvalidOperation") -> CmdletError:
    return CmdletError(message, "System.Management.Automation.RuntimeException", category, "RuntimeException")


class Registry:
    """Keys and values, without case: `{key: {name: [kind, value]}}`."""

    def __init__(self, root: Path):
        self._path = root / STATE / "registry.json"

    def _all(self) -> dict:
        return json.loads(self._path.read_text()) if self._path.exists() else {}

    def values(self, key: str) -> list[dict]:
        for own, values in self._all().items():
            if own.lower() == key.lower():
                return [{"Name": name, "Kind": kind, "Value": value} for name, (kind, value) in values.items()]
        return []

    def write(self, key: str, name: str, kind: str, value: str) -> None:
        state = self._all()
        own = next((other for other in state if other.lower() == key.lower()), key)
        values = state.setdefault(own, {})
        values[next((other for other in values if other.lower() == name.lower()), name)] = [kind, value]
        self._save(state)

    def remove(self, key: str, name: str) -> None:
        state = self._all()
        values = next((values for own, values in state.items() if own.lower() == key.lower()), {})
        own = next((other for other in values if other.lower() == name.lower()), None)
        if own is None:
            raise failed(f"Property {name} does not exist at path {key}.", "InvalidArgument")
        del values[own]
        self._save(state)

    def _save(self, state: dict) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.write_text(json.dumps(state, indent=1))


def systemctl(*words: str) -> int:
    return subprocess.run(["systemctl", "--quiet", *words], check=False, timeout=300).returncode


class Services:
    """Windows' services by name. `units` are those that systemd has; `others` run always."""

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


class Files:
    """Files below `C:\\ProgramData\\mtactl`, which belongs to root and is closed to others."""

    def __init__(self, root: Path):
        self.folder = root / "C:/ProgramData/mtactl"

    def _path(self, words: str) -> Path:
        parts = words.replace("/", "\\").split("\\")
        if not words or ":" in words or any(part in ("", ".", "..") for part in parts):
            raise failed(f"mtactl: not a path inside of the folder: {words}")
        return self.folder.joinpath(*parts)

    def prepare(self) -> None:
        if not self.folder.exists():
            self.folder.mkdir(parents=True, mode=0o700)
        if self.folder.stat().st_uid != 0 and os.geteuid() == 0:
            raise failed(f"mtactl: {PROGRAM_DATA} belongs to somebody else")

    def write(self, name: str, text: str, fresh: bool) -> None:
        self.prepare()
        path = self._path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with open(path, "xb" if fresh else "wb") as file:
                file.write(text.encode())
        except FileExistsError:
            raise failed(f"The file '{PROGRAM_DATA}\\{name}' already exists.", "ResourceExists") from None

    def read(self, name: str) -> str:
        try:
            return self._path(name).read_bytes().decode()
        except OSError:
            raise failed(f"Could not find file '{PROGRAM_DATA}\\{name}'.", "ObjectNotFound") from None

    def move(self, name: str, to: str) -> None:
        path, new = self._path(name), self._path(to)
        try:
            # `link` fails where the new name is there, which `rename` does not.
            os.link(path, new)
        except FileNotFoundError:
            raise failed(f"Could not find file '{PROGRAM_DATA}\\{name}'.", "ObjectNotFound") from None
        except FileExistsError:
            raise failed("Cannot create a file when that file already exists.", "ResourceExists") from None
        path.unlink()

    def remove(self, name: str) -> None:
        self._path(name).unlink(missing_ok=True)

    def list(self, name: str) -> list[dict]:
        folder = self.folder if name in ("", ".") else self._path(name)
        files = sorted(path for path in folder.rglob("*") if path.is_file()) if folder.is_dir() else []
        return [
            {"Path": str(path.relative_to(self.folder)).replace("/", "\\"), "Bytes": path.stat().st_size}
            for path in files
        ]
