"""How the stand-in is told to behave, apart from the product's own settings. Read for each request."""

import json
import os
from pathlib import Path

PATH = Path("/var/lib/icewarp-stand-in.json")
DEFAULTS = {"crlf": True, "delivery": True, "retry": 60.0, "log-form": "current", "restart": "works", "fqdn": ""}


class State:
    def __init__(self, path: Path = PATH):
        self.path = path

    def __getitem__(self, name: str):
        stored = json.loads(self.path.read_text()) if self.path.exists() else {}
        return (DEFAULTS | stored)[name]

    def set(self, **values) -> None:
        stored = json.loads(self.path.read_text()) if self.path.exists() else {}
        fresh = self.path.with_suffix(".new")
        fresh.write_text(json.dumps(stored | {name.replace("_", "-"): value for name, value in values.items()}))
        os.replace(fresh, self.path)

    @property
    def line_end(self) -> str:
        return "\r\n" if self["crlf"] else "\n"
