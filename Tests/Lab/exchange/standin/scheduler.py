"""Windows' task scheduler: runs what is due. One unit on each host, which also says that the host is up."""

import time

from standin.host import this_host
from standin.presence import HOST, hold
from standin.restore import restore
from standin.shell import services
from standin.tasks import Tasks

TICK = 0.5


def main() -> None:
    host = this_host()
    tasks = Tasks(host.root)
    held = hold(host.folder, HOST)
    while not held.closed:
        for run, script in tasks.due():
            print(f"task \\mtactl-{run}: {restore(host, run, script, services())}", flush=True)
        time.sleep(TICK)


if __name__ == "__main__":
    main()
