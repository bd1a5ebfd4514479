"""`stand-in`, a command on a Windows host for tests and people: chooses the configuration, and what goes wrong.

A product adds its own verbs in its `product.py`.
"""

import hashlib
import json
import sys
from pathlib import Path

from windows.errors import CmdletError
from windows.executor import GATE
from windows.host import product, this_host
from windows.logon import Logon
from windows.marks import mark
from windows.regfile import exported, imported
from windows.registry import Registry
from windows.runner import Runner
from windows.shell import OPENSSH, services
from windows.tasks import Tasks

USAGE = """usage: stand-in shell cmd|powershell   sshd's default shell
       stand-in tasks on|off           whether scheduled tasks can be made
       stand-in gate NAME|open         stops sessions before calls of this name
       stand-in export KEY             as `reg.exe export KEY FILE /reg:32`, to standard output
       stand-in import                 as `reg.exe import FILE /reg:32`, from standard input
       stand-in script ACTION [PASSWORD]   runs a script of `mtactl script`, from standard input; its answer to standard output
       stand-in tree                   what `lab tree` compares beside files: registry, tasks, the product's own"""


def tree() -> None:
    """A row for each value of the registry, with a hash as it may be a password, for each task, and the product's."""
    host = this_host()
    for row in Registry(host.root).tree("HKLM:\\SOFTWARE"):
        if row["Name"] and not row["Key"].endswith("\\Counters"):
            value = hashlib.sha256(json.dumps(row["Value"]).encode()).hexdigest()
            print(f"registry {row['Key']}\t{row['Name']}\t{row['Kind']}\t{value}")
    for run, task in sorted(Tasks(host.root).all().items()):
        print(f"task {run}\t{json.dumps(task, sort_keys=True)}")
    for line in host.tree():
        print(line)


KEPT = Path("/var/tmp/stand-in-script.kept")


def script(words: list[str]) -> None:
    """Runs a script as an administrator would at the console."""
    kept = KEPT.read_text() if KEPT.exists() else None
    runner = Runner(
        sys.stdin.buffer.read(),
        this_host(),
        Logon("Administrator", "password"),
        services(),
        words[1] if len(words) > 1 else "",
        kept,
    )
    sys.stdout.write(runner.run(words[0]))
    if words[0] == "apply" and runner.kept is not None:
        KEPT.write_text(runner.kept)


def gate(name: str) -> None:
    GATE.with_suffix(".reached").unlink(missing_ok=True)
    if name == "open":
        GATE.unlink(missing_ok=True)
    else:
        GATE.write_text(name)


VERBS = {
    "prepare": lambda words: this_host().prepare(),
    "shell": lambda words: Registry(Path("/")).write(OPENSSH, "DefaultShell", "String", words[0] + ".exe"),
    "tasks": lambda words: mark("no-tasks", words[0] == "off"),
    "gate": lambda words: gate(words[0]),
    "export": lambda words: sys.stdout.buffer.write(exported(Registry(Path("/")), words[0])),
    "import": lambda words: imported(Registry(Path("/")), sys.stdin.buffer.read()),
    "script": script,
    "tree": lambda words: tree(),
}


def main(words: list[str]) -> None:
    own = product()
    verbs = VERBS | (own.VERBS if own else {})
    usage = USAGE + (own.USAGE if own else "")
    if not words or words[0] not in verbs:
        raise SystemExit(usage)
    try:
        verbs[words[0]](words[1:])
    except (IndexError, KeyError, ValueError) as error:
        raise SystemExit(f"stand-in: {words[0]}: {error!r}\n{usage}") from None
    except CmdletError as error:
        raise SystemExit(error.message) from None


if __name__ == "__main__":
    main(sys.argv[1:])
