"""The report to a sender that a message could not be delivered: a message from the null sender."""

import time
from email.utils import formatdate

from labmail.courier import Outcome
from labmail.queue import Message


def report(message: Message, failed: list[Outcome], name: str, daemon: str) -> Message | None:
    """None for a message from the null sender: nobody gets a report."""
    if not message.sender:
        return None
    rows = "".join(f"  <{outcome.recipient}>\r\n    {outcome.text}\r\n" for outcome in failed)
    head = message.content.replace("\r\n", "\n").partition("\n\n")[0].replace("\n", "\r\n")
    fresh = Message("", [message.sender], "")
    fresh.content = (
        f"From: Mail delivery <{daemon}>\r\nTo: <{message.sender}>\r\nSubject: Undeliverable mail\r\n"
        f"Date: {formatdate(time.time())}\r\nMessage-ID: <{fresh.key}@{name}>\r\n"
        f"Auto-Submitted: auto-replied\r\n\r\nThe message could not be delivered to\r\n{rows}\r\n"
        f"Its headers:\r\n{head}\r\n"
    )
    return fresh


def stamped(message: Message, name: str, protocol: str = "ESMTP") -> Message:
    """Adds this host's Received header, and the headers that a message must have."""
    by = f"by {name} with {protocol} id {message.key[:12]}"
    head = f"Received: from [{message.client}] {by};\r\n\t{formatdate(message.received)}\r\n"
    if not message.header("Message-ID"):
        head += f"Message-ID: <{message.key}@{name}>\r\n"
    if not message.header("Date"):
        head += f"Date: {formatdate(message.received)}\r\n"
    message.content = head + message.content
    return message
