"""One SMTP connection to a smarthost or to the internet."""

import asyncio
import ipaddress
import re
import traceback
from dataclasses import dataclass

from aiosmtpd.smtp import SMTP, AuthResult

from modes import Modes
from record import Record

HOSTS = ipaddress.ip_network("198.18.0.0/16")

LOGINS = {
    "out@example.com": "secret of out",
    "smtp@example.com": "secret of smtp",
    "out@example.org": "secret of example.org",
    "boss": "secret of boss",
    "test": "secret of test",
    "awkward": "a b:c'd\"e$f\\g{h}^i%j#",
    # Without the characters that sSMTP drops.
    "unblemished": "b:c'd\"e$f\\g{h}^i%j",
    # Without the characters that mean something in IceWarp's relay server.
    "sparing": "b!c'd\"e$f\\g{h}^i%j#k&l",
    # … and without `"`, which Windows PowerShell does not pass to programs.
    "unquoted": "b!c'd$e\\f{g}^h%i#j&k",
}


@dataclass(frozen=True)
class Place:
    """Where a connection arrived, and what that port requires."""

    where: str  # smarthost | internet
    name: str
    port: int
    tls: str  # none | offered | required | implicit
    login: str  # none | offered | required


class Server(SMTP):
    def __init__(self, place: Place, modes: Modes, record: Record, greylisted: set, context):
        super().__init__(
            self,
            hostname=place.name,
            ident="ESMTP mtactl lab",
            loop=asyncio.get_running_loop(),
            tls_context=context if place.tls in ("offered", "required") else None,
            require_starttls=place.tls == "required",
            auth_required=place.login == "required",
            auth_require_tls=place.tls in ("offered", "required") and place.login == "required",
            authenticator=Server.log_in,
        )
        self.place, self.modes, self.record, self.greylisted = place, modes, record, greylisted
        self.client = self.tls_version = self.user = self.name_given = None
        self.commands = []
        self.ended = False
        for verb, method in self._smtp_methods.items():
            self._smtp_methods[verb] = self._noted(verb, method)

    # What the record has for every event.

    def about(self) -> dict:
        return {
            "where": self.place.where, "server": self.place.name, "port": self.place.port, "client": self.client,
            "tls": self.tls_version is not None, "tlsVersion": self.tls_version, "login": self.user,
            "helo": self.name_given,
        }

    def _noted(self, verb, method):
        async def noted(argument):
            self.commands.append(verb)
            await asyncio.sleep(self.modes.delay)
            await method(argument)

        return noted

    def refuse(self, event: str, reply: str, **more) -> str:
        self.record.add(event, self.about(), reply=reply, **more)
        return reply

    # The connection.

    def connection_made(self, transport):
        # Called a second time after STARTTLS.
        self.client = transport.get_extra_info("peername")[0]
        tls = transport.get_extra_info("ssl_object")
        self.tls_version = tls.version() if tls else None
        super().connection_made(transport)

    def connection_lost(self, error):
        if not self.ended:
            self.ended = True
            self.record.add("session", self.about(), commands=self.commands)
        super().connection_lost(error)

    async def _handle_client(self):
        try:
            if self.modes.on("silent"):
                await asyncio.get_running_loop().create_future()
            await asyncio.sleep(self.modes.delay)
            if self.modes.on("busy"):
                await self.push(self.refuse("session-refused", "421 4.3.2 the smarthost is busy"))
                self.transport.close()
                return
        except asyncio.CancelledError:
            # The client closed the connection. SMTP closes it by itself only after it has started.
            self.transport.close()
            raise
        await super()._handle_client()

    async def check_auth_needed(self, caller_method):
        needed = await super().check_auth_needed(caller_method)
        if needed:
            self.record.add("login-missing", self.about(), command=caller_method)
        return needed

    async def handle_exception(self, error):
        # SMTP would call its handler, which is this object, forever.
        traceback.print_exception(error)
        return "451 4.3.0 the smarthost itself is wrong, see the log"

    # aiosmtpd finds these by their names.

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        session.host_name = self.name_given = hostname
        if self.place.login == "none":
            responses = [line for line in responses if not line.startswith("250-AUTH")]
        if self.modes.on("no-auth-login"):
            responses = [re.sub(r"^(250.AUTH.*) LOGIN\b", r"\1", line) for line in responses]
        return responses

    async def smtp_AUTH(self, arg):
        if self.modes.on("no-auth-login") and (arg or "").upper().startswith("LOGIN"):
            await self.push(self.refuse("login-refused", "504 5.5.4 unrecognized authentication type", user=None,
                                        mechanism="LOGIN"))
            return
        await super().smtp_AUTH(arg)

    async def smtp_MAIL(self, arg):
        # Sendmail adds AUTH=, which aiosmtpd answers with 555.
        await super().smtp_MAIL(re.sub(r"\s+AUTH=\S*", "", arg, flags=re.IGNORECASE) if arg else arg)

    async def handle_MAIL(self, server, session, envelope, address, options):
        if self.modes.on("refuse-all"):
            return self.refuse("sender-refused", "554 5.7.1 no mail is welcome here", **{"from": plain(address)})
        envelope.mail_from = address
        return "250 2.1.0 sender is welcome"

    async def handle_RCPT(self, server, session, envelope, address, options):
        def refused(reply):
            return self.refuse("recipient-refused", reply, **{"from": plain(envelope.mail_from)}, to=[address])

        if self.place.where == "smarthost" and not self.user and ipaddress.ip_address(self.client) not in HOSTS:
            return refused(f"554 5.7.1 {self.client} may not relay here")
        if address.lower() in map(str.lower, self.modes.values("refuse-recipient")):
            return refused("550 5.7.1 recipient is not welcome here")
        if self.modes.on("not-yet"):
            return refused("451 4.7.1 Open relay not allowed")
        attempt = (self.modes.since, self.client, envelope.mail_from, address)
        if self.modes.on("greylist") and attempt not in self.greylisted:
            self.greylisted.add(attempt)
            return refused("451 4.7.1 greylisted, try again later")
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 recipient is welcome"

    async def handle_DATA(self, server, session, envelope):
        self.record.add_message(self.about(), plain(envelope.mail_from), envelope.rcpt_tos, envelope.content)
        return "250 2.0.0 taken by the lab"

    def log_in(self, session, envelope, mechanism, data) -> AuthResult:
        user, password = (part.decode(errors="replace") for part in (data.login, data.password))
        refused_users = self.modes.values("refuse-password")
        if LOGINS.get(user) != password or "" in refused_users or user in refused_users:
            reply = self.refuse("login-refused", "535 5.7.8 authentication failed", user=user, mechanism=mechanism)
            return AuthResult(success=False, handled=False, message=reply)
        self.user = user
        return AuthResult(success=True, auth_data=data)


def plain(address: str) -> str:
    """The null sender is `<>` in aiosmtpd; in the record it is empty."""
    return "" if address == "<>" else address
