"""A real SMTP client that does what a Send connector asks: TLS, certificates, logins. §2.1, §2.2, §0a.7, §0a.8."""

import base64
import re
import smtplib
import ssl
from dataclasses import dataclass, field

TIMEOUT = 20.0


@dataclass
class Refusal(Exception):
    """Why a session ended: the text for LastError. `answered`: it is an SMTP reply of the other side."""

    text: str
    answered: bool = False
    permanent: bool = False


@dataclass
class Sent:
    """The result of a session. `statuses`: each recipient's reply. `data`: the reply to the message."""

    host: str
    address: str
    local: str
    statuses: dict[str, str]
    data: str


@dataclass
class Session(smtplib.SMTP):
    """smtplib's client with a trace for the protocol log (§4), except AUTH."""

    trace: list[tuple[str, str]] = field(default_factory=list)
    secret: bool = False

    def __post_init__(self):
        super().__init__(local_hostname="localhost", timeout=TIMEOUT)

    def putcmd(self, cmd, args=""):
        # From Python 3.13 smtplib says `from:` and `to:`.
        if cmd in ("mail", "rcpt"):
            keyword, colon, rest = args.partition(":")
            args = keyword.upper() + colon + rest
        self.trace.append((">", "<authentication>" if self.secret else f"{cmd} {args}".strip()))
        super().putcmd(cmd, args)

    def getreply(self):
        code, text = super().getreply()
        self.trace.append(("<", f"{code} {text.decode(errors='replace')}"))
        return code, text


def reply(code: int, text: bytes) -> str:
    return f"{code} {text.decode(errors='replace')}".replace("\n", " ")


def context(connector: dict) -> ssl.SSLContext:
    """How the certificate is checked. By default a connector encrypts and checks nothing (§2.1, TlsAuthLevel)."""
    made = ssl.create_default_context()
    made.check_hostname = False
    if not validated(connector):
        made.verify_mode = ssl.CERT_NONE
    return made


def validated(connector: dict) -> bool:
    level = connector.get("TlsAuthLevel")
    return connector["SmartHostAuthMechanism"] == "BasicAuthRequireTLS" or level not in (None, "EncryptionOnly")


def name_to_find(connector: dict, host: str, domain: str) -> str | None:
    """§2.2 rules 5 and 9: the domain that was set (else the recipient's), the smart host's own name, or none."""
    if connector.get("TlsAuthLevel") == "DomainValidation":
        return connector.get("TlsDomain") or domain
    return host if connector["SmartHostAuthMechanism"] == "BasicAuthRequireTLS" else None


def names(certificate: dict, wanted: str) -> bool:
    """Whether a certificate names a host or domain; `*.domain` is every name below it (TlsDomain's form)."""
    wanted = wanted.lower()
    for kind, name in certificate.get("subjectAltName", ()):
        name = name.lower()
        if kind != "DNS":
            continue
        if name == wanted or name.startswith("*.") and wanted.partition(".")[2] == name[2:]:
            return True
        if wanted.startswith("*.") and name.endswith(wanted[1:]):
            return True
    return False


def deliver(connector: dict, port: int, host: str, address: str, fqdn: str, message) -> tuple[Sent, list]:
    """One session with one smart host: what was sent, and the trace. Refusal when nothing was."""
    session = Session()
    try:
        _greet(session, port, address, connector["Fqdn"] or fqdn, connector["ForceHELO"])
        _encrypt(session, connector, host, fqdn, message.recipients[0].rpartition("@")[2])
        _authenticate(session, connector)
        return _transfer(session, host, address, message), session.trace
    except (smtplib.SMTPException, OSError) as error:
        raise _refusal(error) from None
    finally:
        session.close()


def _greet(session: Session, port: int, address: str, name: str, helo: bool) -> None:
    code, text = session.connect(address, port)
    if code != 220:
        raise Refusal(reply(code, text), answered=True)
    session.local_hostname = name
    code, text = session.helo(name) if helo else session.ehlo(name)
    if code != 250:
        raise Refusal(reply(code, text), answered=True)


def _encrypt(session: Session, connector: dict, host: str, fqdn: str, domain: str) -> None:
    offered = session.has_extn("starttls")
    required = connector["RequireTLS"] or connector["SmartHostAuthMechanism"] == "BasicAuthRequireTLS"
    if not offered or connector["IgnoreSTARTTLS"]:
        if required:
            raise Refusal("451 5.7.3 STARTTLS is required to send mail")
        return
    # For SNI: smtplib uses the name that it connected to, which is an address here.
    session._host = host
    try:
        code, text = session.starttls(context=context(connector))
    except ssl.SSLCertVerificationError:
        raise Refusal("454 4.7.5 Certificate validation failure") from None
    if code != 220:
        raise Refusal(reply(code, text), answered=True)
    wanted = name_to_find(connector, host, domain)
    if wanted and not names(session.sock.getpeercert(), wanted):
        raise Refusal("454 4.7.5 Certificate validation failure")
    session.ehlo(connector["Fqdn"] or fqdn)


def _authenticate(session: Session, connector: dict) -> None:
    """Basic is AUTH LOGIN and nothing else (§0a.7)."""
    mechanism, login = connector["SmartHostAuthMechanism"], connector["_credential"]
    if mechanism == "ExchangeServer":
        raise Refusal("451 5.7.3 Cannot achieve Exchange Server authentication")
    if mechanism not in ("BasicAuth", "BasicAuthRequireTLS"):
        return
    offered = session.esmtp_features.get("auth", "").upper().split()
    if "LOGIN" not in offered or not login:
        raise Refusal("451 5.7.3 Require basic authentication")
    session.docmd("AUTH LOGIN")
    session.secret = True
    session.docmd(base64.b64encode(login["user"].encode()).decode())
    code, text = session.docmd(base64.b64encode(login["password"].encode()).decode())
    session.secret = False
    if code != 235:
        raise Refusal(reply(code, text), answered=True)


def _transfer(session: Session, host: str, address: str, message) -> Sent:
    content = message.content.encode("latin-1")
    size = [f"SIZE={len(content)}"] if session.has_extn("size") else []
    code, text = session.mail(message.sender, size)
    if code != 250:
        raise Refusal(reply(code, text), answered=True, permanent=code >= 500)
    statuses = {to: reply(*session.rcpt(to)) for to in message.recipients}
    answer = ""
    if any(status.startswith("25") for status in statuses.values()):
        code, text = session.data(content)
        answer = reply(code, text)
        if code != 250:
            raise Refusal(answer, answered=True, permanent=code >= 500)
    local = session.sock.getsockname()[0] if session.sock else ""
    # A 421 reply closes the connection.
    if session.sock:
        session.quit()
    return Sent(host, address, local, statuses, answer)


def _refusal(error: Exception) -> Refusal:
    """Failures without an SMTP reply. The texts are those that were observed (§0a.8)."""
    if isinstance(error, Refusal):
        return error
    # smtplib reports a timeout while waiting for a reply as a lost connection.
    if isinstance(error, TimeoutError) or "timed out" in str(error):
        return Refusal("421 4.4.1 Connection timed out", answered=True)
    if isinstance(error, ConnectionRefusedError):
        return Refusal("421 4.2.1 Unable to connect (Winsock error code: 10061)", answered=True)
    if isinstance(error, smtplib.SMTPResponseException):
        text = error.smtp_error if isinstance(error.smtp_error, bytes) else str(error.smtp_error).encode()
        return Refusal(reply(error.smtp_code, text), answered=True, permanent=False)
    if isinstance(error, (smtplib.SMTPServerDisconnected, ConnectionError, ssl.SSLError)):
        return Refusal("421 4.4.2 Connection dropped due to SocketError", answered=True)
    return Refusal(f"421 4.4.1 Unable to connect: {re.sub(r'^.[A-Za-z]+ [0-9]+. ', '', str(error))}", answered=True)
