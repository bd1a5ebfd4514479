"""A server's queue on disk: one file for each message. Written by the transport service, read and changed by cmdlets."""

import json
import os
import uuid
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

UNREACHABLE = "Unreachable"
SUBMISSION = "Submission"


@dataclass
class Message:
    """A message with recipients that go the same way. Times are seconds since 1970."""

    sender: str
    recipients: list[str]
    subject: str
    message_id: str
    content: str  # latin-1, so that every byte survives
    received: float
    key: str = field(default_factory=lambda: uuid.uuid4().hex)
    number: int = 0
    connector: str | None = None  # GUID, or None: not routed, or there is no way
    next_hop: str = SUBMISSION
    delivery: str = "Undefined"  # DeliveryType of Get-Queue
    due: float = 0.0
    attempts: int = 0
    last_error: str = ""
    trail: list[str] = field(default_factory=list)  # servers that it passed

    @property
    def size(self) -> int:
        return len(self.content)


class Queues:
    def __init__(self, folder: Path):
        self.folder = folder / "queue"
        self.spool = folder / "spool"

    def prepare(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.spool.mkdir(parents=True, exist_ok=True)

    def messages(self) -> list[Message]:
        return sorted(self._of(self.folder), key=lambda message: message.number)

    def arrived(self) -> Iterator[Message]:
        """Messages that other servers of the organisation handed over; each is taken once."""
        for message in self._of(self.spool):
            (self.spool / f"{message.key}.json").unlink()
            yield message

    def keep(self, message: Message) -> None:
        if not message.number:
            message.number = max((other.number for other in self.messages()), default=0) + 1
        self._write(self.folder, message)

    def hand_over(self, message: Message) -> None:
        """Puts a message where another server finds it; `self` is that server's."""
        self._write(self.spool, message)

    def remove(self, message: Message) -> None:
        (self.folder / f"{message.key}.json").unlink(missing_ok=True)

    @staticmethod
    def _of(folder: Path) -> Iterator[Message]:
        for path in sorted(folder.glob("*.json")) if folder.is_dir() else []:
            try:
                yield Message(**json.loads(path.read_text()))
            except FileNotFoundError:
                # It has been delivered in the meantime.
                continue

    @staticmethod
    def _write(folder: Path, message: Message) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        fresh = folder / f"{message.key}.new"
        fresh.write_text(json.dumps(asdict(message)))
        os.replace(fresh, folder / f"{message.key}.json")


def status(messages: list[Message], now: float) -> str:
    """The status of a queue with these messages: `Retry` while it waits after a failure."""
    waiting = [message for message in messages if message.last_error and message.due > now]
    return "Retry" if waiting and len(waiting) == len(messages) else "Ready"


def shown(server: str, messages: list[Message], now: float) -> list[dict]:
    """Get-Queue's objects: §0a.8. One for each next hop that messages wait for, and the two that always exist."""
    ways: dict[tuple, list[Message]] = {}
    for message in messages:
        ways.setdefault((message.next_hop, message.connector, message.delivery), []).append(message)
    rows = [_row(server, SUBMISSION, SUBMISSION, None, "Undefined", ways.pop((SUBMISSION, None, "Undefined"), []), now)]
    for (next_hop, connector, delivery), waiting in ways.items():
        identity = UNREACHABLE if next_hop == UNREACHABLE else str(min(message.number for message in waiting))
        rows.append(_row(server, identity, next_hop, connector, delivery, waiting, now))
    return rows


def _row(server: str, identity: str, hop: str, connector: str | None, delivery: str, waiting: list, now: float) -> dict:
    errors = [message.last_error for message in waiting if message.last_error]
    return {
        "Identity": f"{server}\\{identity}",
        "DeliveryType": delivery,
        "NextHopDomain": hop,
        "NextHopCategory": "External",
        "NextHopConnector": connector or "00000000-0000-0000-0000-000000000000",
        "Status": status(waiting, now),
        "MessageCount": len(waiting),
        "LastError": errors[-1] if errors else "",
        "IsValid": True,
        "RetryCount": max((message.attempts for message in waiting), default=0),
    }
