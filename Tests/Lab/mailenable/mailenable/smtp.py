"""MESMTPCS, the SMTP connector: takes mail in on port 25, and sends what is in its outgoing queue.

It reads the registry only when it starts: a change takes effect when the service is restarted (§5).
"""

import os
import signal
import socket
import socketserver
import threading
import time
from pathlib import Path

from mailenable import keys, outbound
from mailenable.host import Host, this_host
from mailenable.logs import Activity, append, stamp
from mailenable.queues import Command, Queue
from mailenable.session import SOCKETS, Inbound
from windows.names import exchangers

MOST_RETRIES = 20
NOT_DELIVERED = (
    "From: Postmaster <postmaster@{name}>\r\nTo: <{to}>\r\nSubject: Message Delivery Failure\r\n"
    "Message-ID: <{id}@{name}>\r\n\r\nMailEnable: Message could not be delivered to {recipient}: {reason}\r\n"
)


class Service:
    def __init__(self, host: Host, deliver=outbound.deliver, now=time.time):
        self.host, self._deliver, self._now = host, deliver, now
        self.settings = settings = host.settings
        self.version = keys.VERSION
        self.activity = host.path(settings.activity) if settings.activity else None
        self.debug = host.path(settings.debug) if settings.debug else None
        self.inbound, self.outgoing = self._queue("Inbound"), self._queue("Outgoing")

    def _queue(self, name: str) -> Queue:
        data = self.settings.data
        folder = self.host.path(f"{data}\\Queues\\SMTP\\{name}")
        (folder / "Messages").mkdir(parents=True, exist_ok=True)
        return Queue(folder, self.host.draw.mark, self.host.path(data + "\\Bad Mail"))

    def count(self, name: str) -> None:
        """Counters that change with the traffic, in a key of their own."""
        rows = {row["Name"]: int(row["Value"]) for row in self.host.registry.values(keys.COUNTERS)}
        self.host.registry.write(keys.COUNTERS, name, "DWord", rows.get(name, 0) + 1)

    def note(self, text: str) -> None:
        append(self.debug, "SMTP-Debug", [stamp(), text])

    # Sending.

    def poll(self) -> None:
        for command in self.outgoing.commands():
            if command.due <= self._now() and self.outgoing.holds(command):
                self._send(command)

    def hops(self, domain: str) -> list[outbound.Hop]:
        decided, tab = self.host.decided, self.settings.smart_host
        common = {"tls": decided["tls"], "log_secrets": decided["log-secrets"]}
        if tab.enabled and tab.host:
            login = (tab.user, tab.password) if tab.authenticate else None
            return [outbound.Hop(tab.host, tab.port, login, **common)]
        return [outbound.Hop(host, **common) for host in exchangers(domain)]

    def _send(self, command: Command) -> None:
        content = self.outgoing.content(command)
        failure = outbound.Failure("no next hop")
        try:
            hops = self.hops(command.domain)
        except LookupError as error:
            hops, failure = [], outbound.Failure(f"{command.domain}: {error}")
        for hop in hops:
            try:
                sent = self._over(hop, command, command.recipients, content)
            except outbound.Failure as error:
                failure = error
                if error.permanent:
                    break
                continue
            self._told(command, sent, content)
            return
        self.note(f"Message {command.name} was not sent: {failure.text}")
        self._failed(command, command.recipients, failure)

    def _over(self, hop: outbound.Hop, command: Command, recipients: list[str], content: bytes) -> outbound.Sent:
        activity = Activity(self.activity, "SMTP-OU", command.name, next(SOCKETS), "")
        return self._deliver(hop, self.settings.name, command.sender, recipients, content, activity)

    def _told(self, command: Command, sent: outbound.Sent, content: bytes) -> None:
        """The outcome for each recipient. KB ME020415: a recipient answered with 503 goes to the alternate server."""
        if self.settings.fallback:
            refused = [to for to, status in sent.statuses.items() if status.startswith("503")]
            if refused:
                hop = outbound.Hop(self.settings.fallback, outbound.FALLBACK_PORT)
                try:
                    sent.statuses |= self._over(hop, command, refused, content).statuses
                except outbound.Failure as error:
                    sent.statuses |= dict.fromkeys(refused, error.text)
        by_class = {digit: [to for to, status in sent.statuses.items() if status[:1] == digit] for digit in "245"}
        later = [to for to in command.recipients if to not in by_class["2"] + by_class["5"]]
        if by_class["2"]:
            self.note(f"Message {command.name} was sent")
            self.count("Messages Sent")
        for to in by_class["5"]:
            self._report(command, to, sent.statuses[to])
        if later:
            self._failed(command, later, outbound.Failure(sent.statuses[later[0]]))
        else:
            self.outgoing.remove(command)

    def _failed(self, command: Command, recipients: list[str], failure: outbound.Failure) -> None:
        """When to try again, as the Delivery tab says: after 15, 30, 60, then every 240 minutes. Or never."""
        if failure.permanent or command.retries >= MOST_RETRIES:
            for to in recipients:
                self._report(command, to, failure.text)
            self.outgoing.remove(command)
            return
        if not self.outgoing.holds(command):
            return
        ladder = self.host.decided["retries"]
        command.due = self._now() + 60 * ladder[min(command.retries, len(ladder) - 1)]
        command.retries, command.status = command.retries + 1, 4
        command.recipients, command.last_error = recipients, " ".join(failure.text.split())
        self.outgoing.keep(command)

    def _report(self, command: Command, recipient: str, reason: str) -> None:
        """A report to the sender. A message from the null sender gets none and becomes bad mail."""
        self.note(f"Message {command.name} could not be delivered to {recipient}: {reason}")
        if not command.sender:
            self.outgoing.reject(command.name)
            return
        report = Command("", [command.sender], "Message Delivery Failure", "NDR")
        words = {"to": command.sender, "recipient": recipient, "reason": reason, "id": report.name[:-4]}
        self.inbound.add(report, NOT_DELIVERED.format(name=self.settings.name, **words).encode())


class Listener(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True

    def __init__(self, service: Service, address: str = "0.0.0.0", port: int = 25):
        super().__init__((address, port), Inbound)
        self.service = service


def ready() -> None:
    """Tells systemd that the service has read its configuration, which a restart waits for."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if address:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
            notify.sendto(b"READY=1", address.replace("@", "\0", 1))


def main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    host = this_host()
    if host.decided["start"] == "broken":
        raise SystemExit("the service was told not to start")
    service = Service(host)
    listener = Listener(service)
    threading.Thread(target=listener.serve_forever, daemon=True).start()
    ready()
    while Path("/").exists():
        service.poll()
        time.sleep(host.decided["poll"])


if __name__ == "__main__":
    main()
