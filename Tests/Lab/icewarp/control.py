"""`stand-in`, a command on the host for tests and people: chooses the configuration, and what goes wrong."""

import subprocess
import sys
from pathlib import Path

from icewarp.models import MODELS, install
from icewarp.relays import relays
from icewarp.settings import Settings, named
from icewarp.state import State
from icewarp.tool import HOME
from labmail.queue import Queue

USAGE = f"""usage: stand-in model {"|".join(MODELS)}   starts over with this configuration, in effect at once
       stand-in crlf on|off            whether lines of tool.sh and of the log end with CRLF
       stand-in delivery on|off        whether the queue is delivered
       stand-in retry SECONDS          between attempts
       stand-in run-queue              makes everything in the queue due now
       stand-in restart works|fails    whether icewarpd.sh --restart smtp works
       stand-in log-form current|article
       stand-in change VARIABLE VALUE  as another administrator might; not in effect
       stand-in route ROW              a row at the end of redirect.dat; not in effect
       stand-in settings               what is stored, without passwords
       stand-in queue                  what waits, and why"""


def restart() -> None:
    """On Windows each module is a service of its own."""
    unit = "IceWarpSMTP" if Path("/etc/windows.json").exists() else "icewarp"
    subprocess.run(["systemctl", "restart", unit], check=True)


def prepare(fqdn: str, model: str) -> None:
    """Runs when the host is made."""
    State().set(fqdn=fqdn)
    install(HOME, model, fqdn)


def model(name: str) -> None:
    install(HOME, name, State()["fqdn"])
    restart()


def change(words: list[str]) -> None:
    (name,) = named(words[0])
    Settings(HOME).change({name: words[1]})


def route(row: str) -> None:
    with open(HOME / "config" / "redirect.dat", "a", newline="") as file:
        file.write(row + "\r\n")


def settings() -> None:
    for name, value in Settings(HOME).all().items():
        if name.endswith("RelayMailServer"):
            value = ";".join(f"{hop.user + ':***@' if hop.user else ''}{hop.host}:{hop.port}" for hop in relays(value))
        print(f"{name}: {value}")


def queue() -> Queue:
    outgoing = HOME / "mail" / "_outgoing"
    return Queue(outgoing, outgoing / "retry")


def show_queue() -> None:
    for message in queue().messages():
        print(f"{message.key} <{message.sender}> {message.recipients} {message.attempts} {message.last}")


def one_of(word: str, *words: str) -> str:
    if word not in words:
        raise ValueError(word)
    return word


VERBS = {
    "prepare": lambda words: prepare(*words),
    "model": lambda words: model(words[0]),
    "crlf": lambda words: State().set(crlf=one_of(words[0], "on", "off") == "on"),
    "delivery": lambda words: State().set(delivery=one_of(words[0], "on", "off") == "on"),
    "retry": lambda words: State().set(retry=float(words[0])),
    "run-queue": lambda words: print(queue().hurry()),
    "restart": lambda words: State().set(restart=one_of(words[0], "works", "fails")),
    "log-form": lambda words: State().set(log_form=one_of(words[0], "current", "article")),
    "change": change,
    "route": lambda words: route(words[0]),
    "settings": lambda words: settings(),
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
