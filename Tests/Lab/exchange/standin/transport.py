"""MSExchangeTransport: takes mail from the pickup directory and other servers, routes it, sends it, writes the log.

What the real service reads only once is read only once here: a connector's port is the one it had when the service started (§2.6).
"""

import os
import signal
import socket
import time
from concurrent.futures import ThreadPoolExecutor

from standin import pickup
from standin.connectors import Connectors
from standin.host import Host, this_host
from standin.lasterror import last_error
from standin.names import address_of, exchangers
from standin.presence import TRANSPORT, hold, is_there
from standin.protocol import write_protocol
from standin.queues import UNREACHABLE, Message, Queues
from standin.routing import NoRoute, Route, choose
from standin.smtp import Refusal, Sent, deliver
from standin.tracking import TrackingLog
from windows.errors import CmdletError

RETRY = 60.0  # QueueGlitchRetryInterval
TICK = 0.25
OWN_HOP = "Intra-Organization SMTP Send Connector"  # §0a.1
TOO_LARGE = Refusal("550 5.2.3 RESOLVER.RST.SendSizeLimit; message too large", permanent=True)


class Transport:
    def __init__(self, host: Host, send=deliver, now=time.time):
        self.host, self._send, self._now = host, send, now
        self.queues = Queues(host.folder)
        self.queues.prepare()
        self.log = TrackingLog(host.folder, host.version)
        self.connectors = Connectors(host.directory, host.version, host.server)
        self.pickup = host.path(host.pickup)
        self.ports = {guid: item["Port"] for guid, item in self._configured().items()}
        self.turn = 0
        self.next_poll = 0.0
        self.sending: set[str] = set()
        self.pool = ThreadPoolExecutor(4)
        for message in self.queues.messages():
            message.due = 0.0
            self.queues.keep(message)

    def _configured(self) -> dict[str, dict]:
        """The connectors as this server knows them: from its own controller, which may lag behind."""
        return self.connectors.all(self.host.directory.controller(None, writing=False))

    def tick(self) -> None:
        now = self._now()
        if now >= self.next_poll:
            self.next_poll = now + pickup.EVERY
            for message in pickup.collect(self.pickup, self.host.fqdn):
                self._arrived(message, "PICKUP")
        for message in self.queues.arrived():
            self._arrived(message, "SMTP")
        # A message that was being sent when the queue was read may have left it, or be no longer due, by now.
        busy = set(self.sending)
        for message in self.queues.messages():
            if message.due <= now and message.key not in busy:
                self.sending.add(message.key)
                self.pool.submit(self._handled, message)

    def _handled(self, message: Message) -> None:
        try:
            self._move(message)
        except Exception as error:  # A message that fails must not stop the service; the reason is in the unit's journal.
            print(f"{message.message_id}: {error!r}", flush=True)
            message.due = self._now() + RETRY
            self.queues.keep(message)
        finally:
            self.sending.discard(message.key)

    # Rows.

    def _row(self, message: Message, event: str, source: str, recipients: list[str] | None = None, **values) -> None:
        to = message.recipients if recipients is None else recipients
        self.log.add(
            self._now(),
            event_id=event,
            source=source,
            internal_message_id=message.number or "",
            message_id=message.message_id,
            network_message_id=message.key,
            recipient_address=";".join(to),
            total_bytes=message.size,
            recipient_count=len(to),
            message_subject=message.subject,
            sender_address=message.sender,
            return_path=message.sender,
            **({"directionality": "Originating"} if self.host.version.year >= 2010 else {}),
            **values,
        )

    def _arrived(self, message: Message, source: str) -> None:
        message.trail.append(self.host.server)
        message.number, message.connector, message.due = 0, None, 0.0
        self.queues.keep(message)
        self._row(message, "RECEIVE", source, server_hostname=self.host.server)

    # Routing.

    def _move(self, message: Message) -> None:
        """Splits a message by the domains of its recipients, and takes each part one step further."""
        domains = {to.rpartition("@")[2].lower() for to in message.recipients}
        if len(domains) > 1:
            for domain in sorted(domains):
                own = [to for to in message.recipients if to.rpartition("@")[2].lower() == domain]
                part = Message(
                    message.sender,
                    own,
                    message.subject,
                    message.message_id,
                    message.content,
                    message.received,
                    trail=list(message.trail),
                )
                self.queues.keep(part)
            self.queues.remove(message)
            return
        domain = domains.pop()
        if domain in self.host.directory.settings["domains"]:
            self._row(message, "DELIVER", "STOREDRIVER", server_hostname=self.host.server)
            self.queues.remove(message)
            return
        servers = self.connectors.servers(self.host.directory.controller(None, writing=False))
        route = choose(list(self._configured().values()), servers, self.host.server, domain, message.size)
        if isinstance(route, Route):
            self._follow(message, route, domain)
        else:
            self._stuck(message, route)

    def _stuck(self, message: Message, route: NoRoute) -> None:
        """§4: no connector covers the domain, or none takes a message of this size."""
        if route.too_large:
            self._failed(message, message.recipients, TOO_LARGE, "", "", None)
            return
        message.connector, message.next_hop, message.delivery = None, UNREACHABLE, "Unreachable"
        message.last_error, message.due = "", self._now() + RETRY
        self.queues.keep(message)

    def _follow(self, message: Message, route: Route, domain: str) -> None:
        connector = route.connector
        if route.server.lower() != self.host.server.lower():
            self._hand_over(message, route)
            return
        direct = connector["DNSRoutingEnabled"]
        message.connector = connector["Guid"]
        message.delivery = "DnsConnectorDelivery" if direct else "SmartHostConnectorDelivery"
        message.next_hop = domain if direct else ",".join(connector["SmartHosts"])
        self.queues.keep(message)
        self._attempt(message, connector, domain)

    def _hand_over(self, message: Message, route: Route) -> None:
        """To another server of the organisation, which must be up (§4: server A may hand a message to server B)."""
        folder = self.host.folder_of(route.server)
        if not is_there(folder, TRANSPORT) or route.server in message.trail:
            message.connector, message.delivery, message.next_hop = None, "SmtpRelayToRemoteAdSite", route.server
            refusal = Refusal("421 4.4.1 Connection timed out", answered=True)
            self._retry(message, message.recipients, refusal, route.server, "", None)
            return
        self._row(
            message,
            "SEND",
            "SMTP",
            connector_id=OWN_HOP,
            server_hostname=route.server,
            recipient_status=";".join("250 2.1.5 Recipient OK" for _ in message.recipients),
        )
        self.queues.remove(message)
        Queues(folder).hand_over(message)

    # Sending.

    def _attempt(self, message: Message, connector: dict, domain: str) -> None:
        # The cmdlet's page: the port is that of smart hosts.
        own = self.ports.setdefault(connector["Guid"], connector["Port"])
        port = 25 if connector["DNSRoutingEnabled"] else own
        host = address = ""
        refusal = Refusal("451 4.4.0 no next hop")
        try:
            hosts = exchangers(domain) if connector["DNSRoutingEnabled"] else self._round_robin(connector["SmartHosts"])
        except Refusal as error:
            hosts, refusal = [], error
        for host in hosts:
            try:
                address = address_of(host)
                sent, trace = self._send(connector, port, host, address, self.host.fqdn, message)
            except Refusal as error:
                refusal = error
                if error.permanent:
                    break
                continue
            write_protocol(self.host, self._now(), connector, sent, port, trace)
            self._told(message, connector, sent)
            return
        tell = self._failed if refusal.permanent else self._retry
        tell(message, message.recipients, refusal, host, address, connector)

    def _round_robin(self, hosts: list[str]) -> list[str]:
        """§2.3: smart hosts take turns."""
        self.turn += 1
        start = (self.turn - 1) % len(hosts)
        return hosts[start:] + hosts[:start]

    def _told(self, message: Message, connector: dict, sent: Sent) -> None:
        """The result for each recipient."""
        by_class: dict[str, list[str]] = {"2": [], "4": [], "5": []}
        for to, status in sent.statuses.items():
            by_class.setdefault(status[0], []).append(to)
        if by_class["2"]:
            self._row(
                message,
                self.host.version.sent,
                "SMTP",
                by_class["2"],
                connector_id=connector["Name"],
                client_ip=sent.local,
                client_hostname=self.host.server,
                server_ip=sent.address,
                server_hostname=sent.host,
                recipient_status=";".join(sent.statuses[to] for to in by_class["2"]),
                source_context=f"{message.key[:16].upper()};{sent.data};ClientSubmitTime:",
            )
        if by_class["5"]:
            refusal = Refusal(sent.statuses[by_class["5"][0]], answered=True, permanent=True)
            self._failed(message, by_class["5"], refusal, sent.host, sent.address, connector)
        if by_class["4"]:
            refusal = Refusal(sent.statuses[by_class["4"][0]])
            self._retry(message, by_class["4"], refusal, sent.host, sent.address, connector)
        else:
            self.queues.remove(message)

    def _failed(
        self, message: Message, recipients: list[str], refusal: Refusal, host: str, address: str, connector
    ) -> None:
        """A permanent failure: a FAIL row and a report to the sender."""
        text = last_error(self.host.version, refusal, host, address, self._now())
        self._row(
            message,
            "FAIL",
            "SMTP" if connector else "ROUTING",
            recipients,
            recipient_status=text,
            server_ip=address,
            server_hostname=host,
            connector_id=connector["Name"] if connector else "",
        )
        self._row(message, "DSN", "DSN", [message.sender], reference=message.message_id)
        if recipients == message.recipients:
            self.queues.remove(message)

    def _retry(
        self, message: Message, recipients: list[str], refusal: Refusal, host: str, address: str, connector
    ) -> None:
        proxied = bool(connector and connector.get("FrontendProxyEnabled"))
        message.recipients, message.attempts = list(recipients), message.attempts + 1
        message.last_error = last_error(self.host.version, refusal, host, address, self._now(), proxied)
        message.due = self._now() + RETRY
        self.queues.keep(message)
        self._row(
            message,
            "DEFER",
            "SMTP",
            recipient_status=message.last_error,
            server_ip=address,
            server_hostname=host,
            connector_id=connector["Name"] if connector else "",
        )


def main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: exit())
    host = this_host()
    held = hold(host.folder, TRANSPORT)
    try:
        transport = Transport(host)
    except CmdletError as error:
        raise SystemExit(error.message) from None
    ready()
    while not held.closed:
        transport.tick()
        time.sleep(TICK)


def ready() -> None:
    """Tells systemd that the service has read its configuration, which a restart waits for."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if address:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
            notify.sendto(b"READY=1", address.replace("@", "\0", 1))


if __name__ == "__main__":
    main()
