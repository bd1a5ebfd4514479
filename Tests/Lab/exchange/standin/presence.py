"""Which servers of an organisation are up: each holds a lock, which it loses however its process ends."""

import fcntl
from pathlib import Path

HOST, TRANSPORT = "host", "transport"


def hold(folder: Path, name: str):
    """Marks the server `name` as up while the returned file is open."""
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
