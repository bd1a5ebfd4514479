"""SMTP as MailEnable's connector receives it. The replies are those that were observed (README)."""

import base64
import binascii
import itertools
import re
import socketserver
import time

from mailenable.logs import SECRET, Activity, append, stamp
from mailenable.models import MAILBOXES, domains
from mailenable.queues import Command, new_name

LARGEST = 5120000
OK = "250 Requested mail action okay, completed"
NOT_LOCAL = "503 This mail server requires authentication when attempting to send to a non-local e-mail address."
NO_MAILBOX = "550 Requested action not taken: mailbox unavailable or not local"
SEQUENCE = "503 Bad sequence of commands"
PRIVILEGED = ("127.0.0.1", "::1")
SOCKETS = itertools.count(400, 4)


class Inbound(socketserver.StreamRequestHandler):
    """One client. `server.service` is the SMTP service."""

    timeout = 120

    def handle(self) -> None:
        self.service = self.server.service
        self.host, self.settings = self.service.host, self.service.settings
        self.message, self.user, self.helo = new_name(), "", ""
        self.socket, self.address = next(SOCKETS), self.client_address[0]
        self.activity = Activity(self.service.activity, "SMTP-IN", self.message, self.socket, self.address)
        self.taken = False
        self._reset()
        service = f"ESMTP MailEnable Service, Version: {self.service.version}"
        self._say("", "", f"220 {self.settings.name} {service}-- ready at {stamp()}", 0)
        while line := self.rfile.readline(4096):
            text = line.decode("latin-1").rstrip("\r\n")
            verb, _, rest = text.partition(" ")
            method = self.VERBS.get(verb.upper())
            if method is None:
                self._say(verb.upper()[:4], text, "500 Command not recognized", len(line))
                continue
            if method(self, text, rest.strip(), len(line)):
                return

    def _reset(self) -> None:
        self.sender: str | None = None
        self.recipients: list[str] = []

    def _say(self, command: str, details: str, response: str, received: int) -> None:
        data = response.encode("latin-1") + b"\r\n"
        self.wfile.write(data)
        self.activity.add(command, details, response, len(data) if command or received else 0, received)

    def _debug(self, text: str) -> None:
        append(self.service.debug, "SMTP-Debug", [stamp(), f"{text}"])

    # Commands.

    def _ehlo(self, text: str, rest: str, size: int) -> None:
        self.helo = rest
        self._reset()
        lines = [
            f"250-{self.settings.name} [{self.address}], this server offers 4 extensions",
            "250-AUTH LOGIN",
            f"250-SIZE {LARGEST}",
            "250-HELP",
            "250 AUTH=LOGIN",
        ]
        self._say("EHLO", text, "\r\n".join(lines), size)

    def _helo(self, text: str, rest: str, size: int) -> None:
        self.helo = rest
        self._reset()
        self._say("HELO", text, f"250 Requested mail action okay, completed, {rest}", size)

    def _auth(self, text: str, rest: str, size: int) -> None:
        if rest.upper().split()[:1] != ["LOGIN"]:
            self._say("AUTH", text, "504 Unrecognized authentication type", size)
            return
        answers = rest.split()[1:]
        for prompt in ("334 VXNlcm5hbWU6", "334 UGFzc3dvcmQ6")[len(answers) :]:
            self._say("AUTH", text if not answers else SECRET, prompt, size)
            line = self.rfile.readline(4096)
            size = len(line)
            answers.append(line.decode("latin-1").strip())
        user, password = (self._plain(answer) for answer in answers)
        # The sample in KB ME020170 shows what the client sent, in base64.
        details = answers[1] if self.host.decided["log-secrets"] else SECRET
        if self._knows(user, password):
            self.user = self.activity.user = user
            self._say("AUTH", details, "235 Authenticated", size)
        else:
            self.activity.user = user
            self._say("AUTH", details, "535 Invalid Username or Password", size)

    @staticmethod
    def _plain(answer: str) -> str:
        try:
            return base64.b64decode(answer, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            return ""

    def _knows(self, user: str, password: str) -> bool:
        """A mailbox logs in as `alice@hosted.test`."""
        mailbox, _, postoffice = user.lower().partition("@")
        return postoffice in domains(self.host.fqdn).values() and MAILBOXES.get(mailbox) == password != ""

    def _mail(self, text: str, rest: str, size: int) -> None:
        found = re.match(r"FROM:\s*<([^>]*)>", rest, re.IGNORECASE)
        if not found or self.sender is not None:
            self._say("MAIL", text, SEQUENCE if found else "501 Syntax error in parameters or arguments", size)
            return
        self.sender = found[1]
        # The next message of a connection has a file of its own.
        if self.taken:
            self.message, self.taken = new_name(), False
            self.activity.message = self.message
        self._say("MAIL", text, OK, size)

    def _rcpt(self, text: str, rest: str, size: int) -> None:
        found = re.match(r"TO:\s*<([^>]+@[^>]+)>", rest, re.IGNORECASE)
        if self.sender is None or not found:
            self._say("RCPT", text, SEQUENCE if found else "501 Syntax error in parameters or arguments", size)
            return
        refusal = self._refusal(found[1])
        if not refusal:
            self.recipients.append(found[1])
        self._say("RCPT", text, refusal or OK, size)

    def _refusal(self, recipient: str) -> str | None:
        mailbox, _, domain = recipient.lower().rpartition("@")
        if domain in domains(self.host.fqdn):
            return None if mailbox in MAILBOXES else NO_MAILBOX
        relay = self.host.decided["relay"]
        if relay == "off":
            self._debug("ME-I0112: Relay Denied: Server is configured not to allow relaying")
            return NO_MAILBOX
        if self.user:
            self._debug("ME-I0108: Relay Granted: Sender has authenticated.")
            return None
        if relay == "privileged" and self.address in PRIVILEGED:
            self._debug(f"ME-I0107: Relay Granted: Sender IP ({self.address}) is within an authorized IP range.")
            return None
        self._debug("ME-I0111: Relay Denied: Failed to meet all relay criteria.")
        return NOT_LOCAL

    def _data(self, text: str, rest: str, size: int) -> None:
        if not self.recipients:
            self._say("DATA", text, SEQUENCE, size)
            return
        self._say("DATA", text, "354 Start mail input; end with <CRLF>.<CRLF>", size)
        lines = []
        while (line := self.rfile.readline()) and line not in (b".\r\n", b".\n"):
            lines.append((line[1:] if line.startswith(b".") else line).rstrip(b"\r\n") + b"\r\n")
        content = b"".join(lines)
        if not line or len(content) > LARGEST:
            self._say("", "", "552 Requested mail action aborted: exceeded storage allocation", len(content))
        else:
            self._take(content)
            self._say("", "", OK, len(content))
        self._reset()

    def _take(self, content: bytes) -> None:
        date = time.strftime("%a, %d %b %Y %H:%M:%S +0000", time.gmtime())
        received = (
            f"Received: from {self.helo} ([{self.address}]) by {self.settings.name} with MailEnable ESMTP; {date}\r\n"
        )
        subject = re.search(rb"^subject:[ \t]*(.*)\r$", content.partition(b"\r\n\r\n")[0] + b"\r", re.I | re.M)
        command = Command(
            sender=self.sender or "",
            recipients=self.recipients,
            subject=subject[1].decode("latin-1") if subject else "",
            login=self.user,
            name=self.message,
        )
        self.service.inbound.add(command, received.encode() + content)
        self.taken = True
        self.service.count("Messages Received")

    def _rset(self, text: str, rest: str, size: int) -> None:
        self._reset()
        self._say("RSET", text, OK, size)

    def _noop(self, text: str, rest: str, size: int) -> None:
        self._say(text[:4].upper(), text, OK, size)

    def _quit(self, text: str, rest: str, size: int) -> bool:
        self._say("QUIT", text, "221 Service closing transmission channel", size)
        return True

    VERBS = {
        "EHLO": _ehlo,
        "HELO": _helo,
        "AUTH": _auth,
        "MAIL": _mail,
        "RCPT": _rcpt,
        "DATA": _data,
        "RSET": _rset,
        "NOOP": _noop,
        "HELP": _noop,
        "QUIT": _quit,
    }
