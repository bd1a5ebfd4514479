"""An SMTP server on a port: takes messages and asks the product who may send what. No TLS and no logins."""

import re
import socketserver
import threading
from typing import Protocol

from labmail.queue import Message
from labmail.session import Note

LONGEST = 50_000_000


class Gate(Protocol):
    """What the product decides. An answer other than None is a refusal."""

    def banner(self) -> str: ...
    def name(self) -> str: ...
    def recipient(self, client: str, sender: str, address: str) -> str | None: ...
    def take(self, message: Message, note: Note) -> str: ...
    def listening(self, client: str) -> Note: ...


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, address: tuple[str, int], gate: Gate):
        self.gate = gate
        super().__init__(address, Connection)

    def start(self) -> None:
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()


class Connection(socketserver.StreamRequestHandler):
    timeout = 60

    def handle(self) -> None:
        self.gate = self.server.gate
        self.client = self.client_address[0]
        self.note = self.gate.listening(self.client)
        self.sender, self.recipients = None, []
        self.note("*", "Connected")
        try:
            self.say(self.gate.banner())
            while (line := self.hear()) is not None:
                if not self.follow(line):
                    break
        except OSError:
            pass  # The client closed the connection.
        self.note("*", "Disconnected")

    def say(self, *lines: str) -> None:
        """Sends a reply; of several lines, all but the last are marked as continued."""
        for number, line in enumerate(lines):
            text = line if number == len(lines) - 1 else f"{line[:3]}-{line[4:]}"
            self.note(">", text)
            self.wfile.write(text.encode() + b"\r\n")

    def hear(self) -> str | None:
        line = self.rfile.readline(4096)
        if not line:
            return None
        text = line.decode("latin-1").rstrip("\r\n")
        self.note("<", text)
        return text

    def follow(self, line: str) -> bool:
        """Executes a command; False if it ends the session."""
        verb, _, rest = line.partition(" ")
        method = getattr(self, f"smtp_{verb.upper()}", None) if verb.isascii() else None
        if verb.upper() == "QUIT":
            self.say(f"221 2.0.0 {self.gate.name()} closing connection")
            return False
        if method is None:
            self.say("500 5.5.1 Command unrecognized")
        else:
            method(rest)
        return True

    def smtp_EHLO(self, rest: str) -> None:
        self.forget()
        hello = f"250 {self.gate.name()} Hello {rest} [{self.client}], pleased to meet you."
        self.say(hello, "250 ENHANCEDSTATUSCODES", f"250 SIZE {LONGEST}", "250 8BITMIME", "250 HELP")

    def smtp_HELO(self, rest: str) -> None:
        self.forget()
        self.say(f"250 {self.gate.name()} Hello {rest} [{self.client}], pleased to meet you.")

    def smtp_NOOP(self, rest: str) -> None:
        self.say("250 2.0.0 OK")

    def smtp_RSET(self, rest: str) -> None:
        self.forget()
        self.say("250 2.0.0 Reset state")

    def smtp_MAIL(self, rest: str) -> None:
        found = re.match(r"FROM:\s*<([^>]*)>", rest, re.IGNORECASE)
        if not found:
            self.say("501 5.5.4 Syntax error in parameters")
        elif self.sender is not None:
            self.say("503 5.5.1 Sender already specified")
        else:
            self.sender = found[1]
            self.say(f"250 2.1.0 <{self.sender}>... Sender ok")

    def smtp_RCPT(self, rest: str) -> None:
        found = re.match(r"TO:\s*<([^>]+)>", rest, re.IGNORECASE)
        if self.sender is None:
            self.say("503 5.5.1 Need MAIL first")
        elif not found or "@" not in found[1]:
            self.say("501 5.5.4 Syntax error in parameters")
        elif refusal := self.gate.recipient(self.client, self.sender, found[1]):
            self.say(refusal)
        else:
            self.recipients.append(found[1])
            self.say(f"250 2.1.5 <{found[1]}>... Recipient ok")

    def smtp_DATA(self, rest: str) -> None:
        if not self.recipients:
            self.say("503 5.5.1 Need RCPT first")
            return
        self.say("354 Enter mail, end with '.' on a line by itself")
        lines: list[bytes] = []
        while (line := self.rfile.readline()) not in (b".\r\n", b".\n", b""):
            lines.append((line[1:] if line.startswith(b".") else line).rstrip(b"\r\n") + b"\r\n")
        if line == b"":
            raise OSError("the client left in its message")
        message = Message(self.sender or "", self.recipients, b"".join(lines).decode("latin-1"), client=self.client)
        self.forget()
        self.say(self.gate.take(message, self.note))

    def forget(self) -> None:
        self.sender, self.recipients = None, []
