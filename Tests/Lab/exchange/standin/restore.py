"""What restore.ps1 does on the host, for its scheduled task: the contract, "What is kept on the host"."""

from standin.document import parse
from standin.errors import CmdletError
from standin.executor import Executor
from standin.host import Host
from standin.natives import Natives
from standin.pins import pinned, sum_of
from standin.shells import SYSTEM, Logon
from standin.windows import Services


def restore(host: Host, run: str, script: str, services: Services) -> str:
    """Puts a run back that nobody confirmed; what became of it. It runs as SYSTEM, with the snap-in."""
    natives = Natives(host, Logon(SYSTEM, "service"), services, host.root)
    files, known = natives.files, pinned()
    try:
        for name, kind in ((script, "restore"), (f"{run}\\executor.ps1", "executor")):
            if sum_of(files.read(name)) not in known[kind]:
                return f"{name} is not the text that the stand-in knows"
        files.move(f"{run}\\state.pending", f"{run}\\state.restoring")
        text = files.read(f"{run}\\undo.txt").replace("shell\tauto\n", "shell\tsnapin\n")
        lines = Executor(host, natives.logon, natives).run(parse(text))
    except CmdletError as error:
        return error.message
    bad = any(line.startswith("call\t") and not line.endswith("\tok") for line in lines)
    state = "stranded" if bad else "restored"
    files.move(f"{run}\\state.restoring", f"{run}\\state.{state}")
    if not bad and files.read("lock").split("\t")[0] == run:
        files.remove("lock")
    return state
