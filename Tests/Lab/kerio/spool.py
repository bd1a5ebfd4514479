"""store/queue: two files for each message, `.eml` and `.env` with the envelope; their name is the Queue-ID (manual)."""

import itertools
import json
import time
from dataclasses import asdict
from pathlib import Path

from labmail.queue import Message, Queue, replace

NUMBERS = itertools.count()


class Spool(Queue):
    def __init__(self, store: Path, now=time.time):
        super().__init__(store / "queue", suffix=".env")
        self.now = now

    def name(self, message: Message) -> None:
        """Gives a message its Queue-ID: the time and a number, in hexadecimal."""
        while True:
            message.key = f"{int(self.now()):08x}-{next(NUMBERS):08x}"
            if not (self.folder / f"{message.key}.env").exists():
                return

    def _read(self, path: Path) -> Message | None:
        try:
            content = path.with_suffix(".eml").read_bytes().decode("latin-1")
            return Message(**json.loads(path.read_text()), content=content)
        except FileNotFoundError:
            return None  # It was delivered meanwhile.

    def _write(self, message: Message) -> None:
        """Writes the envelope last: a message exists once it has one."""
        about = asdict(message)
        content = about.pop("content").encode("latin-1")
        if not (self.folder / f"{message.key}.eml").exists():
            replace(self.folder / f"{message.key}.eml", content)
        replace(self.folder / f"{message.key}.env", json.dumps(about).encode())

    def _delete(self, message: Message) -> None:
        for suffix in (".env", ".eml"):
            (self.folder / f"{message.key}{suffix}").unlink(missing_ok=True)
