"""What the executor does with a document, on the stand-in: calls in order, `must` and `may`, one answer."""

import re
import time
from contextlib import nullcontext
from pathlib import Path

from windows.document import Call, Document, encoded, projected
from windows.errors import CmdletError
from windows.host import WindowsHost
from windows.logon import Logon
from windows.natives import NATIVES, Natives

CMDLETS = set(
    "Get-ExchangeServer Get-OrganizationConfig Get-TransportService Get-TransportServer Get-AcceptedDomain "
    "Get-EdgeSubscription Get-HybridConfiguration Get-ExchangeCertificate Get-SendConnector New-SendConnector "
    "Set-SendConnector Remove-SendConnector Get-Queue Retry-Queue Get-Message Remove-Message "
    "Get-MessageTrackingLog tracking.watch".split()
)


GATE = Path("/run/stand-in-gate")


def pass_gate(name: str) -> None:
    """Waits if a test has closed the gate before calls of this name: `stand-in gate NAME`."""
    while GATE.exists() and GATE.read_text() == name:
        GATE.with_suffix(".reached").touch()
        time.sleep(0.1)


class Executor:
    def __init__(self, host: WindowsHost, logon: Logon, natives: Natives):
        self.host, self.logon, self.natives = host, logon, natives
        self.session = None
        self.lines: list[str] = []

    def run(self, document: Document) -> list[str]:
        """The answer's lines."""
        self.lines = ["mtactl\t1"]
        skipping = False
        for call in document.calls:
            if skipping:
                self.lines.append(f"call\t{call.identifier}\tskipped")
                continue
            pass_gate(call.name)
            try:
                with self._held(document, call):
                    objects = self._objects(document, call)
            except CmdletError as error:
                self._failed(call, error)
                skipping = call.must
                continue
            self.lines.append(f"call\t{call.identifier}\tok")
            for item in objects:
                self.lines.append("object")
                self.lines += [projected(item, name) for name in call.properties]
        self.lines.append(f"end\t{len(document.calls)}")
        return self.lines

    def _held(self, document: Document, call: Call):
        """Keeps the file that says that the run is pending from being moved until a change is done."""
        if document.pending is None or not re.match("(New|Set|Remove)-", call.name):
            return nullcontext()
        return self.natives.files.held(document.pending)

    def _failed(self, call: Call, error: CmdletError) -> None:
        self.lines.append(f"call\t{call.identifier}\tfailed")
        identifier = f"{error.identifier},{call.name}"
        self.lines.append(f"error\t{encoded(error.message)}\t{encoded(identifier)}\t{encoded(error.category)}")

    def _objects(self, document: Document, call: Call) -> list[dict]:
        if call.name in NATIVES:
            return self.natives.run(call.name, call.arguments)
        if call.name not in CMDLETS:
            raise CmdletError(
                f"mtactl: not on the list of the executor: {call.name}", "RuntimeException", "OperationStopped"
            )
        return self._shell(document).run(call.name, call.arguments)

    def _shell(self, document: Document):
        """Opens the shell before the first cmdlet, and reports how the cmdlets were loaded."""
        if self.session is None:
            self.session = self.host.session(document.shell, self.logon, document.shell_login)
            self.lines.append(f"shell\t{self.session.kind}")
        return self.session
