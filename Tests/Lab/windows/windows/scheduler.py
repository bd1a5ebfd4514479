"""Windows' task scheduler: runs what is due. One unit on each host, which also shows that the host is up."""

import time

from windows.host import this_host
from windows.restore import restore
from windows.shell import services
from windows.tasks import Tasks

TICK = 0.5


def main() -> None:
    host = this_host()
    tasks = Tasks(host.root)
    held = host.hold()
    while held is None or not held.closed:
        for run, script in tasks.due():
            print(f"task \\mtactl-{run}: {restore(host, run, script, services())}", flush=True)
        time.sleep(TICK)


if __name__ == "__main__":
    main()
