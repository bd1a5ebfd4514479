"""`stand-in`, a command on the host for tests and people: which organisation there is, and what is wrong with it."""

import hashlib
import json
import sys
from pathlib import Path

from standin.connectors import Connectors
from standin.directory import CONTROLLERS
from standin.errors import CmdletError
from standin.host import CONFIGURATION, this_host
from standin.models import MODELS, objects
from standin.shell import OPENSSH
from standin.tasks import Tasks
from standin.windows import Registry

USAGE = f"""usage: stand-in model {"|".join(MODELS)}   the organisation anew
       stand-in replication SECONDS    until the other domain controller knows
       stand-in down [CONTROLLER…]     domain controllers that do not answer
       stand-in role USER ROLE|none    "Organization Management", "View-Only Organization Management"
       stand-in shell cmd|powershell   sshd's default shell
       stand-in management-shell ok|broken
       stand-in pickup on|off          whether there is a pickup directory
       stand-in subscribed on|off      whether an Edge server is subscribed
       stand-in setup on|off           whether Exchange's Setup runs
       stand-in tasks on|off           whether scheduled tasks can be made
       stand-in thousands CHARACTER    between the digits of sizes
       stand-in change CONNECTOR PROPERTY JSON   as another administrator might
       stand-in connectors             what each domain controller has, without passwords
       stand-in tree                   what `lab tree` compares: connectors with hashes of their passwords, tasks"""


def model(name: str, unless_there: bool = False) -> None:
    """Starts the organisation anew. Every server's queue and log stay: they are no part of the directory."""
    words = json.loads(CONFIGURATION.read_text())
    this_host().directory.reset(*objects(name, words["members"]), unless_there=unless_there)


def prepare() -> None:
    """At a server's start: the organisation that the lab made it with, unless another server was faster."""
    host = this_host()
    model(json.loads(CONFIGURATION.read_text())["model"], unless_there=True)
    host.path(host.pickup).mkdir(parents=True, exist_ok=True)


def connectors() -> None:
    host = this_host()
    for controller in CONTROLLERS:
        known = Connectors(host.directory, host.version, host.server)
        for item in known.all(controller).values():
            login = item.pop("_credential", None)
            print(json.dumps({"controller": controller, "user": login and login["user"]} | item))


def change(words: list[str]) -> None:
    """Writes a property as it is, without the rules."""
    host = this_host()
    found = Connectors(host.directory, host.version, host.server).find(words[0], CONTROLLERS[0])
    if not found or words[1] not in found:
        raise SystemExit(f"stand-in: no connector {words[0]} with a property {words[1]}")
    host.directory.write(CONTROLLERS[0], found["Guid"], {words[1]: json.loads(words[2])})


def tree() -> None:
    """A row for each connector as the first controller has it, without times, and for each task."""
    host = this_host()
    for guid, item in sorted(Connectors(host.directory, host.version, host.server).all(CONTROLLERS[0]).items()):
        row = {key: value for key, value in item.items() if not key.startswith(("When", "_credential"))}
        login = json.dumps(item.get("_credential"), sort_keys=True).encode()
        row["login"] = hashlib.sha256(login).hexdigest() if item.get("_credential") else None
        print(f"connector {guid}\t{json.dumps(row, sort_keys=True)}")
    for run, task in sorted(Tasks(host.root).all().items()):
        print(f"task {run}\t{json.dumps(task, sort_keys=True)}")


def mark(key: str, on: bool) -> None:
    registry = Registry(Path("/"))
    if on:
        registry.write(f"stand-in\\{key}", "on", "DWord", "1")
    elif registry.values(f"stand-in\\{key}"):
        registry.remove(f"stand-in\\{key}", "on")


def role(words: list[str]) -> None:
    directory = this_host().directory
    directory.set(roles=directory.settings["roles"] | {words[0].lower(): None if words[1] == "none" else words[1]})


VERBS = {
    "prepare": lambda words: prepare(),
    "model": lambda words: model(words[0]),
    "role": role,
    "replication": lambda words: this_host().directory.set(replication=float(words[0])),
    "down": lambda words: this_host().directory.set(down=words),
    "connectors": lambda words: connectors(),
    "change": change,
    "tree": lambda words: tree(),
    "shell": lambda words: Registry(Path("/")).write(OPENSSH, "DefaultShell", "String", words[0] + ".exe"),
    "management-shell": lambda words: this_host().directory.set(**{"management-shell": words[0]}),
    "pickup": lambda words: this_host().directory.set(pickup=words[0]),
    "subscribed": lambda words: this_host().directory.set(subscribed=words[0] == "on"),
    "setup": lambda words: mark("setup-runs", words[0] == "on"),
    "tasks": lambda words: mark("no-tasks", words[0] == "off"),
    "thousands": lambda words: this_host().directory.set(thousands=words[0]),
}


def main(words: list[str]) -> None:
    if not words or words[0] not in VERBS:
        raise SystemExit(USAGE)
    try:
        VERBS[words[0]](words[1:])
    except (IndexError, KeyError, ValueError) as error:
        raise SystemExit(f"stand-in: {words}: {error!r}\n{USAGE}") from None
    except CmdletError as error:
        raise SystemExit(error.message) from None


if __name__ == "__main__":
    main(sys.argv[1:])
