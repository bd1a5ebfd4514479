"""MailEnable's queues: `Queues\\CONNECTOR\\Inbound|Outgoing`, a command file for each message, and the message in `Messages`.

Of command files only what others saw in the outgoing queue is known: names and a few fields (README). How another program
could make one is not known: services here take those with their mark, and move others to `Bad Mail`.
"""

import os
import secrets
import time
from dataclasses import dataclass, field
from pathlib import Path


def new_name() -> str:
    return secrets.token_hex(16).upper() + ".MAI"


@dataclass
class Command:
    sender: str
    recipients: list[str]
    subject: str = ""
    kind: str = "DELIVER"  # or NDR
    retries: int = 0
    status: int = 0
    due: float = 0.0
    since: float = field(default_factory=time.time)
    last_error: str = ""
    login: str = ""
    name: str = field(default_factory=new_name)

    @property
    def domain(self) -> str:
        return self.recipients[0].rpartition("@")[2].lower() if self.recipients else ""

    def text(self, mark: str) -> str:
        rows = {
            "DomainName": self.domain,
            "CommandType": self.kind,
            "StatusCode": str(self.status),
            "Recipients": ";".join(f"[SMTP:{to}]" for to in self.recipients),
            "Sender": f"[SMTP:{self.sender}]",
            "Subject": " ".join(self.subject.split()),
            "Retries": str(self.retries),
            "Status": "Unsent",
            "NextAttempt": repr(self.due),
            "Received": repr(self.since),
            "LastError": self.last_error,
            "AuthenticatedUser": self.login,
            "Mark": mark,
        }
        return "".join(f"{key}={value}\r\n" for key, value in rows.items())


def parsed(name: str, text: str, mark: str) -> Command | None:
    """A command file that a service of this host wrote, or None."""
    rows = dict(line.partition("=")[::2] for line in text.splitlines() if "=" in line)
    if rows.get("Mark") != mark:
        return None
    return Command(
        sender=_address(rows["Sender"]),
        recipients=[_address(to) for to in rows["Recipients"].split(";") if to],
        subject=rows["Subject"],
        kind=rows["CommandType"],
        retries=int(rows["Retries"]),
        status=int(rows["StatusCode"]),
        due=float(rows["NextAttempt"]),
        since=float(rows["Received"]),
        last_error=rows["LastError"],
        login=rows["AuthenticatedUser"],
        name=name,
    )


def _address(text: str) -> str:
    return text.removeprefix("[SMTP:").removesuffix("]")


class Queue:
    """One queue of one connector."""

    def __init__(self, folder: Path, mark: str, bad: Path):
        self.folder, self.messages, self._mark, self._bad = folder, folder / "Messages", mark, bad

    def add(self, command: Command, content: bytes) -> None:
        """Writes the message first: the command file says that it is there."""
        (self.messages / command.name).write_bytes(content)
        self.keep(command)

    def keep(self, command: Command) -> None:
        fresh = self.folder / f"{command.name}.new"
        fresh.write_text(command.text(self._mark))
        os.replace(fresh, self.folder / command.name)

    def commands(self) -> list[Command]:
        """The messages in the queue. Command files of other programs are moved to Bad Mail."""
        found = []
        for path in sorted(self.folder.glob("*.MAI")):
            try:
                command = parsed(path.name, path.read_text(errors="replace"), self._mark)
                if command and (self.messages / path.name).exists():
                    found.append(command)
                else:
                    self.reject(path.name)
            except FileNotFoundError:
                # Somebody has removed it in the meantime.
                continue
        return found

    def content(self, command: Command) -> bytes:
        return (self.messages / command.name).read_bytes()

    def holds(self, command: Command) -> bool:
        """Whether it is still there: somebody may have removed it from the queue."""
        return (self.folder / command.name).exists() and (self.messages / command.name).exists()

    def remove(self, command: Command) -> None:
        for path in (self.folder / command.name, self.messages / command.name):
            path.unlink(missing_ok=True)

    def reject(self, name: str) -> None:
        self._bad.mkdir(parents=True, exist_ok=True)
        for path in (self.messages / name, self.folder / name):
            if path.exists():
                os.replace(path, self._bad / (name if path.parent == self.messages else name + ".command"))
