"""What restore.ps1 does on the host, for its scheduled task: the contract, "What is kept on the host"."""

from windows.document import Malformed, parse
from windows.errors import CmdletError
from windows.executor import Executor
from windows.host import WindowsHost
from windows.logon import SYSTEM, Logon
from windows.natives import Natives
from windows.pins import pinned, sum_of
from windows.services import Services


def restore(host: WindowsHost, run: str, script: str, services: Services) -> str:
    """Puts back a run that nobody confirmed, and returns the result. It runs as SYSTEM, with the snap-in."""
    # `runs\RUN`: the folder of the script has everything of the run.
    folder = script.rpartition("\\")[0]
    natives = Natives(host, Logon(SYSTEM, "service"), services)
    files, known = natives.files, pinned()
    try:
        for name, kind in ((script, "restore"), (f"{folder}\\executor.ps1", "executor")):
            if sum_of(files.read(name)) not in known[kind]:
                return f"{name} is not the text that the stand-in knows"
        files.move(f"{folder}\\state.pending", f"{folder}\\state.restoring")
        text = files.read(f"{folder}\\undo.txt").replace("shell\tauto\n", "shell\tsnapin\n")
        document = parse(text)
        lines = Executor(host, natives.logon, natives).run(document)
    except CmdletError as error:
        return error.message
    except Malformed as error:
        return f"undo.txt is no document: {error}"
    may = {call.identifier for call in document.calls if not call.must}
    told = [line.split("\t")[1:] for line in lines if line.startswith("call\t")]
    bad = any(how == "skipped" or how == "failed" and identifier not in may for identifier, how in told)
    state = "stranded" if bad else "restored"
    files.move(f"{folder}\\state.restoring", f"{folder}\\state.{state}")
    if not bad and files.read("lock").split("\t")[0] == run:
        files.remove("lock")
    return state
