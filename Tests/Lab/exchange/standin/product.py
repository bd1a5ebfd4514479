"""Exchange as a product on a Windows host, and its part of the command `stand-in`: which organisation there is."""

import json

from standin.connectors import Connectors
from standin.directory import CONTROLLERS
from standin.host import of as host
from standin.host import reset, this_host
from standin.models import MODELS
from windows.marks import mark

__all__ = ["USAGE", "VERBS", "host"]

USAGE = f"""
       stand-in model {"|".join(MODELS)}   starts over with this organisation
       stand-in replication SECONDS    until the other domain controller has a change
       stand-in down [CONTROLLER…]     domain controllers that do not answer
       stand-in role USER ROLE|none    "Organization Management", "View-Only Organization Management"
       stand-in management-shell ok|broken
       stand-in pickup on|off          whether there is a pickup directory
       stand-in subscribed on|off      whether an Edge server is subscribed
       stand-in setup on|off           whether Exchange's Setup runs
       stand-in thousands CHARACTER    between the digits of sizes
       stand-in change CONNECTOR PROPERTY JSON   as another administrator might
       stand-in connectors             what each domain controller has, without passwords"""


def connectors() -> None:
    server = this_host()
    for controller in CONTROLLERS:
        known = Connectors(server.directory, server.version, server.server)
        for item in known.all(controller).values():
            login = item.pop("_credential", None)
            print(json.dumps({"controller": controller, "user": login and login["user"]} | item))


def change(words: list[str]) -> None:
    """Writes a property directly, without applying the rules."""
    server = this_host()
    found = Connectors(server.directory, server.version, server.server).find(words[0], CONTROLLERS[0])
    if not found or words[1] not in found:
        raise SystemExit(f"stand-in: no connector {words[0]} with a property {words[1]}")
    server.directory.write(CONTROLLERS[0], found["Guid"], {words[1]: json.loads(words[2])})


def role(words: list[str]) -> None:
    directory = this_host().directory
    directory.set(roles=directory.settings["roles"] | {words[0].lower(): None if words[1] == "none" else words[1]})


VERBS = {
    "model": lambda words: reset(this_host(), words[0]),
    "role": role,
    "replication": lambda words: this_host().directory.set(replication=float(words[0])),
    "down": lambda words: this_host().directory.set(down=words),
    "connectors": lambda words: connectors(),
    "change": change,
    "management-shell": lambda words: this_host().directory.set(**{"management-shell": words[0]}),
    "pickup": lambda words: this_host().directory.set(pickup=words[0]),
    "subscribed": lambda words: this_host().directory.set(subscribed=words[0] == "on"),
    "setup": lambda words: mark("setup-runs", words[0] == "on"),
    "thousands": lambda words: this_host().directory.set(thousands=words[0]),
}
