"""store/logs: mail.log in the form that the manual and real lines have (§6.5), the other logs as far as they are used."""

import threading
import time
from pathlib import Path

from labmail.courier import Outcome
from labmail.queue import Message
from labmail.session import status

NAMES = ("config", "debug", "error", "mail", "security", "spam", "warning")
LONGEST = 1024  # without the time (IDL: global limits)


class Logs:
    def __init__(self, store: Path, now=time.time):
        self.folder, self.now, self.lock = store / "logs", now, threading.Lock()
        self.folder.mkdir(parents=True, exist_ok=True)
        for name in NAMES:
            (self.folder / f"{name}.log").touch()

    def add(self, name: str, text: str) -> None:
        stamp = time.strftime("%d/%b/%Y %H:%M:%S", time.localtime(self.now()))
        with self.lock, open(self.folder / f"{name}.log", "a") as file:
            file.write(f"[{stamp}] {text[:LONGEST]}\n")

    def lines(self, name: str) -> list[str]:
        return (self.folder / f"{name}.log").read_text().splitlines()

    def received(self, message: Message, service: str = "SMTP", more: str = "") -> None:
        """One line for each message; several recipients follow one another."""
        to = ", ".join(f"<{one}>" for one in message.recipients)
        words = [
            f"Recv: Queue-ID: {message.key}",
            f"Service: {service}",
            f"From: <{message.sender}>",
            f"To: {to}",
            f"Size: {message.size}",
        ]
        if service == "SMTP":
            words += [f"Sender-Host: {message.client}", f"Subject: {message.header('Subject')}"]
        words += [more] if more else []
        self.add("mail", ", ".join([*words, f"Msg-Id: {message.header('Message-ID')}"]))

    def sent(self, message: Message, outcome: Outcome, by_name: bool) -> None:
        """The status of a delivered message is followed by a space and no words, as in real lines."""
        code, text = status(outcome.text)
        said = "" if outcome.result == "delivered" else text.replace(", ", " ")
        host = outcome.host if by_name and outcome.host else outcome.address or outcome.host
        self.add(
            "mail",
            f"Sent: Queue-ID: {message.key}, Recipient: <{outcome.recipient}>, Result: {outcome.result}, "
            f"Status: {code} {said}, Remote-Host: {host}, Msg-Id: {message.header('Message-ID')}",
        )
