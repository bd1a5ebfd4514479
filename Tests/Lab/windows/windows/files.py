"""Files below `C:\\ProgramData\\mtactl`, which belongs to root and is closed to others."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from windows.errors import failed

PROGRAM_DATA = "C:\\ProgramData\\mtactl"


class Files:
    """`root` is where the host's disks are."""

    def __init__(self, root: Path):
        self.folder = root / "C:/ProgramData/mtactl"

    def _path(self, words: str) -> Path:
        parts = words.replace("/", "\\").split("\\")
        if not words or ":" in words or any(part in ("", ".", "..") for part in parts):
            raise failed(f"mtactl: not a path inside of the folder: {words}")
        return self.folder.joinpath(*parts)

    def prepare(self) -> None:
        if not self.folder.exists():
            self.folder.mkdir(parents=True, mode=0o700)
        if self.folder.stat().st_uid != 0 and os.geteuid() == 0:
            raise failed(f"mtactl: {PROGRAM_DATA} belongs to somebody else")

    def write(self, name: str, text: str, fresh: bool) -> None:
        self.prepare()
        path = self._path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with open(path, "xb" if fresh else "wb") as file:
                file.write(text.encode())
        except FileExistsError:
            raise failed(f"The file '{PROGRAM_DATA}\\{name}' already exists.", "ResourceExists") from None

    def read(self, name: str) -> str:
        try:
            return self._path(name).read_bytes().decode()
        except OSError:
            raise failed(f"Could not find file '{PROGRAM_DATA}\\{name}'.", "ObjectNotFound") from None

    def move(self, name: str, to: str) -> None:
        path, new = self._path(name), self._path(to)
        try:
            with open(path, "rb") as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                # `link` fails if the new name exists; `rename` does not.
                os.link(path, new)
                path.unlink()
        except FileNotFoundError:
            raise failed(f"Could not find file '{PROGRAM_DATA}\\{name}'.", "ObjectNotFound") from None
        except FileExistsError:
            raise failed("Cannot create a file when that file already exists.", "ResourceExists") from None

    @contextmanager
    def held(self, name: str) -> Iterator[None]:
        """Prevents a file from being moved; fails if it does not exist."""
        try:
            with open(self._path(name), "rb") as file:
                fcntl.flock(file, fcntl.LOCK_SH)
                self._path(name).stat()
                yield
        except FileNotFoundError:
            raise failed(f"mtactl: the run is not pending any more: {name}", "ObjectNotFound") from None

    def remove(self, name: str) -> None:
        self._path(name).unlink(missing_ok=True)

    def list(self, name: str) -> list[dict]:
        folder = self.folder if name in ("", ".") else self._path(name)
        files = sorted(path for path in folder.rglob("*") if path.is_file()) if folder.is_dir() else []
        return [
            {"Path": str(path.relative_to(self.folder)).replace("/", "\\"), "Bytes": path.stat().st_size}
            for path in files
        ]
