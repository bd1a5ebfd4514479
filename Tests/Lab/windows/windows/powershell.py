"""powershell.exe, which runs two known texts and nothing else. §1.3, §9.2, the executor's contract.

It reads standard input to its end, writes to standard error what PowerShell writes there, prints the shell's banner, and
then the answer's frame.
"""

import base64
import binascii
import sys

from windows.document import Malformed, encoded, frame, parse
from windows.executor import Executor
from windows.host import WindowsHost
from windows.logon import Logon
from windows.natives import Natives
from windows.pins import pinned, sum_of
from windows.services import Services

SWITCHES = ["-noprofile", "-noninteractive", "-executionpolicy", "bypass", "-encodedcommand"]
CLIXML = (
    '#< CLIXML\r\n<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04"><Obj S="progress" '
    'RefId="0"><TN RefId="0"><T>System.Management.Automation.PSCustomObject</T><T>System.Object</T></TN><MS><I64 '
    'N="SourceId">1</I64><PR N="Record"><AV>Preparing modules for first use.</AV><AI>0</AI><Nil /><PI>-1</PI>'
    "<PC>-1</PC><T>Completed</T><SR>-1</SR><SD> </SD></PR></MS></Obj></Objs>"
)
NOT_ENCODED = (
    "Cannot process the command because the value specified with -EncodedCommand is not properly encoded. The "
    "value must be Base64 encoded.\r\n"
)


def refused(text: str) -> int:
    """The stand-in is not a PowerShell: it says so in words that no test can take for an answer."""
    sys.stderr.write(f"stand-in: {text}\r\n")
    return 1


def decoded_command(words: list[str]) -> str | None:
    """Decodes -EncodedCommand strictly: base64 of UTF-16LE. None for what PowerShell refuses."""
    try:
        data = base64.b64decode(words[-1], validate=True)
        return data.decode("utf-16-le") if len(data) % 2 == 0 else None
    except (binascii.Error, UnicodeDecodeError):
        return None


def main(words: list[str], host: WindowsHost, logon: Logon, services: Services) -> int:
    """`words` are the arguments of powershell.exe."""
    if [word.lower() for word in words[:-1]] != SWITCHES:
        return refused(f"switches that the contract does not have: {' '.join(words[:-1])}")
    bootstrap = decoded_command(words)
    if bootstrap is None:
        sys.stderr.write(NOT_ENCODED)
        return 1
    known = pinned()
    if sum_of(bootstrap) not in known["bootstrap"]:
        return refused(f"a bootstrap that is not pinned: sha256 {sum_of(bootstrap)}; see windows/pin")
    data = sys.stdin.buffer.read()
    sys.stderr.write(CLIXML)
    sys.stderr.flush()
    lines = data.split(b"\n")
    if len(lines) != 3 or lines[2]:
        return refused(f"standard input has {len(lines) - 1} lines, not two")
    try:
        program, document = (base64.b64decode(line, validate=True).decode() for line in lines[:2])
        if sum_of(program) not in known["executor"]:
            return refused(f"an executor that is not pinned: sha256 {sum_of(program)}; see windows/pin")
        parsed = parse(document)
    except (binascii.Error, UnicodeDecodeError) as error:
        sys.stdout.write(f"<<MTACTL:fatal:{encoded(str(error))}>>\r\n")
        return 1
    except Malformed as error:
        return refused(f"a document that the contract does not have: {error}")
    return _answer(parsed, host, logon, services)


def _answer(document, host: WindowsHost, logon: Logon, services: Services) -> int:
    executor = Executor(host, logon, Natives(host, logon, services))
    answer = executor.run(document)
    sys.stdout.write(executor.session.banner if executor.session else "")
    sys.stdout.write(frame(document.nonce, answer) + "\r\n")
    return 0
