"""A real SMTP client that does what a relay or an exchanger asks of it: STARTTLS, a login, a message."""

import base64
import re
import smtplib
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass

TIMEOUT = 20.0
Note = Callable[[str, str], None]  # ">" what was said, "<" what was answered, "*" what happened to the connection


@dataclass(frozen=True)
class Hop:
    """Where a message may go next. Without a user there is no login."""

    host: str
    port: int = 25
    user: str = ""
    password: str = ""
    needs_login: bool = False  # a server that offers no login is a refusal


@dataclass
class Refusal(Exception):
    """Why a session ended before each recipient had an answer. `text` begins with a reply code.

    `reached`: there was a connection and a greeting. `permanent`: the other side will never take the message.
    """

    text: str
    reached: bool = True
    permanent: bool = False
    host: str = ""
    address: str = ""


@dataclass
class Sent:
    """The result of a session. `replies`: each recipient's last reply, which may be the one to the message."""

    host: str
    address: str
    replies: dict[str, str]
    encrypted: bool


class Session(smtplib.SMTP):
    """smtplib's client with a trace of commands and replies, except AUTH."""

    def __init__(self, note: Note, timeout: float = TIMEOUT):
        self.note, self.secret = note, False
        super().__init__(local_hostname="localhost", timeout=timeout)

    def _get_socket(self, host, port, timeout):
        made = super()._get_socket(host, port, timeout)
        self.note("*", "Connected")
        return made

    def putcmd(self, cmd, args=""):
        # smtplib says `mail FROM:`, and from Python 3.13 `mail from:`; servers' logs have MAIL FROM.
        said = cmd if self.secret else cmd.upper()
        if cmd in ("mail", "rcpt"):
            keyword, colon, rest = args.partition(":")
            args = keyword.upper() + colon + rest
        self.note(">", "<hidden>" if self.secret else f"{said} {args}".strip())
        super().putcmd(said, args)

    def getreply(self):
        code, text = super().getreply()
        self.note("<", reply(code, text))
        return code, text


def reply(code: int, text: bytes) -> str:
    return f"{code} {text.decode(errors='replace')}".replace("\n", " ").strip()


def status(text: str) -> tuple[str, str]:
    """The enhanced status of a reply (derived from its code if it has none), and the words that follow."""
    found = re.match(r"(\d)\d\d[ -](?:(\d\.\d{1,3}\.\d{1,3})\s*)?(.*)", text)
    if not found:
        return "4.0.0", text
    return found[2] or f"{found[1]}.0.0", found[3]


def deliver(hop: Hop, address: str, name: str, tls: bool, message, note: Note) -> Sent:
    """One session with one server. Uses TLS if both sides want it, and does not check the certificate."""
    session = Session(note)
    try:
        _greet(session, hop, address, name)
        encrypted = tls and _encrypt(session, hop, name)
        _log_in(session, hop)
        return Sent(hop.host, address, _transfer(session, message), encrypted)
    except (Refusal, smtplib.SMTPException, OSError) as error:
        refusal = refused(error)
        refusal.host, refusal.address = hop.host, address
        raise refusal from None
    finally:
        session.close()
        note("*", "Disconnected")


def _greet(session: Session, hop: Hop, address: str, name: str) -> None:
    try:
        code, text = session.connect(address, hop.port)
    except (smtplib.SMTPException, OSError) as error:
        refusal = refused(error)
        refusal.reached = False
        raise refusal from None
    if code != 220:
        raise Refusal(reply(code, text), reached=False)
    session.local_hostname = name
    code, text = session.ehlo(name)
    if code != 250:
        code, text = session.helo(name)
    if code != 250:
        raise Refusal(reply(code, text))


def _encrypt(session: Session, hop: Hop, name: str) -> bool:
    if not session.has_extn("starttls"):
        return False
    # For SNI: smtplib uses the name that it connected to, which is an address here.
    session._host = hop.host
    unseen = ssl.create_default_context()
    unseen.check_hostname, unseen.verify_mode = False, ssl.CERT_NONE
    code, text = session.starttls(context=unseen)
    if code != 220:
        raise Refusal(reply(code, text))
    session.ehlo(name)
    return True


def _log_in(session: Session, hop: Hop) -> None:
    """AUTH LOGIN, else PLAIN, also in clear text: the documentation does not exclude it."""
    if not hop.user:
        return
    offered = session.esmtp_features.get("auth", "").upper().split()
    user, password = hop.user.encode(), hop.password.encode()
    if "LOGIN" in offered:
        code, text = session.docmd("AUTH LOGIN")
        for secret in (user, password):
            if code == 334:
                code, text = _hidden(session, base64.b64encode(secret).decode())
    elif "PLAIN" in offered:
        plain = base64.b64encode(b"\0" + user + b"\0" + password).decode()
        session.note(">", "AUTH PLAIN")
        code, text = _hidden(session, f"AUTH PLAIN {plain}", noted=False)
    elif hop.needs_login:
        raise Refusal("454 4.7.0 the server offers no login that is known here")
    else:
        return
    if code != 235:
        raise Refusal(reply(code, text))


def _hidden(session: Session, line: str, noted: bool = True) -> tuple[int, bytes]:
    note = session.note
    session.secret = True
    session.note = note if noted else lambda way, text: note(way, text) if way == "<" else None
    try:
        return session.docmd(line)
    finally:
        session.secret, session.note = False, note


def _transfer(session: Session, message) -> dict[str, str]:
    content = message.content.encode("latin-1")
    size = [f"SIZE={len(content)}"] if session.has_extn("size") else []
    code, text = session.mail(message.sender, size)
    if code != 250:
        raise Refusal(reply(code, text), permanent=code >= 500)
    replies = {to: reply(*session.rcpt(to)) for to in message.recipients}
    taken = [to for to, answer in replies.items() if answer.startswith("25")]
    if taken:
        answer = reply(*session.data(content))
        replies.update(dict.fromkeys(taken, answer))
    # A 421 instead of an answer closes the connection.
    if session.sock:
        try:
            session.quit()
        except (smtplib.SMTPException, OSError):
            pass  # The message has its reply, so how the other side closes the connection does not matter.
    return replies


def refused(error: Exception) -> Refusal:
    """A failure without an SMTP reply, as a temporary reply."""
    if isinstance(error, Refusal):
        return error
    # smtplib reports a timeout while waiting for a reply as a lost connection.
    if isinstance(error, TimeoutError) or "timed out" in str(error):
        return Refusal("421 4.4.1 Connection timed out")
    if isinstance(error, ConnectionRefusedError):
        return Refusal("421 4.4.1 Connection refused")
    if isinstance(error, socket.gaierror):
        return Refusal("451 4.4.3 Host not found")
    if isinstance(error, smtplib.SMTPResponseException):
        text = error.smtp_error if isinstance(error.smtp_error, bytes) else str(error.smtp_error).encode()
        return Refusal(reply(error.smtp_code, text))
    if isinstance(error, (smtplib.SMTPServerDisconnected, ConnectionError)):
        return Refusal("421 4.4.2 Connection lost")
    if isinstance(error, ssl.SSLError):
        return Refusal("454 4.7.5 TLS handshake failed")
    return Refusal(f"421 4.4.1 {re.sub(r'^.[A-Za-z]+ [0-9]+. ', '', str(error))}")
