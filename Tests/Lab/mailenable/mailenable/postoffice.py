"""MEPOCS, the post office connector: delivers to hosted mailboxes."""

import signal
import time

from mailenable.host import Host, this_host
from mailenable.models import MAILBOXES, domains
from mailenable.queues import Queue

TICK = 0.5


class Connector:
    def __init__(self, host: Host):
        self.host, self.settings = host, host.settings
        folder = host.path(self.settings.data + "\\Queues\\SF\\Outgoing")
        self.queue = Queue(folder, host.draw.mark, host.path(self.settings.data + "\\Bad Mail"))

    def tick(self) -> None:
        for command in self.queue.commands():
            for to in command.recipients:
                mailbox, _, domain = to.lower().rpartition("@")
                postoffice = domains(self.host.fqdn)[domain]
                # If the sender has no mailbox, the postmaster gets the report.
                own = mailbox if mailbox in MAILBOXES else "postmaster"
                box = self.host.path(f"{self.settings.mail_root}\\{postoffice}\\MAILROOT\\{own}\\Inbox")
                box.mkdir(parents=True, exist_ok=True)
                (box / command.name).write_bytes(self.queue.content(command))
            self.queue.remove(command)


def main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: exit())
    connector = Connector(this_host())
    while True:
        connector.tick()
        time.sleep(TICK)


if __name__ == "__main__":
    main()
