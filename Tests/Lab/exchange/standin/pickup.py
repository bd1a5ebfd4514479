"""The pickup directory: polled every 5 seconds, 100 messages a minute, `.eml` to `.tmp`, `.bad` on errors. §4."""

import email.utils
import time
import uuid
from email.message import Message as Mail
from email.parser import BytesParser
from email.policy import compat32
from pathlib import Path

from standin.queues import Message

EVERY = 5.0
LARGEST_HEADER = 64 * 1024
MOST_RECIPIENTS = 100
MOST_A_MINUTE = 100
STRIPPED = (b"bcc:", b"received:", b"resent-bcc:")


def read(content: bytes, fqdn: str) -> Message | None:
    """The message in a file, or None for one that becomes `.bad`. Its Message-ID is kept."""
    header, separator, body = content.replace(b"\r\n", b"\n").partition(b"\n\n")
    if not separator or len(header) > LARGEST_HEADER:
        return None
    mail = BytesParser(policy=compat32).parsebytes(header, headersonly=True)
    senders = _addresses(mail, "From")
    recipients = list(dict.fromkeys(_addresses(mail, "To") + _addresses(mail, "Cc") + _addresses(mail, "Bcc")))
    if not senders or not 1 <= len(recipients) <= MOST_RECIPIENTS or mail.defects:
        return None
    kept = _without(header)
    identifier = mail["Message-ID"]
    if not identifier:
        identifier = f"<{uuid.uuid4()}@{fqdn}>"
        kept += f"\nMessage-ID: {identifier}".encode()
    text = (kept + b"\n\n" + body).replace(b"\n", b"\r\n").decode("latin-1")
    return Message(
        sender=(_addresses(mail, "Sender") or senders)[0],
        recipients=recipients,
        subject=str(mail["Subject"] or ""),
        message_id=str(identifier).strip(),
        content=text,
        received=time.time(),
    )


def _addresses(mail: Mail, name: str) -> list[str]:
    pairs = email.utils.getaddresses(mail.get_all(name, []))
    return [address for _, address in pairs if "@" in address and not address.startswith("@")]


def _without(header: bytes) -> bytes:
    """The header without Bcc and Received and their continuation lines."""
    kept, dropping = [], False
    for line in header.split(b"\n"):
        if not line.startswith((b" ", b"\t")):
            dropping = line.lower().startswith(STRIPPED)
        if not dropping:
            kept.append(line)
    return b"\n".join(kept)


def collect(folder: Path, fqdn: str) -> list[Message]:
    """Reads the files of the directory. The caller removes each file once its message is in the queue."""
    taken: list[Message] = []
    for path in sorted(folder.glob("*.eml"))[: int(MOST_A_MINUTE * EVERY / 60)]:
        working = path.with_suffix(".tmp")
        path.rename(working)
        message = read(working.read_bytes(), fqdn)
        if message is None:
            working.rename(path.with_suffix(".bad"))
        else:
            taken.append(message)
            working.unlink()
    return taken
