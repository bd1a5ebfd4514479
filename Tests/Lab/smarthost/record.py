"""Records what arrived at the smarthosts and the internet: one JSON object a line, and each message as a file."""

import hashlib
import json
import time
from datetime import datetime, timezone
from email.parser import BytesHeaderParser
from pathlib import Path


class Record:
    def __init__(self, folder: Path):
        self._path = folder / "record.jsonl"
        self._mail = folder / "mail"
        self._mail.mkdir(exist_ok=True)

    def add(self, event: str, about: dict, **more) -> None:
        """Appends one event. The line is in the file before the client gets its answer."""
        now = time.time()
        when = datetime.fromtimestamp(now, timezone.utc).isoformat(timespec="milliseconds")
        row = {"event": event, "time": when, "seconds": now, **about, **more}
        with self._path.open("a") as file:
            file.write(json.dumps(row) + "\n")

    def add_message(self, about: dict, sender: str, recipients: list[str], content: bytes) -> None:
        headers = BytesHeaderParser().parsebytes(content)
        path = self._mail / f"{time.time_ns()}.eml"
        path.write_bytes(content)
        self.add(
            "message", about, **{"from": sender}, to=recipients, messageId=headers.get("Message-ID"),
            size=len(content), sha256=hashlib.sha256(content).hexdigest(), file=f"mail/{path.name}",
        )
