"""mailserver.cfg and users.cfg: XML with `<variable name="…">`, read when the server starts and written when it stops (§6.4).

The names of variables for relaying are not public, so these are the stand-in's own, and all begin with StandIn.
"""

import hashlib
import json
import os
import secrets
import threading
from pathlib import Path
from xml.etree import ElementTree

from kerio.rules import new_id
from kerio.shapes import DEFAULT_SMTP

HOME = Path("/opt/kerio/mailserver")
MASK = hashlib.sha256(b"a stand-in scrambles, it does not encrypt").digest() * 16


def scrambled(password: str) -> str:
    """`D3S:` and hexadecimal digits, as the product's; the scrambling is not the product's."""
    plain = password.encode()
    return "D3S:" + bytes(one ^ other for one, other in zip(plain, MASK)).hex()


def unscrambled(text: str) -> str:
    return bytes(one ^ other for one, other in zip(bytes.fromhex(text[4:]), MASK)).decode()


def hashed(password: str, salt: bytes | None = None) -> str:
    """`SHA:`, a salt, PBKDF2 with SHA-1 in 10000 rounds: the form of users.cfg that openwall's notes describe."""
    salt = salt or secrets.token_bytes(8)
    return "SHA:" + salt.hex() + hashlib.pbkdf2_hmac("sha1", password.encode(), salt, 10000).hex()


def is_password(password: str, stored: str) -> bool:
    return secrets.compare_digest(hashed(password, bytes.fromhex(stored[4:20])), stored)


def variables(parent: ElementTree.Element, values: dict[str, str]) -> None:
    for name, value in values.items():
        ElementTree.SubElement(parent, "variable", name=name).text = value


def read_variables(parent: ElementTree.Element) -> dict[str, str]:
    return {one.get("name", ""): one.text or "" for one in parent.findall("variable")}


def write(path: Path, root: ElementTree.Element) -> None:
    """Writes the file atomically; the previous version is kept as .bak."""
    ElementTree.indent(root)
    fresh = path.with_name(path.name + ".new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(descriptor, "wb") as file:
        file.write(ElementTree.tostring(root, encoding="UTF-8", xml_declaration=True) + b"\n")
        file.flush()
        os.fsync(file.fileno())
    if path.exists():
        backup = path.with_name(path.name + ".bak")
        backup.unlink(missing_ok=True)
        os.link(path, backup)
    os.replace(fresh, path)


class Config:
    """What the server has in memory; changes of the API are changes of it."""

    def __init__(self, home: Path = HOME):
        self.path, self.lock = home / "mailserver.cfg", threading.RLock()
        self.hostname, self.smtp, self.rules = "localhost", json.loads(json.dumps(DEFAULT_SMTP)), []

    def load(self) -> None:
        root = ElementTree.parse(self.path).getroot()
        table = root.find("table[@name='StandInServer']")
        values = read_variables(table)
        self.hostname, self.smtp = values["StandInHostname"], json.loads(values["StandInSmtp"])
        self.rules = [self._rule(read_variables(item)) for item in root.findall("list[@name='StandInRelay']/listitem")]

    @staticmethod
    def _rule(values: dict[str, str]) -> dict:
        rule = json.loads(values["StandInRule"])
        rule["id"] = values["StandInId"] or new_id()
        rule["authentication"]["password"] = unscrambled(values["StandInPassword"])
        return rule

    def save(self) -> None:
        with self.lock:
            root = ElementTree.Element("config")
            server = ElementTree.SubElement(root, "table", name="StandInServer")
            variables(server, {"StandInHostname": self.hostname, "StandInSmtp": json.dumps(self.smtp, sort_keys=True)})
            rows = ElementTree.SubElement(root, "list", name="StandInRelay")
            for rule in self.rules:
                login = rule["authentication"]
                shown = {key: value for key, value in rule.items() if key != "id"}
                shown["authentication"] = {key: value for key, value in login.items() if key != "password"}
                item = ElementTree.SubElement(rows, "listitem")
                variables(
                    item,
                    {
                        "StandInId": rule["id"],
                        "StandInRule": json.dumps(shown, sort_keys=True),
                        "StandInPassword": scrambled(login["password"]),
                    },
                )
            write(self.path, root)


ROLES = ("FullAdmin", "Auditor", "UserRole")


class Users:
    """Accounts of the primary domain: name, role, hash."""

    def __init__(self, home: Path = HOME):
        self.path = home / "users.cfg"

    def all(self) -> dict[str, dict[str, str]]:
        root = ElementTree.parse(self.path).getroot()
        rows = [read_variables(item) for item in root.findall("list[@name='User']/listitem")]
        return {row["Name"]: row for row in rows}

    def write(self, accounts: dict[str, tuple[str, str]]) -> None:
        """`accounts`: role and password of each name."""
        root = ElementTree.Element("config")
        rows = ElementTree.SubElement(root, "list", name="User")
        for name, (role, password) in accounts.items():
            item = ElementTree.SubElement(rows, "listitem")
            variables(item, {"Name": name, "Rights": role, "PasswordHistory": hashed(password)})
        write(self.path, root)

    def role(self, name: str, password: str) -> str | None:
        """None if the name or the password is wrong."""
        row = self.all().get(name.lower())
        return row["Rights"] if row and is_password(password, row["PasswordHistory"]) else None
