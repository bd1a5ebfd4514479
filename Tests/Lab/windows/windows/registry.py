"""The registry: keys ignore case, values have the types that programs on Windows use. It is one file, which processes lock.

A `REG_SZ` is a text, a `REG_DWORD` or `REG_QWORD` a decimal number as text, a `REG_MULTI_SZ` a list of texts, a
`REG_BINARY` a list of the decimal numbers of its bytes: the forms that PowerShell's objects have in the executor's answer.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from windows.errors import CmdletError, failed

STATE = "var/lib/windows"
LARGEST = {"DWord": 2**32, "QWord": 2**64}
KINDS = ("String", "ExpandString", "DWord", "QWord", "MultiString", "Binary")
HIVES = {"hklm": "HKLM:", "hkey_local_machine": "HKLM:", "hklm:": "HKLM:"}


def canonical(key: str) -> str:
    """A key as PowerShell's drive names it: `HKLM:\\SOFTWARE\\…`."""
    hive, _, rest = key.rstrip("\\").removeprefix("Registry::").partition("\\")
    return f"{HIVES.get(hive.lower(), hive)}\\{rest}"


def value_of(kind: str, value) -> str | list[str]:
    """A value in the form of its type; CmdletError if the type does not accept it."""
    if kind not in KINDS:
        raise failed(f'Cannot convert value "{kind}" to type "Microsoft.Win32.RegistryValueKind".', "InvalidArgument")
    if kind in ("MultiString", "Binary"):
        parts = [str(part) for part in (value if isinstance(value, list) else [value])]
        if kind == "Binary" and not all(part.isdigit() and int(part) < 256 for part in parts):
            raise _mismatch(kind)
        return parts
    if isinstance(value, list):
        raise _mismatch(kind)
    if kind in LARGEST:
        return _number(kind, str(value))
    return str(value)


def _number(kind: str, text: str) -> str:
    number = int(text) if text.lstrip("-").isdigit() else None
    if number is None or not -LARGEST[kind] // 2 <= number < LARGEST[kind]:
        raise _mismatch(kind)
    # .NET reads a DWord as a signed number, as PowerShell then shows it.
    return str(number - LARGEST[kind] if number >= LARGEST[kind] // 2 else number)


def _mismatch(kind: str) -> CmdletError:
    return CmdletError(
        "The type of the value object did not match the specified RegistryValueKind or the object could not be "
        f"properly converted: {kind}.",
        "System.ArgumentException",
        "WriteError",
    )


class Registry:
    """`{key: {name: [kind, value]}}`."""

    def __init__(self, root: Path):
        self._path = root / STATE / "registry.json"

    def _all(self) -> dict:
        return json.loads(self._path.read_text()) if self._path.exists() else {}

    @contextmanager
    def _changing(self) -> Iterator[dict]:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with open(self._path.with_suffix(".lock"), "a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            state = self._all()
            yield state
            # Passwords may be in it.
            fresh = self._path.with_suffix(".new")
            fresh.touch(0o600)
            fresh.write_text(json.dumps(state, indent=1))
            os.replace(fresh, self._path)

    def values(self, key: str) -> list[dict]:
        """The values of one key; none if there is no such key."""
        _, values = _found(self._all(), canonical(key))
        return [_row(name, *value) for name, value in values.items()]

    def tree(self, key: str) -> list[dict]:
        """The values of a key and all keys below it, by key and name. A key without values has a row without a name."""
        wanted = canonical(key).lower()
        rows = []
        for own, values in sorted(self._all().items(), key=lambda item: item[0].lower()):
            if own.lower() == wanted or own.lower().startswith(wanted + "\\"):
                named = sorted(values.items(), key=lambda item: item[0].lower())
                rows += [{"Key": own} | _row(name, *value) for name, value in named]
                if not values:
                    rows.append({"Key": own, "Name": None, "Kind": None, "Value": None})
        return rows

    def write(self, key: str, name: str, kind: str, value) -> None:
        self.write_all({key: {name: (kind, value)}})

    def write_all(self, keys: dict[str, dict[str, tuple]]) -> None:
        """Writes values of several keys at once: a reader sees all of them or none."""
        with self._changing() as state:
            for key, values in keys.items():
                self._write(state, key, values)

    @staticmethod
    def _write(state: dict, key: str, values: dict[str, tuple]) -> None:
        own, there = _found(state, canonical(key))
        state[own] = there
        for name, (kind, value) in values.items():
            there[_named(there, name) or name] = [kind, value_of(kind, value)]

    def remove(self, key: str, name: str) -> None:
        with self._changing() as state:
            _, values = _found(state, canonical(key))
            own = _named(values, name)
            if own is None:
                raise failed(f"Property {name} does not exist at path {key}.", "InvalidArgument")
            del values[own]

    def remove_key(self, key: str) -> None:
        """A key with all below it."""
        wanted = canonical(key).lower()
        with self._changing() as state:
            for own in list(state):
                if own.lower() == wanted or own.lower().startswith(wanted + "\\"):
                    del state[own]


def _found(state: dict, key: str) -> tuple[str, dict]:
    """A key as it is spelled, and its values."""
    own = next((other for other in state if other.lower() == key.lower()), key)
    return own, state.get(own, {})


def _named(values: dict, name: str) -> str | None:
    return next((own for own in values if own.lower() == name.lower()), None)


def _row(name: str, kind: str, value) -> dict:
    return {"Name": name, "Kind": kind, "Value": value}
