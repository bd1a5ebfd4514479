"""A host that knows the tests' own texts, for tests of the contract with mtactl."""

import base64
import contextlib
import io
import re
import tempfile
import unittest
from pathlib import Path
from unittest.mock import patch

from windows import pins, powershell
from windows.host import PlainHost, WindowsHost
from windows.logon import Logon
from windows.services import Services

BOOTSTRAP, EXECUTOR, RESTORE, SCRIPT = "bootstrap ✓", "executor ✓", "restore ✓", "script ✓"
NONCE = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
HEAD = f"nonce\t{NONCE}\n"


def b(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def command(text: str = BOOTSTRAP) -> list[str]:
    encoded = base64.b64encode(text.encode("utf-16-le")).decode()
    return ["-NoProfile", "-NonInteractive", "-ExecutionPolicy", "Bypass", "-EncodedCommand", encoded]


class Disk(unittest.TestCase):
    """`self.root` is a temporary folder with a disk, `self.host` a host on it."""

    host: WindowsHost

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        self.host = PlainHost("WINDOWS", "windows.lab.test", self.root)


class Contract(Disk):
    """`run_powershell` gives status, standard output and standard error of powershell.exe."""

    installed = ["Spooler"]

    def setUp(self):
        super().setUp()
        path = self.root / "pins"
        sums = zip(pins.NAMES, (BOOTSTRAP, EXECUTOR, RESTORE, SCRIPT), strict=True)
        path.write_text("# sums\n" + "".join(f"{name} {pins.sum_of(text)}\n" for name, text in sums))
        known = pins.pinned(path)
        for name in ("windows.powershell.pinned", "windows.restore.pinned"):
            self.enterContext(patch(name, lambda: known))
        self.restarted: list[tuple] = []
        self.services = Services(self.installed, lambda *words: self.restarted.append(words) or 0)

    def run_powershell(self, document: str, logon: Logon | None = None, words=None, stdin: bytes | None = None):
        data = stdin if stdin is not None else f"{b(EXECUTOR)}\n{b(HEAD + document)}\n".encode()
        out, err = io.StringIO(), io.StringIO()

        class Stdin:
            buffer = io.BytesIO(data)

        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), patch("sys.stdin", Stdin):
            status = powershell.main(words or command(), self.host, logon or Logon("mtactl", "password"), self.services)
        return status, out.getvalue(), err.getvalue()

    def answer(self, document: str, logon: Logon | None = None) -> list[list[str]]:
        status, out, _ = self.run_powershell(document, logon)
        self.assertEqual(status, 0)
        found = re.search(rf"^<<MTACTL:{NONCE}:([A-Za-z0-9+/=]*)>>\r?$", out, re.MULTILINE)
        return [line.split("\t") for line in base64.b64decode(found[1]).decode().split("\n")[:-1]]
