"""The identity of a host with MailEnable, from /etc/windows.json (servers/mailenable.sh), and a test's decisions about it."""

import fcntl
import json
import os
from dataclasses import dataclass
from pathlib import Path

from mailenable import draw, keys, models, settings
from mailenable.draw import Draw
from windows.host import WindowsHost, configuration
from windows.registry import STATE, Registry

DRAWN = "etc/mailenable.json"
DEFAULTS = {
    "relay": "privileged",
    "retries": [15.0, 30.0, 60.0, 240.0],
    "tls": True,
    "names": "new",
    "log-secrets": False,
    "start": "ok",
    "poll": 2.0,
}


@dataclass(frozen=True)
class Host(WindowsHost):
    server: str
    fqdn: str
    root: Path = Path("/")

    @property
    def registry(self) -> Registry:
        return Registry(self.root)

    @property
    def draw(self) -> Draw:
        return draw.read((self.root / DRAWN).read_text())

    def draw_anew(self, fresh: Draw) -> None:
        path = self.root / DRAWN
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(draw.written(fresh))

    @property
    def settings(self) -> settings.Settings:
        """As they are in the registry now; a service reads them once."""
        return settings.read(self.registry, self.draw)

    # What has no known place in the registry, or exists only in the lab.

    @property
    def decided(self) -> dict:
        path = self.root / STATE / "mailenable.json"
        return DEFAULTS | (json.loads(path.read_text()) if path.exists() else {})

    def decide(self, **values) -> None:
        path = self.root / STATE / "mailenable.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(".new")
        fresh.write_text(json.dumps(self.decided | values))
        os.replace(fresh, path)

    # What the Windows stand-in requires of a product.

    def prepare(self) -> None:
        """Runs when the first service starts: writes what Setup and the model leave."""
        folder = self.root / STATE
        folder.mkdir(parents=True, exist_ok=True)
        with open(folder / "prepare.lock", "a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            if not self.registry.values(keys.ROOT):
                models.install(self, "clean")


def of(words: dict) -> Host:
    return Host(words["server"], words["fqdn"])


def this_host() -> Host:
    return of(configuration())
