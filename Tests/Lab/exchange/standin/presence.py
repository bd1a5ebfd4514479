"""Who is there, for the other servers of an organisation: a lock that a process holds, and loses however it ends."""

import fcntl
from pathlib import Path

HOST, TRANSPORT = "host", "transport"


def hold(folder: Path, name: str):
    """Marks a server's `name` as there while the file that is given back is open."""
    folder.mkdir(parents=True, exist_ok=True)
    file = open(folder / f"{name}.lock", "a")
    fcntl.flock(file, fcntl.LOCK_EX)
    return file


def is_there(folder: Path, name: str) -> bool:
    try:
        with open(folder / f"{name}.lock") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False
