"""A MailEnable in a temporary folder, for the tests."""

import time

from mailenable import keys
from mailenable.draw import Draw, drawn
from mailenable.host import Host
from mailenable.models import install
from mailenable.settings import SmartHost, press_ok
from mailenable.smtp import Service
from testing.contract import Disk
from testing.server import Server

TAB = SmartHost(True, "outgoing.example.net", 587, True, "out@example.com", "secret of out")


class Installation(Disk):
    def setUp(self):
        super().setUp()
        self.begin("clean")

    def begin(self, model: str, draw: Draw | None = None) -> None:
        self.host = Host("MAILENABLE", "mailenable.lab.test", self.root)
        self.host.draw_anew(draw or drawn())
        install(self.host, model)
        self.clock = 1_800_000_000.0

    @property
    def registry(self):
        return self.host.registry

    def value(self, name: str) -> dict | None:
        return next((row for row in self.registry.values(keys.SMTP) if row["Name"] == name), None)

    def service(self, **more) -> Service:
        """A service that has just started and read the registry."""
        return Service(self.host, now=lambda: self.clock, **more)

    def smart_host(self, **says: str) -> Server:
        """A server on this machine, which the operator names in the tab."""
        server = Server(**says)
        self.addCleanup(server.close)
        press_ok(self.registry, self.host.draw, SmartHost(True, "127.0.0.1", server.port))
        return server

    def rows(self, log: str = "SMTP\\SMTP-Activity") -> list[list[str]]:
        """Today's log, without the time."""
        name = f"{self.host.settings.data}\\Logging\\{log}-{time.strftime('%y%m%d')}.log"
        path = self.host.path(name)
        return [line.split("\t")[1:] for line in path.read_text().splitlines()] if path.exists() else []
