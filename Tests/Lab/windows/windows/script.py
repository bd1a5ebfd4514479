"""Reads the calls from a script of mtactl's.

Strict: it accepts the forms that docs/scripts.md describes, and refuses everything else. What follows the calls is the same
in every script, and is known by its sum.
"""

import hashlib
import re
from dataclasses import dataclass, field

PARTS = ("Look", "Change", "Restarts", "TakeBack", "RestartAgain", "Again", "Send")
FIXED = "# The functions of mtactl's executor, word for word.\n"
TOKEN = re.compile(
    r"(?P<skip>(?:[ \n]|`\n|(?<![^\s])#[^\n]*\n)+)"
    r"|(?P<text>'(?:[^'\u2018\u2019\u201a\u201b]|''|\u2018\u2018|\u2019\u2019|\u201a\u201a|\u201b\u201b)*')"
    r"|(?P<sign>@\{|@\(|[{}();,=\[\]&])"
    r"|(?P<word>[-$A-Za-z0-9_.]+(?::\$true|:\$false)?)"
)


class NotAScript(Exception):
    """A script is wrong: this fails a test."""


@dataclass
class Value:
    """`kind` is that of the executor's document. In addition, `login` has a user, `answered` a step, a property and a
    name, `filled` a text with {TOKEN} and {DATE}."""

    kind: str
    value: object = None


@dataclass
class ScriptCall:
    identifier: str
    must: bool
    name: str = ""
    arguments: dict[str, Value] = field(default_factory=dict)
    properties: list[str] = field(default_factory=list)


@dataclass
class Script:
    settings: dict[str, object]
    parts: dict[str, list[ScriptCall]]
    expected: list[dict]
    fixed: str  # the SHA-256 of what is the same in every script


def read(data: bytes) -> Script:
    if not data.startswith(b"\xef\xbb\xbf") or b"\n" in data.replace(b"\r\n", b""):
        raise NotAScript("no UTF-8 with its mark and the line breaks of Windows")
    text = data.decode("utf-8-sig").replace("\r\n", "\n")
    own, mark, fixed = text.partition(FIXED)
    if not mark:
        raise NotAScript("the executor's functions are not there")
    start = re.search(r"^param\([^()\n]*\)\n", own, re.M)
    if not start or any(line and not line.startswith("#") for line in own[: start.start()].split("\n")):
        raise NotAScript("no comment and param() at the beginning")
    return Reader(own[start.end() :]).script(hashlib.sha256((mark + fixed).encode()).hexdigest())


class Reader:
    def __init__(self, text: str):
        self.tokens: list[tuple[str, str]] = []
        place = 0
        while place < len(text):
            found = TOKEN.match(text, place)
            if not found:
                raise NotAScript(f"unknown: {text[place : place + 60]!r}")
            if found.lastgroup != "skip":
                self.tokens.append((found.lastgroup or "", found.group()))
            place = found.end()
        self.settings: dict[str, object] = {}

    def script(self, fixed: str) -> Script:
        parts: dict[str, list[ScriptCall]] = {}
        expected: list[dict] = []
        while self.tokens:
            word = self.word()
            if word == "function":
                name = self.word()
                self.sign("{")
                if name == "Passwords":
                    self.passwords()
                elif name in PARTS:
                    parts[name] = self.calls()
                else:
                    raise NotAScript(f"function {name}")
            elif word == "$expected":
                self.sign("=")
                expected = [row.value for row in self.plain().value]
            elif word.startswith("$"):
                self.sign("=")
                self.settings[word[1:]] = self.listed()
            else:
                raise NotAScript(word)
        return Script(self.settings, parts, expected, fixed)

    # Tokens.

    def peek(self, sign: str) -> bool:
        return bool(self.tokens) and self.tokens[0] == ("sign", sign)

    def next(self, kind: str) -> str:
        if not self.tokens or self.tokens[0][0] != kind:
            raise NotAScript(f"{kind} was expected: {self.tokens[:3]}")
        return self.tokens.pop(0)[1]

    def sign(self, sign: str) -> None:
        if self.next("sign") != sign:
            raise NotAScript(f"{sign} was expected")

    def word(self) -> str:
        return self.next("word")

    def text(self) -> str:
        return re.sub("(['\u2018\u2019\u201a\u201b])\\1", "\\1", self.next("text")[1:-1])

    # Values.

    def plain(self) -> Value:
        """One value; `@(…)` and `@{…}` contain values."""
        if self.peek("@("):
            return Value("list", self.inside("@(", ")", self.plain))
        if self.peek("@{"):
            return Value("table", dict(self.inside("@{", "}", self.pair)))
        if self.peek("("):
            return self.called()
        if self.tokens and self.tokens[0][0] == "text":
            return Value("text", self.text())
        word = self.word()
        if word in ("$true", "$false"):
            return Value("flag", word == "$true")
        if word == "$null":
            return Value("null")
        if word.startswith("$told"):
            return Value("list", self.settings[word[1:]])
        if re.fullmatch(r"-?[0-9]+", word):
            return Value("number", int(word))
        raise NotAScript(f"a value: {word}")

    def called(self) -> Value:
        self.sign("(")
        name = self.word()
        words = []
        while not self.peek(")"):
            words.append(self.text())
        self.sign(")")
        if (name, len(words)) not in (("Login", 2), ("Answered", 3), ("Filled", 1)):
            raise NotAScript(f"{name} {words}")
        return Value(name.lower(), words)

    def inside(self, begin: str, end: str, each) -> list:
        self.sign(begin)
        found = []
        while not self.peek(end):
            found.append(each())
            if self.peek(";") or self.peek(","):
                self.next("sign")
        self.sign(end)
        return found

    def pair(self) -> tuple[str, Value]:
        name = self.text() if self.tokens[0][0] == "text" else self.word()
        self.sign("=")
        value = self.listed()
        return name, value if isinstance(value, Value) else Value("list", value)

    def listed(self):
        """A value, or texts separated by commas."""
        first = self.plain()
        if not self.peek(","):
            return first.value if first.kind == "list" and first.value and isinstance(first.value[0], str) else first
        texts = [first.value]
        while self.peek(","):
            self.next("sign")
            texts.append(self.text())
        return texts

    # Calls.

    def passwords(self) -> None:
        while not self.peek("}"):
            self.sign("[")
            self.word()
            self.sign("]")
            self.plain()
        self.sign("}")

    def calls(self) -> list[ScriptCall]:
        found = []
        while not self.peek("}"):
            if self.word() != "Call":
                raise NotAScript("Call was expected")
            call = ScriptCall(self.text(), self.word() == "must")
            self.sign("{")
            if self.peek("&"):
                self.native(call)
            else:
                self.command(call)
            self.sign("}")
            if self.tokens[0][0] == "text" or self.tokens[0][1].startswith("$told"):
                names = self.listed()
                call.properties = names if isinstance(names, list) else [names.value]
            found.append(call)
        self.sign("}")
        return found

    def native(self, call: ScriptCall) -> None:
        self.sign("&")
        if self.word() != "$natives":
            raise NotAScript("$natives was expected")
        self.sign("[")
        call.name = self.text()
        self.sign("]")
        call.arguments = {name: self.typed(value) for name, value in self.inside("@{", "}", self.pair)}

    @staticmethod
    def typed(value: Value) -> Value:
        if value.kind != "list":
            return value
        return Value("list", [item.value if isinstance(item, Value) else item for item in value.value])

    def command(self, call: ScriptCall) -> None:
        call.name = self.word()
        while not self.peek("}"):
            name, colon, flag = self.word().partition(":")
            if not name.startswith("-"):
                raise NotAScript(f"a parameter was expected: {name}")
            if colon:
                call.arguments[name[1:]] = Value("flag", flag == "$true")
            elif name == "-ErrorAction":
                if self.word() != "Stop" or not self.peek("}"):
                    raise NotAScript("-ErrorAction Stop ends a call")
                return
            else:
                value = self.listed()
                value = value if isinstance(value, Value) else Value("list", value)
                call.arguments[name[1:]] = self.typed(value)
        if call.name != "RestartTransport":
            raise NotAScript(f"{call.name} without -ErrorAction Stop")
