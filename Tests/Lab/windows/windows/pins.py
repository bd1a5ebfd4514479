"""Which PowerShell texts the stand-in knows, by their SHA-256. `../pin` writes the file; nothing here has the texts."""

import hashlib
from pathlib import Path

PINS = Path(__file__).parent.parent / "pins"
NAMES = ("bootstrap", "executor", "restore", "script")


def pinned(path: Path = PINS) -> dict[str, set[str]]:
    """The sums of each text; several for one name while a change of it is being made."""
    found: dict[str, set[str]] = {name: set() for name in NAMES}
    for line in path.read_text().splitlines():
        words = line.split("#")[0].split()
        if words:
            found[words[0]].add(words[1])
    return found


def sum_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
