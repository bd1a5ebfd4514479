"""The SMTP log: one file a day, one line for each command or reply, in the form of the documentation and the knowledge base."""

import itertools
import threading
import time
from pathlib import Path

from icewarp.state import State

SESSIONS = itertools.count(int(time.time()) % 0x9000 + 0x1000)


ARROWS = {">": ">>> ", "<": "<<< ", "*": ""}


class Talk:
    """One session: its commands and replies, and the outcome of messages. `client`: this server is the one that sends."""

    def __init__(self, log: "SmtpLog", address: str, client: bool = False):
        self.log, self.address, self.client = log, address, client
        self.number, self.began = next(SESSIONS) & 0xFFFF, log.now()

    def __call__(self, way: str, text: str) -> None:
        self.log.said(self.address, self.number, ARROWS[way] + text, self.client)

    def sum(self, sender: str, to: list[str], size: int, result: str) -> None:
        """`result`: OK, or why nothing was taken."""
        took = time.strftime("%H:%M:%S", time.gmtime(max(0, self.log.now() - self.began)))
        count = f"1 {size}" if result == "OK" else "0 0"
        words = " ".join(f"<{one}>" for one in to)
        self.log.summed(self.address, self.number, f"<{sender}> {words} {count} {took} {result}", self.client)


class SmtpLog:
    """`level`: C_System_Log_Services_SMTP. A session has an address and a number."""

    def __init__(self, home: Path, level: str, state: State, now=time.time):
        self.folder, self.level, self.state, self.now = home / "logs" / "smtp", level, state, now
        self.lock = threading.Lock()

    def said(self, address: str, session: int, text: str, client: bool) -> None:
        """A line of a session: `>>>` what this server sent, `<<<` what it received."""
        if self.level in ("1", "3", "4"):
            self._write(address, session, text, client)

    def summed(self, address: str, session: int, text: str, client: bool) -> None:
        """The outcome of a message, with `***`."""
        if self.level in ("2", "3", "4"):
            self._write(address, session, f"*** {text}", client)

    def _write(self, address: str, session: int, text: str, client: bool) -> None:
        now = time.localtime(self.now())
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
