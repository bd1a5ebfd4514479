"""A queue on disk: one file a message, in a folder for new ones and one for those that are to be tried again."""

import json
import os
import time
import uuid
from collections.abc import Iterator
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
    warned: bool = False

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
    def __init__(self, folder: Path, retry: Path | None = None, suffix: str = ".dat"):
        self.folder, self.retry, self.suffix = folder, retry or folder, suffix

    def prepare(self) -> None:
        for folder in (self.folder, self.retry):
            folder.mkdir(parents=True, exist_ok=True)

    def messages(self) -> Iterator[Message]:
        for folder in dict.fromkeys((self.folder, self.retry)):
            for path in sorted(folder.glob(f"*{self.suffix}")):
                try:
                    yield Message(**json.loads(path.read_text()))
                except FileNotFoundError:
                    continue  # It was delivered meanwhile.

    def find(self, key: str) -> Message | None:
        return next((message for message in self.messages() if message.key == key), None)

    def keep(self, message: Message) -> None:
        """Writes it where it belongs: among the new ones until its first attempt is over."""
        folder, other = (self.retry, self.folder) if message.attempts else (self.folder, self.retry)
        fresh = folder / f".{message.key}.new"
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with open(descriptor, "w") as file:
            file.write(json.dumps(asdict(message)))
            file.flush()
            os.fsync(file.fileno())
        os.replace(fresh, folder / f"{message.key}{self.suffix}")
        if other != folder:
            (other / f"{message.key}{self.suffix}").unlink(missing_ok=True)

    def remove(self, message: Message) -> None:
        for folder in dict.fromkeys((self.folder, self.retry)):
            (folder / f"{message.key}{self.suffix}").unlink(missing_ok=True)

    def hurry(self, keys: list[str] | None = None) -> int:
        """Makes messages (all, without keys) due at once."""
        found = [message for message in self.messages() if keys is None or message.key in keys]
        for message in found:
            message.due = 0.0
            self.keep(message)
        return len(found)
