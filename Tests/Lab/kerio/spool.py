"""store/queue: two files a message, `.eml` and `.env` with the envelope; their name is the Queue-ID (manual)."""

import itertools
import json
import os
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from labmail.queue import Message, Queue

NUMBERS = itertools.count()


def new_key(now: float) -> str:
    return f"{int(now):08x}-{next(NUMBERS):08x}"


class Spool(Queue):
    def __init__(self, store: Path, now=time.time):
        super().__init__(store / "queue", suffix=".env")
        self.now = now

    def name(self, message: Message) -> None:
        """Gives a message its Queue-ID."""
        message.key = new_key(self.now())
        while (self.folder / f"{message.key}.env").exists():
            message.key = new_key(self.now())

    def messages(self) -> Iterator[Message]:
        for path in sorted(self.folder.glob("*.env")):
            try:
                content = path.with_suffix(".eml").read_bytes().decode("latin-1")
                yield Message(**json.loads(path.read_text()), content=content)
            except FileNotFoundError:
                continue  # It was delivered meanwhile.

    def keep(self, message: Message) -> None:
        """The envelope comes last: only with it there is a message."""
        about = asdict(message)
        content = about.pop("content").encode("latin-1")
        if not (self.folder / f"{message.key}.eml").exists():
            self._replace(f"{message.key}.eml", content)
        self._replace(f"{message.key}.env", json.dumps(about).encode())

    def _replace(self, name: str, content: bytes) -> None:
        fresh = self.folder / f".{name}.new"
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with open(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(fresh, self.folder / name)

    def remove(self, message: Message) -> None:
        for suffix in (".env", ".eml"):
            (self.folder / f"{message.key}{suffix}").unlink(missing_ok=True)
