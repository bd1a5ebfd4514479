"""The executor's document and answer, as the contract has them. Strict: anything else is refused."""

import base64
import re
from dataclasses import dataclass, field
from datetime import datetime, timezone

from windows.logon import Credential

KINDS = ("text", "list", "flag", "number", "login", "null")
SHELLS = ("none", "auto", "remote", "session", "snapin")


class Malformed(Exception):
    """A document is wrong: this fails a test, and is never a host's answer."""


@dataclass
class Call:
    identifier: str
    name: str
    must: bool
    arguments: dict = field(default_factory=dict)
    properties: list[str] = field(default_factory=list)


@dataclass
class Document:
    nonce: str = ""
    logins: dict[str, Credential] = field(default_factory=dict)
    shell: str = "none"
    shell_login: Credential | None = None
    pending: str | None = None
    calls: list[Call] = field(default_factory=list)


def decoded(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode()
    except ValueError as error:
        raise Malformed(f"{text[:40]}: {error}") from None


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def parse(text: str) -> Document:
    """Reads a document. Malformed if it has a line that the contract does not have."""
    document = Document()
    if not text.endswith("\n") or "\r" in text:
        raise Malformed("lines are ended by LF")
    for line in text[:-1].split("\n"):
        words = line.split("\t")
        reader = READERS.get(words[0])
        if not reader:
            raise Malformed(f"no such line: {line[:60]}")
        reader(document, words[1:])
    if not document.nonce:
        raise Malformed("no nonce")
    return document


def _count(words: list[str], *numbers: int) -> None:
    if len(words) not in numbers:
        raise Malformed(f"{len(words)} fields: {words}")


def _nonce(document: Document, words: list[str]) -> None:
    _count(words, 1)
    if not re.fullmatch(r"[0-9a-f]{32}", words[0]):
        raise Malformed(f"nonce {words[0]}")
    document.nonce = words[0]


def _login(document: Document, words: list[str]) -> None:
    _count(words, 3)
    document.logins[words[0]] = Credential(decoded(words[1]), decoded(words[2]))


def _shell(document: Document, words: list[str]) -> None:
    _count(words, 1, 2)
    if words[0] not in SHELLS:
        raise Malformed(f"shell {words[0]}")
    document.shell = words[0]
    document.shell_login = _named_login(document, words[1]) if len(words) == 2 else None


def _pending(document: Document, words: list[str]) -> None:
    _count(words, 1)
    document.pending = decoded(words[0])


def _named_login(document: Document, name: str) -> Credential:
    if name not in document.logins:
        raise Malformed(f"no login {name} before its use")
    return document.logins[name]


def _call(document: Document, words: list[str]) -> None:
    _count(words, 3)
    if not re.fullmatch(r"[a-z0-9-]+", words[0]) or words[2] not in ("must", "may"):
        raise Malformed(f"call {words}")
    document.calls.append(Call(words[0], words[1], words[2] == "must"))


def _argument(document: Document, words: list[str]) -> None:
    _count(words, 2, 3)
    name, kind, value = words[0], words[1], words[2] if len(words) == 3 else None
    if not document.calls or kind not in KINDS or (kind == "null") != (value is None):
        raise Malformed(f"arg {name} {kind}")
    if name in document.calls[-1].arguments:
        raise Malformed(f"arg {name} twice")
    document.calls[-1].arguments[name] = _value(document, kind, value)


def _value(document: Document, kind: str, value: str | None):
    if kind == "null" or value is None:
        return None
    if kind == "text":
        return decoded(value)
    if kind == "list":
        return [decoded(item) for item in value.split(",")] if value else []
    if kind == "login":
        return _named_login(document, value)
    if kind == "flag" and value in "01" and value:
        return value == "1"
    if kind == "number" and re.fullmatch(r"-?\d{1,10}", value):
        return int(value)
    raise Malformed(f"{kind} {value}")


def _property(document: Document, words: list[str]) -> None:
    _count(words, 1)
    if not document.calls:
        raise Malformed("get before a call")
    document.calls[-1].properties.append(words[0])


READERS = {
    "nonce": _nonce,
    "login": _login,
    "shell": _shell,
    "pending": _pending,
    "call": _call,
    "arg": _argument,
    "get": _property,
}


# The answer.


def projected(item: dict, name: str) -> str:
    """One property as a line of the answer."""
    own = {key.lower(): key for key in item}.get(name.lower())
    if own is None:
        return f"prop\t{name}\tabsent"
    value = item[own]
    if value is None:
        return f"prop\t{name}\tnull"
    if isinstance(value, (list, tuple)):
        return f"prop\t{name}\tlist\t{','.join(encoded(_text(part)) for part in value)}"
    return f"prop\t{name}\ttext\t{encoded(_text(value))}"


def _text(value) -> str:
    if isinstance(value, datetime):
        return value.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f") + "0Z"
    return value.user if isinstance(value, Credential) else str(value)


def frame(nonce: str, lines: list[str]) -> str:
    return f"<<MTACTL:{nonce}:{encoded(''.join(line + chr(10) for line in lines))}>>"
