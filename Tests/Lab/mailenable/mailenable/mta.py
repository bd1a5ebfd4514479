"""MEMTAS, the mail transfer agent: moves messages from inbound to outgoing queues. Email Delivery Flow.

Mail for a hosted domain goes to the post office connector (SF), everything else to the SMTP connector, one message for
each domain. Whether a message keeps its file's name on the way is not documented: `stand-in names` decides.
"""

import signal
import time

from mailenable.host import Host, this_host
from mailenable.logs import append, stamp
from mailenable.models import domains
from mailenable.queues import Command, Queue, new_name

TICK = 0.5


class Agent:
    def __init__(self, host: Host):
        self.host, data = host, host.settings.data
        bad = host.path(data + "\\Bad Mail")

        def queue(name: str) -> Queue:
            return Queue(host.path(f"{data}\\Queues\\{name}"), host.draw.mark, bad)

        self.inbound = {name: queue(name + "\\Inbound") for name in ("SMTP", "SF")}
        self.outgoing = {name: queue(name + "\\Outgoing") for name in ("SMTP", "SF")}
        self.log = host.path(data + "\\Logging\\MTA")

    def tick(self) -> None:
        for connector, queue in self.inbound.items():
            for command in queue.commands():
                self._move(connector, queue, command)

    def _move(self, connector: str, queue: Queue, command: Command) -> None:
        hosted = domains(self.host.fqdn)
        parts: dict[tuple[str, str], list[str]] = {}
        for to in command.recipients:
            domain = to.rpartition("@")[2].lower()
            parts.setdefault(("SF", "") if domain in hosted else ("SMTP", domain), []).append(to)
        keeps = self.host.decided["names"] == "same" and len(parts) == 1
        for (target, _), recipients in parts.items():
            name = command.name if keeps else new_name()
            part = Command(command.sender, recipients, command.subject, command.kind, login=command.login, name=name)
            self.outgoing[target].add(part, queue.content(command))
            row = [stamp(), connector, command.name, target, name, command.sender, ";".join(recipients)]
            append(self.log, "MTA-Activity", row)
        queue.remove(command)


def main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: exit())
    agent = Agent(this_host())
    while True:
        agent.tick()
        time.sleep(TICK)


if __name__ == "__main__":
    main()
