"""A real SMTP client that does what MailEnable's connector is documented to do: TLS if it is offered, otherwise clear text,
AUTH LOGIN if the Smart host tab says so. §0a.10, §5, SMTP - Outbound of the 10.0 documentation.
"""

import base64
import re
import smtplib
import ssl
from dataclasses import dataclass, field

from mailenable.logs import SECRET, Activity
from windows.names import address_of

TIMEOUT = 20.0
FALLBACK_PORT = 25
# smtplib has them in lower case, and from Python 3.13 the word after MAIL and RCPT, too.
VERBS = ("ehlo", "helo", "mail", "rcpt", "data", "rset", "quit")


@dataclass(frozen=True)
class Hop:
    """Where a message goes next. `login`: user and password, if the tab has them."""

    host: str
    port: int = 25
    login: tuple[str, str] | None = None
    tls: bool = True
    log_secrets: bool = False


@dataclass
class Failure(Exception):
    """Nothing was sent. `permanent`: the other side will not take it later either."""

    text: str
    permanent: bool = False


@dataclass
class Sent:
    """The outcome: the reply for each recipient. `reply`: the reply to the message."""

    statuses: dict[str, str] = field(default_factory=dict)
    reply: str = ""


class Connection(smtplib.SMTP):
    """smtplib's client with a row of the activity log for each command and its reply."""

    def __init__(self, name: str, activity: Activity):
        super().__init__(local_hostname=name, timeout=TIMEOUT)
        self._activity, self._asked, self.secret = activity, "", False

    def putcmd(self, cmd, args=""):
        if cmd in ("mail", "rcpt"):
            keyword, colon, rest = args.partition(":")
            args = keyword.upper() + colon + rest
        cmd = cmd.upper() if cmd in VERBS else cmd
        self._asked = f"{cmd} {args}".strip()
        super().putcmd(cmd, args)

    def getreply(self):
        code, text = super().getreply()
        *first, last = text.decode(errors="replace").split("\n")
        words = " ".join([*(f"{code}-{line}" for line in first), f"{code} {last}"])
        asked, self._asked = self._asked, ""
        command = "AUTH" if self.secret else asked.split(" ")[0].upper()[:8]
        shown = SECRET if self.secret else asked
        self._activity.add(command, shown, words, len(asked) + 2 if asked else 0, len(text) + 6)
        return code, text


def reply(code: int, text: bytes) -> str:
    return " ".join(f"{code} {text.decode(errors='replace')}".split())


def deliver(hop: Hop, name: str, sender: str, recipients: list[str], content: bytes, activity: Activity) -> Sent:
    """One message over one connection, or over a second one without TLS, if TLS was offered and failed."""
    try:
        activity.address = address_of(hop.host)
    except LookupError as error:
        raise Failure(f"{hop.host}: {error}") from None
    try:
        return _session(hop, name, sender, recipients, content, activity, hop.tls)
    except ssl.SSLError:
        pass
    try:
        return _session(hop, name, sender, recipients, content, activity, False)
    except ssl.SSLError as error:
        raise Failure(str(error)) from None


def _session(hop, name, sender, recipients, content, activity, tls) -> Sent:
    connection = Connection(name, activity)
    try:
        _greet(connection, hop, activity.address, name)
        if tls and connection.has_extn("starttls"):
            _encrypt(connection, hop.host, name)
        if hop.login:
            _log_in(connection, *hop.login, hop.log_secrets)
        return _transfer(connection, sender, recipients, content)
    except ssl.SSLError:
        raise
    except smtplib.SMTPResponseException as error:
        raise Failure(f"{error.smtp_code} {error.smtp_error!r}") from None
    except (smtplib.SMTPException, OSError) as error:
        raise Failure(f"connection to {hop.host}:{hop.port} failed: {error}") from None
    finally:
        connection.close()


def _expect(answer: tuple[int, bytes], *codes: int) -> None:
    code, text = answer
    if code not in codes:
        raise Failure(reply(code, text), permanent=code >= 500)


def _greet(connection: Connection, hop: Hop, address: str, name: str) -> None:
    _expect(connection.connect(address, hop.port), 220)
    code, text = connection.ehlo(name)
    if code != 250:
        _expect(connection.helo(name), 250)


def _encrypt(connection: Connection, host: str, name: str) -> None:
    """Any certificate is accepted: no check is documented."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    # For SNI: smtplib uses the name that it connected to, which is an address here.
    connection._host = host
    try:
        code, _ = connection.starttls(context=context)
    except ConnectionError as error:
        raise ssl.SSLError(str(error)) from None
    if code == 220:
        connection.ehlo(name)


def _log_in(connection: Connection, user: str, password: str, log_secrets: bool) -> None:
    """AUTH LOGIN, if the server offers it."""
    if "LOGIN" not in re.split(r"[ =]", connection.esmtp_features.get("auth", "").upper()):
        return
    _expect(connection.docmd("AUTH LOGIN"), 334)
    connection.secret = not log_secrets
    _expect(connection.docmd(base64.b64encode(user.encode()).decode()), 334)
    answer = connection.docmd(base64.b64encode(password.encode()).decode())
    connection.secret = False
    _expect(answer, 235)


def _transfer(connection: Connection, sender: str, recipients: list[str], content: bytes) -> Sent:
    _expect(connection.mail(sender), 250)
    sent = Sent({to: reply(*connection.rcpt(to)) for to in recipients})
    if any(status.startswith("25") for status in sent.statuses.values()):
        code, text = connection.data(content)
        sent.reply = reply(code, text)
        _expect((code, text), 250)
    # A 421 instead of an answer closes the connection.
    if connection.sock:
        connection.quit()
    return sent
