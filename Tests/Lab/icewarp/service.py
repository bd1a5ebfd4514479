"""The SMTP service: takes mail on port 25, routes it, sends it. It uses the settings that it read when it started."""

import signal
import time
from pathlib import Path

from icewarp import routes
from icewarp.daemon import notify
from icewarp.logs import SmtpLog, Talk
from icewarp.relays import relays
from icewarp.settings import VERSION, Settings
from icewarp.state import State
from icewarp.tool import HOME
from labmail.courier import Courier, Outcome, Way
from labmail.listener import Server
from labmail.queue import Message, Queue
from labmail.report import report, stamped
from labmail.session import Hop

TRUSTED = "127.0.0.1"
ACCOUNTS = ("admin", "postmaster", "root", "alice")
TICK = 0.2


class SmtpService:
    def __init__(self, home: Path = HOME, state: State | None = None, now=time.time):
        self.home, self.state, self._now = home, state or State(), now
        self.settings = Settings(home).all()
        self.routes = routes.load(home)
        self.log = SmtpLog(home, self.settings["C_System_Log_Services_SMTP"], self.state)
        outgoing = home / "mail" / "_outgoing"
        self.queue = Queue(outgoing, outgoing / "retry")
        self.queue.prepare()
        self.talks: dict[tuple[str, str], Talk] = {}

    def on(self, name: str) -> bool:
        return self.settings[name] == "1"

    # Accounts and domains.

    def name(self) -> str:
        return self.settings["C_Mail_SMTP_General_HostName"] or "localhost"

    def banner(self) -> str:
        return f"220 {self.name()} ESMTP IceWarp {VERSION}; {time.strftime('%a, %d %b %Y %H:%M:%S %z')}"

    def local(self, address: str) -> bool:
        alias, _, domain = address.lower().rpartition("@")
        return domain == self.state["fqdn"] and alias in ACCOUNTS

    def recipient(self, client: str, sender: str, address: str) -> str | None:
        domain = address.lower().rpartition("@")[2]
        if domain == self.state["fqdn"]:
            return None if self.local(address) else f"550 5.1.1 <{address}> User unknown; rejecting"
        return None if client == TRUSTED else f"550 5.7.1 <{address}>... we do not relay"

    def listening(self, client: str) -> Talk:
        return Talk(self.log, client)

    def take(self, message: Message, note: Talk) -> str:
        limit = int(self.settings["C_Mail_SMTP_Delivery_MaxMsgSize"])
        if self.on("C_Mail_SMTP_Delivery_LimitMsgSize") and message.size > limit:
            return "552 5.3.4 Message size exceeds fixed limit"
        stamped(message, self.name())
        self.queue.keep(message)
        note.sum(message.sender, message.recipients, message.size, "OK")
        known = message.key[:12].upper()
        return f"250 2.6.0 {message.size} bytes received in 00:00:00; Message id {known} accepted for delivery"

    # Routing.

    def paused(self) -> bool:
        return not self.state["delivery"]

    def way(self, message: Message, recipient: str) -> Way:
        tls = self.on("C_Mail_SMTP_Delivery_UseTLSSSL")
        route = routes.choose(self.routes, message.sender, recipient, self.local)
        target = routes.destined(route, recipient) if route else recipient
        other = target if target != recipient else ""
        if route and route.hop:
            return Way((route.hop,), tls=tls, recipient=other)
        domain = target.lower().rpartition("@")[2]
        if domain == self.state["fqdn"]:
            return Way(local=True, recipient=other)
        through = relays(self.settings["C_Mail_SMTP_General_RelayMailServer"])
        if not self.on("C_Mail_SMTP_General_DeliveryMode"):
            return Way(through, tls=tls, recipient=other)
        instead = through if self.on("C_Mail_SMTP_Delivery_MXReconnectFailure") else ()
        return Way(domain=domain, instead=instead, tls=tls, recipient=other)

    def store(self, message: Message, recipient: str) -> None:
        alias, _, domain = recipient.lower().rpartition("@")
        folder = self.home / "mail" / domain / alias / "inbox"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{message.key}.imap").write_bytes(message.content.encode("latin-1"))

    # Results.

    def retry_after(self, message: Message) -> float:
        return float(self.state["retry"])

    def gives_up(self, message: Message) -> bool:
        age = self._now() - message.received
        return self.on("C_Mail_SMTP_Other_NoRetryQueue") or age > 60 * int(
            self.settings["C_Mail_SMTP_Delivery_UndelivAfter"]
        )

    def noting(self, message: Message, hop: Hop, address: str) -> Talk:
        talk = self.talks[message.key, address] = Talk(self.log, address, client=True)
        talk("*", f"Connecting to {hop.host}:{hop.port}")
        return talk

    def told(self, message: Message, outcomes: list[Outcome]) -> None:
        for outcome in outcomes:
            talk = self.talks.get((message.key, outcome.address)) or Talk(self.log, outcome.address or "SYSTEM", True)
            # An administrator finds the reason by the words of the reply.
            result = {"delivered": "OK", "failed": f"FAILED {outcome.text}", "delayed": f"RETRY {outcome.text}"}
            talk.sum(message.sender, [outcome.recipient], message.size, result[outcome.result])
        self.talks = {known: talk for known, talk in self.talks.items() if known[0] != message.key}
        failed = [outcome for outcome in outcomes if outcome.result == "failed"]
        daemon = f"{self.settings['C_Mail_SMTP_Delivery_DaemonAlias']}@{self.name()}"
        letter = report(message, failed, self.name(), daemon) if failed else None
        if letter:
            self.queue.keep(letter)


def main() -> None:
    # On Windows the service manager starts the service; on Linux the daemon does, and checks this setting itself.
    if Path("/etc/windows.json").exists() and State()["restart"] == "fails":
        raise SystemExit("smtp could not be started")
    service = SmtpService()
    Server(("0.0.0.0", int(service.settings["C_System_Services_SMTP_Port"])), service).start()
    courier = Courier(service.queue, service)
    signal.signal(signal.SIGTERM, lambda *_: courier.stop())
    print("ready", flush=True)
    notify("READY=1")
    while True:
        courier.tick()
        time.sleep(TICK)


if __name__ == "__main__":
    main()
