"""How the smarthosts behave, changed while they run by `lab smarthost`."""

from pathlib import Path


class Modes:
    """The rows of the modes file: a smarthost (or `*`), a mode, and what the mode is about.

    Read for each decision, so a mode is in effect as soon as `lab smarthost` returns.
    """

    def __init__(self, path: Path, smarthost: str):
        self._path = path
        self._names = ("*", smarthost, smarthost.split(".")[0])

    def values(self, mode: str) -> list[str]:
        """The values of a mode, one for each row: an empty list when the mode is off, `""` for a mode without a value."""
        try:
            rows = [row.split(" ", 2) for row in self._path.read_text().splitlines()]
        except FileNotFoundError:
            return []
        return [(row + [""])[2] for row in rows if row[0] in self._names and row[1] == mode]

    def on(self, mode: str) -> bool:
        return bool(self.values(mode))

    @property
    def since(self) -> int:
        """When the modes were last set, so that greylisting starts over."""
        return self._path.stat().st_mtime_ns

    @property
    def delay(self) -> float:
        """Seconds before each answer."""
        return max(map(float, self.values("slow")), default=0)
