"""The SMTP service: takes mail on port 25, routes it, sends it. It goes by the settings that were there at its start."""

import signal
import time
from pathlib import Path

from icewarp import routes
from icewarp.logs import SmtpLog
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
ARROWS = {">": ">>> ", "<": "<<< ", "*": ""}


class SmtpService:
    def __init__(self, home: Path = HOME, state: State | None = None, now=time.time):
        self.home, self.state, self._now = home, state or State(), now
        self.settings = Settings(home).all()
        self.routes = routes.load(home)
        self.log = SmtpLog(home, self.settings["C_System_Log_Services_SMTP"], self.state)
        outgoing = home / "mail" / "_outgoing"
        self.queue = Queue(outgoing, outgoing / "retry")
        self.queue.prepare()
        self.sessions: dict[str, tuple[str, int, float]] = {}

    def on(self, name: str) -> bool:
        return self.settings[name] == "1"

    # Who is here.

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

    def listening(self, client: str):
        session = self.log.session()
        self.sessions[client] = (client, session, self._now())
        return lambda way, text: self.log.said(client, session, ARROWS[way] + text)

    def take(self, message: Message) -> str:
        limit = int(self.settings["C_Mail_SMTP_Delivery_MaxMsgSize"])
        if self.on("C_Mail_SMTP_Delivery_LimitMsgSize") and message.size > limit:
            return "552 5.3.4 Message size exceeds fixed limit"
        stamped(message, self.name())
        self.queue.keep(message)
        client, session, began = self.sessions[message.client]
        self.log.summed(client, session, self._summary(message, message.recipients, began, "OK"))
        return f"250 2.6.0 {message.size} bytes received in 00:00:00; Message id {message.key[:12].upper()} accepted for delivery"

    def _summary(self, message: Message, to: list[str], began: float, result: str) -> str:
        took = time.strftime("%H:%M:%S", time.gmtime(max(0, self._now() - began)))
        words = " ".join(f"<{one}>" for one in to)
        done = (1, message.size) if result.startswith("OK") else (0, 0)
        return f"<{message.sender}> {words} {done[0]} {done[1]} {took} {result}"

    # Where it goes.

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

    # What became of it.

    def retry_after(self, message: Message) -> float:
        return float(self.state["retry"])

    def gives_up(self, message: Message) -> bool:
        age = self._now() - message.received
        return self.on("C_Mail_SMTP_Other_NoRetryQueue") or age > 60 * int(
            self.settings["C_Mail_SMTP_Delivery_UndelivAfter"]
        )

    def noting(self, message: Message, hop: Hop, address: str):
        session, began = self.log.session(), self._now()
        self.log.said(address, session, f"Connecting to {hop.host}:{hop.port}", client=True)

        self.sessions[f"{message.key} {address}"] = (address, session, began)
        return lambda way, text: self.log.said(address, session, ARROWS[way] + text, client=True)

    def told(self, message: Message, outcomes: list[Outcome]) -> None:
        for outcome in outcomes:
            known = self.sessions.get(f"{message.key} {outcome.address}")
            address, session, began = known or (outcome.address or "SYSTEM", self.log.session(), self._now())
            result = {"delivered": "OK", "failed": "FAILED", "delayed": "RETRY"}[outcome.result]
            # The reply's words are what an administrator finds the reason by.
            words = result if result == "OK" else f"{result} {outcome.text}"
            self.log.summed(address, session, self._summary(message, [outcome.recipient], began, words), client=True)
        for key in [key for key in self.sessions if key.startswith(message.key)]:
            del self.sessions[key]
        failed = [outcome for outcome in outcomes if outcome.result == "failed"]
        daemon = f"{self.settings['C_Mail_SMTP_Delivery_DaemonAlias']}@{self.name()}"
        letter = report(message, failed, self.name(), daemon) if failed else None
        if letter:
            self.queue.keep(letter)


def main() -> None:
    service = SmtpService()
    Server(("0.0.0.0", int(service.settings["C_System_Services_SMTP_Port"])), service).start()
    courier = Courier(service.queue, service)
    signal.signal(signal.SIGTERM, lambda *_: courier.stop())
    print("ready", flush=True)
    while True:
        courier.tick()
        time.sleep(TICK)


if __name__ == "__main__":
    main()
