"""The login shell of a Windows host: sshd calls it as `SHELL -c LINE`. cmd.exe, or powershell.exe. §1.1, §9.2.

It accepts only lines that both pass on unchanged: `powershell.exe` and words that need no quotes.
"""

import os
import re
import sys
from pathlib import Path

from windows import powershell
from windows.host import configuration, this_host
from windows.logon import Logon
from windows.registry import Registry
from windows.services import Services

LONGEST = 8191  # of cmd.exe
PLAIN = re.compile(r"[A-Za-z0-9.+/= :\\_-]+")
TOO_LONG = "The command line is too long.\r\n"
UNKNOWN = "'{word}' is not recognized as an internal or external command,\r\noperable program or batch file.\r\n"
OPENSSH = "HKLM:\\SOFTWARE\\OpenSSH"


def default_shell(root: Path = Path("/")) -> str:
    """`cmd` or `powershell`, as the registry has it (§1.1, DefaultShell)."""
    values = {item["Name"].lower(): item["Value"].lower() for item in Registry(root).values(OPENSSH)}
    return "powershell" if "powershell" in values.get("defaultshell", "") else "cmd"


def logon() -> Logon:
    """Who logged in, and how, from sshd's ExposeAuthInfo."""
    methods = Path(os.environ.get("SSH_USER_AUTH", "/dev/null")).read_text().split()
    return Logon(os.environ.get("USER", "administrator"), methods[0] if methods else "password")


def words_of(line: str, shell: str) -> list[str] | None:
    """The words of a command line, or None if a shell would read it differently."""
    if shell == "cmd" and len(line) > LONGEST or not PLAIN.fullmatch(line):
        return None
    return line.split()


def main(arguments: list[str], shell: str, services: Services) -> int:
    if len(arguments) != 2 or arguments[0] != "-c":
        sys.stderr.write("stand-in: there is no interactive shell here\r\n")
        return 1
    line = arguments[1]
    if line.endswith("sftp-server"):
        os.execv("/usr/lib/openssh/sftp-server", ["sftp-server"])
    words = words_of(line, shell)
    if words is None or words[0].lower() not in ("powershell.exe", "powershell"):
        sys.stderr.write(
            TOO_LONG if len(line) > LONGEST else UNKNOWN.format(word=line.split()[0] if line.split() else "")
        )
        return 1
    status = powershell.main(words[1:], this_host(), logon(), services)
    # §1.1: the outer `powershell -c` turns every status into 0 or 1.
    return status if shell == "cmd" else int(status != 0)


def services() -> Services:
    """The services of this host: those that Setup installed."""
    return Services(configuration()["services"])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], default_shell(), services()))
