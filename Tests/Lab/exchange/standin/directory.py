"""Active Directory's configuration, as one folder that all servers of an organisation share.

Two domain controllers. A change is visible at once on the one that took it, and after the delay on the other (§9.2).
One file has all changes in order of time, so the view of either controller is a fold over them.
"""

import fcntl
import json
import os
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from standin.errors import controller_down
from windows.errors import CmdletError

CONTROLLERS = ("dc1.lab.test", "dc2.lab.test")
LONG_AGO = 1546300800.0  # when the objects of a model were created


class Directory:
    """Objects by GUID, each a dictionary of plain values. `settings` are the operator's: delay, faults, roles."""

    def __init__(self, folder: Path, now=time.time):
        self.folder, self._now = folder, now
        self._path = folder / "directory.json"

    @contextmanager
    def locked(self) -> Iterator[None]:
        self.folder.mkdir(parents=True, exist_ok=True)
        with open(self.folder / "directory.lock", "a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    @property
    def settings(self) -> dict:
        return self._read()["settings"]

    def set(self, **settings) -> None:
        """What a test or a person decides about the organisation: `replication`, `down`, `roles`, …"""
        with self.locked():
            state = self._read()
            state["settings"].update(settings)
            self._write(state)

    def reset(self, settings: dict, objects: list[dict], unless_there: bool = False) -> None:
        """Starts over, with objects that all controllers have already replicated."""
        changes = [
            {
                "at": LONG_AGO,
                "controller": CONTROLLERS[0],
                "guid": item.pop("Guid", None) or str(uuid.uuid4()),
                "set": item,
            }
            for item in objects
        ]
        with self.locked():
            if not unless_there or not self._path.exists():
                self._write({"settings": settings, "changes": changes})

    def controller(self, wanted: str | None, writing: bool) -> str:
        """The controller of a call. Without a pin, reads come from the one that hears of writes last (§2.6, AD lag)."""
        settings = self.settings
        if settings.get("single"):
            return CONTROLLERS[0]
        if wanted is None:
            wanted = CONTROLLERS[0] if writing else CONTROLLERS[-1]
            if wanted in settings.get("down", []):
                wanted = next((name for name in CONTROLLERS if name not in settings["down"]), wanted)
        for name in CONTROLLERS:
            if wanted.lower() in (name, name.split(".")[0]):
                wanted = name
        if wanted not in CONTROLLERS or wanted in settings.get("down", []):
            raise controller_down(wanted)
        return wanted

    def objects(self, controller: str) -> dict[str, dict]:
        """What a controller has now. `WhenChanged` is when the object last changed there: it does not replicate."""
        state, now = self._read(), self._now()
        delay = state["settings"].get("replication", 0)
        seen: dict[str, dict] = {}
        for change in state["changes"]:
            here = change["at"] if change["controller"] == controller else change["at"] + delay
            if here > now:
                continue
            if change["set"] is None:
                seen.pop(change["guid"], None)
                continue
            item = seen.setdefault(change["guid"], {"WhenCreated": here, "Guid": change["guid"]})
            item.update(change["set"], WhenChanged=here)
        return seen

    def write(self, controller: str, guid: str | None, values: dict | None) -> str:
        """Adds (no GUID), changes or removes (no values) an object on a controller. Returns its GUID."""
        guid = guid or str(uuid.uuid4())
        with self.locked():
            state = self._read()
            state["changes"].append({"at": self._now(), "controller": controller, "guid": guid, "set": values})
            self._write(state)
        return guid

    def _read(self) -> dict:
        try:
            return json.loads(self._path.read_text())
        except FileNotFoundError:
            raise CmdletError(
                "no Active Directory is set up here",
                "System.DirectoryServices.ActiveDirectoryObjectNotFoundException",
                "ObjectNotFound",
            ) from None

    def _write(self, state: dict) -> None:
        # Passwords of connectors are in it.
        fresh = self._path.with_suffix(".new")
        fresh.touch(0o600)
        fresh.write_text(json.dumps(state))
        os.replace(fresh, self._path)
