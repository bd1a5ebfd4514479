"""What is not publicly known, chosen at random: how MailEnable stores the Smart host tab in the registry. §5, §9.2.

Run as a program, it prints a draw as JSON, which servers/mailenable.sh gives to all hosts of an `up`.
"""

import json
import random
import secrets
import sys
from dataclasses import asdict, dataclass

# Of a check box: type, value when ticked, value when not.
BOXES = {
    "dword": ("DWord", "1", "0"),
    "dword-minus": ("DWord", "-1", "0"),
    "dword-inverted": ("DWord", "0", "1"),
    "digits": ("String", "1", "0"),
    "yes": ("String", "Yes", "No"),
    "true": ("String", "True", "False"),
}
PORTS = ("DWord", "String")
PASSWORDS = ("plain", "scrambled", "binary")

STEMS = (
    "Gateway",
    "Upstream",
    "Forwarding",
    "Next Hop",
    "Egress",
    "Onward",
    "Transit",
    "Uplink",
    "Courier",
    "Dispatch",
)
NOUNS = {
    "enabled": ("Enabled", "Active", "Mode", "Use", "State"),
    "host": ("Server", "Address", "Machine", "Target", "Name"),
    "port": ("Port", "Port Number", "TCP", "Endpoint", "Socket"),
    "authenticate": ("Authenticate", "Login Required", "Credentials", "Verify", "Auth Mode"),
    "user": ("User", "Account", "Login Name", "Identity", "Principal"),
    "password": ("Password", "Secret", "Pass Phrase", "Key", "Token"),
}
REVISIONS = ("Revision", "Last Change", "Generation", "Build Stamp", "Edit Count")
STYLES = (
    lambda stem, noun: f"{stem} {noun}",
    lambda stem, noun: f"{stem}{noun}".replace(" ", ""),
    lambda stem, noun: f"{noun} ({stem})",
    lambda stem, noun: f"{stem}_{noun}".replace(" ", "_").lower(),
    lambda stem, noun: f"{stem[0]}{noun[:2]}".upper() + str(secrets.randbelow(90) + 10),
)


@dataclass(frozen=True)
class Draw:
    """`names`: of each field of the tab. `boxes`: how its two boxes are kept, as keys of BOXES. `port`: its type.

    `revision`: a number that the console raises with each OK, and that nobody reads. `missing`: there are no values
    until the tab is used once. `key`: for scrambling the password. `mark`: by which services recognise each other's files.
    """

    names: dict[str, str]
    boxes: dict[str, str]
    port: str
    password: str
    revision: str
    missing: bool
    key: str
    mark: str

    def shown(self) -> dict:
        """For tests: what a discovery should find. Not secret."""
        boxes = {field: BOXES[box] for field, box in self.boxes.items()}
        return {
            "names": self.names,
            "boxes": boxes,
            "port": self.port,
            "password": self.password,
            "revision": self.revision,
            "missing": self.missing,
        }

    def stored(self, password: str) -> tuple[str, str | list[str]]:
        """Type and value of a password."""
        if self.password == "plain":
            return "String", password
        raw = self._mixed(password.encode())
        return ("String", raw.hex()) if self.password == "scrambled" else ("Binary", [str(byte) for byte in raw])

    def plain(self, kind: str, value: str | list[str]) -> str:
        """The password in a stored value; empty if this product would not have written it."""
        try:
            if self.password == "plain" and kind == "String":
                return str(value)
            if self.password == "scrambled" and kind == "String":
                return self._mixed(bytes.fromhex(str(value))).decode()
            if self.password == "binary" and kind == "Binary":
                return self._mixed(bytes(map(int, value))).decode()
        except ValueError:
            pass
        return ""

    def _mixed(self, raw: bytes) -> bytes:
        key = bytes.fromhex(self.key)
        return bytes(byte ^ key[at % len(key)] for at, byte in enumerate(raw))


def drawn(password: str = "plain", choose: random.Random | None = None) -> Draw:
    """A new draw. The form of the password is drawn only if asked for, because it decides what can be changed."""
    choose = choose or random.SystemRandom()
    stem = choose.choice(STEMS)
    style = choose.choice(STYLES)

    def name(nouns: tuple[str, ...]) -> str:
        return style(stem if choose.random() < 0.7 else choose.choice(STEMS), choose.choice(nouns))

    names: dict[str, str] = {}
    while len({name.lower() for name in names.values()}) < len(NOUNS) + 1:
        names = {field: name(nouns) for field, nouns in NOUNS.items()} | {"revision": name(REVISIONS)}
    revision = names.pop("revision")
    return Draw(
        names=names,
        boxes={field: choose.choice(list(BOXES)) for field in ("enabled", "authenticate")},
        port=choose.choice(PORTS),
        password=choose.choice(PASSWORDS) if password == "any" else password,
        revision=revision,
        missing=choose.random() < 0.5,
        key=secrets.token_hex(8),
        mark=secrets.token_hex(4),
    )


def written(draw: Draw) -> str:
    return json.dumps(asdict(draw), indent=1)


def read(text: str) -> Draw:
    return Draw(**json.loads(text))


if __name__ == "__main__":
    print(written(drawn(*sys.argv[1:])))
