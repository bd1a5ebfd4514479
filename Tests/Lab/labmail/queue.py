"""A queue on disk: one file for each message, in a folder for new ones or in a folder for those to be tried again."""

import fcntl
import json
import os
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path


@dataclass
class Message:
    """Times are seconds since 1970. The null sender is empty."""

    sender: str
    recipients: list[str]
    content: str  # latin-1, so that every byte survives
    key: str = field(default_factory=lambda: uuid.uuid4().hex)
    received: float = field(default_factory=time.time)
    due: float = 0.0
    attempts: int = 0
    last: str = ""  # why it waits
    client: str = "127.0.0.1"

    @property
    def size(self) -> int:
        return len(self.content)

    def header(self, name: str) -> str:
        """The first header of that name, unfolded; empty where there is none."""
        head = self.content.replace("\r\n", "\n").partition("\n\n")[0]
        for line in head.replace("\n ", " ").replace("\n\t", " ").split("\n"):
            key, colon, value = line.partition(":")
            if colon and key.strip().lower() == name.lower():
                return value.strip()
        return ""


class Queue:
    """The service delivers from it, and others make its messages due. A lock allows one change at a time, across processes."""

    def __init__(self, folder: Path, retry: Path | None = None, suffix: str = ".dat"):
        self.folder, self.retry, self.suffix = folder, retry or folder, suffix
        self.folders = tuple(dict.fromkeys((self.folder, self.retry)))

    def prepare(self) -> None:
        for folder in self.folders:
            folder.mkdir(parents=True, exist_ok=True)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        descriptor = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def messages(self) -> Iterator[Message]:
        for folder in self.folders:
            for path in sorted(folder.glob(f"*{self.suffix}")):
                if message := self._read(path):
                    yield message

    def find(self, key: str) -> Message | None:
        return next(filter(None, (self._read(folder / f"{key}{self.suffix}") for folder in self.folders)), None)

    def keep(self, message: Message) -> None:
        with self._locked():
            self._write(message)

    def remove(self, message: Message) -> None:
        with self._locked():
            self._delete(message)

    def hurry(self, keys: list[str] | None = None) -> int:
        """Makes messages (all, if no keys are given) due at once."""
        with self._locked():
            found = [message for message in self.messages() if keys is None or message.key in keys]
            for message in found:
                message.due = 0.0
                self._write(message)
        return len(found)

    # The files. A message counts as new until its first attempt is over.

    def _read(self, path: Path) -> Message | None:
        try:
            return Message(**json.loads(path.read_text()))
        except FileNotFoundError:
            return None  # It was delivered meanwhile.

    def _write(self, message: Message) -> None:
        folder, other = (self.retry, self.folder) if message.attempts else (self.folder, self.retry)
        replace(folder / f"{message.key}{self.suffix}", json.dumps(asdict(message)).encode())
        if other != folder:
            (other / f"{message.key}{self.suffix}").unlink(missing_ok=True)

    def _delete(self, message: Message) -> None:
        for folder in self.folders:
            (folder / f"{message.key}{self.suffix}").unlink(missing_ok=True)


def replace(path: Path, content: bytes) -> None:
    """Atomically, and flushed to disk before it becomes visible."""
    fresh = path.with_name(f".{path.name}.new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(fresh, path)
