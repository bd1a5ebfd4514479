"""How the stand-in is told to behave, apart from the product's own settings. Read for each request."""

import json
import os
from pathlib import Path

PATH = Path("/var/lib/kerio-stand-in.json")
DEFAULTS = {
    "fqdn": "",
    "release": "10.0.8.9228",
    "delivery": True,
    "retry": None,  # seconds between attempts; None: as the settings say
    "expired": 0.0,  # sessions that were opened before are over
    "expire-after": None,  # how many calls a session lasts
    "password-left-out": "erases",  # or keeps
    "id-copy": "copies",  # or literal
    "persist": "at-change",  # or at-stop
    "remote-host": "address",  # or name
    "answers": "on",  # or off: the administration does not answer
}


class State:
    def __init__(self, path: Path = PATH):
        self.path = path

    def _stored(self) -> dict:
        return json.loads(self.path.read_text()) if self.path.exists() else {}

    def __getitem__(self, name: str):
        return (DEFAULTS | self._stored())[name]

    def set(self, **values) -> None:
        stored = self._stored() | {name.replace("_", "-"): value for name, value in values.items()}
        fresh = self.path.with_suffix(".new")
        fresh.write_text(json.dumps(stored))
        os.replace(fresh, self.path)

    @property
    def version(self) -> dict:
        major, minor, revision, build = map(int, self["release"].split("."))
        return {"major": major, "minor": minor, "revision": revision, "build": build}
