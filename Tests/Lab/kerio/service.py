"""The mail half: takes mail on port 25, sends it by the first rule that matches or by MX, writes mail.log."""

import time
from pathlib import Path

from kerio.config import HOME, Config, Users
from kerio.logs import Logs
from kerio.rules import choose
from kerio.shapes import seconds
from kerio.spool import Spool
from kerio.state import State
from labmail.courier import Outcome, Way
from labmail.queue import Message
from labmail.report import report, stamped
from labmail.session import Hop, Note

# The smallest group "Local clients": this host.
LOCAL_CLIENTS = ("127.0.0.1",)


class MailService:
    def __init__(self, home: Path = HOME, state: State | None = None, now=time.time):
        self.home, self.state, self._now = home, state or State(), now
        self.config, self.users = Config(home), Users(home)
        self.config.load()
        self.logs, self.queue = Logs(home / "store", now), Spool(home / "store", now)
        self.queue.prepare()

    # Accounts and domains.

    def name(self) -> str:
        return self.config.hostname

    def banner(self) -> str:
        return f"220 {self.name()} Kerio Connect {self.state['release'].rpartition('.')[0]} ESMTP ready"

    def local(self, address: str) -> bool:
        name, _, domain = address.lower().rpartition("@")
        return domain == self.state["fqdn"] and name in {*self.users.all(), "postmaster", "root"}

    def recipient(self, client: str, sender: str, address: str) -> str | None:
        if address.lower().rpartition("@")[2] == self.state["fqdn"]:
            return None if self.local(address) else f"550 5.1.1 User unknown <{address}>"
        return None if client in LOCAL_CLIENTS else "550 5.7.1 Relaying to <" + address + "> denied"

    def listening(self, client: str) -> Note:
        return lambda way, text: None

    def take(self, message: Message, note: Note) -> str:
        limit = self.config.smtp["messageSize"]
        units = ("Bytes", "KiloBytes", "MegaBytes", "GigaBytes", "TeraBytes", "PetaBytes")
        if limit["isActive"] and message.size > limit["limit"]["value"] * 1024 ** units.index(limit["limit"]["units"]):
            return "552 5.3.4 Message size exceeds fixed maximum message size"
        self.queue.name(message)
        stamped(message, self.name())
        self.queue.keep(message)
        self.logs.received(message)
        return f"250 2.0.0 {message.key} Message accepted for delivery"

    # Routing.

    def paused(self) -> bool:
        return not self.state["delivery"]

    def way(self, message: Message, recipient: str) -> Way:
        domain = recipient.lower().rpartition("@")[2]
        if domain == self.state["fqdn"]:
            return Way(local=True)
        with self.config.lock:
            rules, tls = list(self.config.rules), self.config.smtp["useSSL"]
        # Before 9 there is one relay server, for everything.
        rule = choose(rules if self.state.version["major"] >= 9 else rules[:1], message.sender, recipient)
        if not rule:
            return Way(domain=domain, tls=tls)
        login = rule["authentication"]
        user, password = (login["userName"], login["password"]) if login["isRequired"] else ("", "")
        return Way((Hop(rule["hostName"], rule["port"], user, password, needs_login=login["isRequired"]),), tls=tls)

    def store(self, message: Message, recipient: str) -> None:
        name, _, domain = recipient.lower().rpartition("@")
        folder = self.home / "store" / "mail" / domain / name / "INBOX" / "#msgs"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{message.key}.eml").write_bytes(message.content.encode("latin-1"))

    # Results.

    def retry_after(self, message: Message) -> float:
        own = self.state["retry"]
        return float(own) if own is not None else seconds(self.config.smtp["retryInterval"])

    def gives_up(self, message: Message) -> bool:
        return self._now() - message.received > seconds(self.config.smtp["bounceInterval"])

    def noting(self, message: Message, hop: Hop, address: str) -> Note:
        return lambda way, text: None

    def told(self, message: Message, outcomes: list[Outcome]) -> None:
        for outcome in outcomes:
            self.logs.sent(message, outcome, self.state["remote-host"] == "name")
        failed = [outcome for outcome in outcomes if outcome.result == "failed"]
        letter = report(message, failed, self.name(), f"postmaster@{self.state['fqdn']}") if failed else None
        if letter:
            self.queue.name(letter)
            self.queue.keep(letter)
            self.logs.received(letter, "DSN", "Report: failed")

    # Changes through the API.

    def changed(self) -> None:
        if self.state["persist"] == "at-change":
            self.config.save()
