"""`stand-in`, a command on the host for tests and people: chooses the configuration, and what goes wrong."""

import hashlib
import json
import subprocess
import sys
import time
from pathlib import Path

from kerio.config import HOME, Config, Users
from kerio.models import MODELS, install
from kerio.spool import Spool
from kerio.state import State

RELEASES = {"8": "8.5.3.3510", "9": "9.4.2.6839", "10": "10.0.8.9228"}
USAGE = f"""usage: stand-in model {"|".join(MODELS)}   starts over with this configuration, in effect at once
       stand-in release 8|9|10         release 8 has no list of rules
       stand-in expire                 ends all sessions
       stand-in expire-after CALLS|never   how many calls a session lasts
       stand-in password-left-out erases|keeps    a rule without the key `password`
       stand-in id-copy copies|literal what the id of a rule means as a password: that rule's password, or itself
       stand-in persist at-change|at-stop  when mailserver.cfg is written
       stand-in answers on|off         whether the administration answers
       stand-in delivery on|off        whether the queue is delivered
       stand-in retry SECONDS|settings between attempts
       stand-in run-queue              makes everything in the queue due now
       stand-in remote-host address|name   what mail.log has as Remote-Host
       stand-in change NUMBER PROPERTY JSON   of a rule, as another administrator might; in effect
       stand-in rules                  what mailserver.cfg has, without passwords
       stand-in tree                   what `lab tree` compares: rules without ids, with hashes of their passwords
       stand-in queue                  what waits, and why"""


def systemctl(verb: str) -> None:
    unit = "KerioMailServer" if Path("/etc/windows.json").exists() else "kerio-connect"
    subprocess.run(["systemctl", verb, unit], check=True)


def prepare(fqdn: str, chosen: str, passwords: str) -> None:
    """Runs when the host is made. Passwords come from a file, so the machine's process list does not show them."""
    State().set(fqdn=fqdn)
    known = dict(line.split(":", 1) for line in Path(passwords).read_text().splitlines())
    roles = {"admin": "FullAdmin", "viewer": "Auditor", "alice": "UserRole"}
    Users(HOME).write({name: (role, known[name]) for name, role in roles.items()})
    install(HOME, chosen, fqdn)


def model(name: str) -> None:
    if name not in MODELS:
        raise KeyError(name)
    systemctl("stop")
    install(HOME, name, State()["fqdn"])
    systemctl("start")


def change(number: str, place: str, value: str) -> None:
    """Stops the server, as an administrator must before editing the file."""
    systemctl("stop")
    config = Config(HOME)
    config.load()
    target, *path = config.rules[int(number)], *place.split(".")
    for key in path[:-1]:
        target = target[key]
    target[path[-1]] = json.loads(value)
    config.save()
    systemctl("start")


def rules() -> None:
    config = Config(HOME)
    config.load()
    for rule in config.rules:
        login = rule["authentication"]
        login["password"] = "stored" if login["password"] else "none"
        print(json.dumps(rule))


def tree_rows() -> list[str]:
    """Ids are new in each list, so two equal lists would look different."""
    config, rows = Config(HOME), []
    config.load()
    for rule in config.rules:
        login = rule["authentication"]
        login["password"] = hashlib.sha256(login["password"].encode()).hexdigest() if login["password"] else ""
        del rule["id"]
        rows.append(f"rule\t{json.dumps(rule, sort_keys=True)}")
    return rows + [f"smtp\t{json.dumps(config.smtp, sort_keys=True)}"]


def show_queue() -> None:
    for message in Spool(HOME / "store").messages():
        print(f"{message.key} <{message.sender}> {message.recipients} {message.attempts} {message.last}")


def one_of(word: str, *words: str) -> str:
    if word not in words:
        raise ValueError(word)
    return word


def choice(name: str, *words: str):
    return lambda given: State().set(**{name: one_of(given[0], *words)})


VERBS = {
    "prepare": lambda words: prepare(*words),
    "model": lambda words: model(words[0]),
    "release": lambda words: State().set(release=RELEASES[words[0]]),
    "expire": lambda words: State().set(expired=time.time()),
    "expire-after": lambda words: State().set(expire_after=None if words[0] == "never" else int(words[0])),
    "password-left-out": choice("password-left-out", "erases", "keeps"),
    "id-copy": choice("id-copy", "copies", "literal"),
    "persist": choice("persist", "at-change", "at-stop"),
    "answers": choice("answers", "on", "off"),
    "delivery": lambda words: State().set(delivery=one_of(words[0], "on", "off") == "on"),
    "retry": lambda words: State().set(retry=None if words[0] == "settings" else float(words[0])),
    "run-queue": lambda words: print(Spool(HOME / "store").hurry()),
    "remote-host": choice("remote-host", "address", "name"),
    "change": lambda words: change(*words),
    "rules": lambda words: rules(),
    "tree": lambda words: print("\n".join(tree_rows())),
    "queue": lambda words: show_queue(),
}


def main(words: list[str]) -> None:
    if not words or words[0] not in VERBS:
        raise SystemExit(USAGE)
    try:
        VERBS[words[0]](words[1:])
    except (IndexError, KeyError, ValueError, TypeError) as error:
        raise SystemExit(f"stand-in: {words}: {error!r}\n{USAGE}") from None


if __name__ == "__main__":
    main(sys.argv[1:])
