"""The SMTP log: one file a day, one line a thing said, in the form that docs.icewarp.com and its knowledge base show."""

import itertools
import threading
import time
from pathlib import Path

from icewarp.state import State

SESSIONS = itertools.count(int(time.time()) % 0x9000 + 0x1000)


class SmtpLog:
    """`level`: C_System_Log_Services_SMTP. A session has an address and a number."""

    def __init__(self, home: Path, level: str, state: State, now=time.time):
        self.folder, self.level, self.state, self._now = home / "logs" / "smtp", level, state, now
        self.lock = threading.Lock()

    def session(self) -> int:
        return next(SESSIONS) & 0xFFFF

    def said(self, address: str, session: int, text: str, client: bool = False) -> None:
        """A line of a session: `>>>` what this server said, `<<<` what it heard."""
        if self.level in ("1", "3", "4"):
            self._write(address, session, text, client)

    def summed(self, address: str, session: int, text: str, client: bool = False) -> None:
        """What became of a message, with `***`."""
        if self.level in ("2", "3", "4"):
            self._write(address, session, f"*** {text}", client)

    def _write(self, address: str, session: int, text: str, client: bool) -> None:
        now = time.localtime(self._now())
        if self.state["log-form"] == "article":
            line = f"{address} [{session:08X}] {time.strftime('%a, %d %b %Y %H:%M:%S %z', now)} {text}"
        else:
            whose = "Client session " if client else ""
            line = f"{address:<15} [{session:04X}] {time.strftime('%H:%M:%S', now)} {whose}{text}"
        with self.lock:
            self.folder.mkdir(parents=True, exist_ok=True)
            path = self.folder / f"s{time.strftime('%Y%m%d', now)}-00.log"
            with open(path, "a", newline="") as file:
                file.write(line + self.state.line_end)
