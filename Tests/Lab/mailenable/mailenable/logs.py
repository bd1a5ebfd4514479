"""MailEnable's logs. The activity log's columns are those of KB ME020170, its rows are like those that were observed (README).

date and time, SMTP-IN or SMTP-OU, message file, socket, remote address, command, its details, response, bytes sent,
bytes received, who logged in, and an empty one.
"""

import time
from pathlib import Path

SECRET = "{blank}"


def stamp(now: float | None = None) -> str:
    return time.strftime("%m/%d/%y %H:%M:%S", time.localtime(now))


def append(folder: Path | None, name: str, row: list[str]) -> None:
    """Adds a row to today's file, if there is a log."""
    if folder is None:
        return
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}-{time.strftime('%y%m%d')}.log"
    with open(path, "a", encoding="latin-1", errors="replace", newline="") as file:
        file.write("\t".join(row) + "\r\n")


class Activity:
    """The activity log of one connection."""

    def __init__(self, folder: Path | None, way: str, message: str, socket: int, address: str):
        self._folder, self._way = folder, way
        self.message, self.socket, self.address, self.user = message, socket, address, ""

    def add(self, command: str, details: str, response: str, sent: int, received: int) -> None:
        row = [stamp(), self._way, self.message, str(self.socket), self.address, command, details]
        # One row for each response, however many lines it has.
        response = " ".join(response.split("\r\n")).replace("\t", " ")
        append(self._folder, "SMTP-Activity", [*row, response, str(sent), str(received), self.user, ""])
