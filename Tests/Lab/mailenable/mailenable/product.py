"""MailEnable as a product on a Windows host, and its part of the command `stand-in`."""

import json

from mailenable.draw import PASSWORDS, drawn
from mailenable.host import of as host
from mailenable.host import this_host
from mailenable.models import MODELS, install
from mailenable.queues import parsed
from mailenable.settings import SMTP_PORT, SmartHost, press_ok, smart_host
from windows.services import systemctl

__all__ = ["USAGE", "VERBS", "host"]

USAGE = f"""
       stand-in model {"|".join(MODELS)}   starts over with this MailEnable; queues and mailboxes stay
       stand-in smarthost HOST [PORT [USER PASSWORD]]   the operator in the console: the Smart host tab, then OK
       stand-in smarthost off          the operator unticks the box
       stand-in draw [{"|".join(PASSWORDS)}|any]   draws other names, types and words for the tab's values, and starts over with `clean`
       stand-in drawn                  the tab's names, types and words: what a discovery should find
       stand-in relay privileged|authenticated|off      who may relay
       stand-in retries MINUTES…       the Delivery tab; initially 15 30 60 240
       stand-in tls on|off             Outbound TLS
       stand-in names new|same         whether a message's file keeps its name from the inbound to the outgoing queue
       stand-in start ok|broken        whether the SMTP service starts
       stand-in log-secrets on|off     whether AUTH's words are in the activity log
       stand-in queue                  the queue, as JSON"""


def in_console(words: list[str]) -> None:
    """The tab keeps the values of fields that the operator does not touch."""
    own = this_host()
    before = smart_host(own.registry, own.draw)
    if words == ["off"]:
        fields = {"enabled": False}
    elif len(words) in (1, 2, 4):
        port = int(words[1]) if len(words) > 1 else SMTP_PORT
        login = {"user": words[2], "password": words[3]} if len(words) == 4 else {}
        fields = {"enabled": True, "host": words[0], "port": port, "authenticate": bool(login)} | login
    else:
        raise ValueError("HOST, PORT, or HOST, PORT, USER and PASSWORD")
    press_ok(own.registry, own.draw, SmartHost(**(vars(before) | fields)))


def model(words: list[str]) -> None:
    install(this_host(), words[0])
    restart()


def draw_anew(words: list[str]) -> None:
    if words and words[0] not in (*PASSWORDS, "any"):
        raise ValueError(f"{words[0]}: not a form of passwords")
    this_host().draw_anew(drawn(*words))
    model(["clean"])


def restart() -> None:
    """Services read when they start where everything is, and what marks their files."""
    systemctl("try-restart", "MESMTPCS.service", "MEMTAS.service", "MEPOCS.service")


def queue() -> None:
    own = this_host()
    folder = own.path(own.settings.data + "\\Queues\\SMTP\\Outgoing")
    for path in sorted(folder.glob("*.MAI")):
        command = parsed(path.name, path.read_text(), own.draw.mark)
        print(json.dumps(vars(command) if command else {"name": path.name}))


def chosen(key: str, **values) -> object:
    """A verb with a few choices."""
    return lambda words: this_host().decide(**{key: values[words[0]]})


VERBS = {
    "model": model,
    "smarthost": in_console,
    "draw": draw_anew,
    "drawn": lambda words: print(json.dumps(this_host().draw.shown(), indent=1)),
    "relay": chosen("relay", privileged="privileged", authenticated="authenticated", off="off"),
    "retries": lambda words: this_host().decide(retries=[float(word) for word in words]),
    "tls": chosen("tls", on=True, off=False),
    "names": chosen("names", new="new", same="same"),
    "start": chosen("start", ok="ok", broken="broken"),
    "log-secrets": chosen("log-secrets", on=True, off=False),
    "queue": lambda words: queue(),
}
