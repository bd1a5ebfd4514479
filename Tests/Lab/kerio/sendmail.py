"""/opt/kerio/mailserver/sendmail: takes a message on its standard input and hands it in at port 25 of this host."""

import email
import os
import pwd
import smtplib
import socket
import sys
from email.utils import getaddresses

WITH_VALUE = ("-f", "-F", "-o", "-O", "-B", "-N", "-R", "-V", "-L", "-q")


def parsed(words: list[str]) -> tuple[str, list[str], bool]:
    """The sender, the recipients, and whether the headers name them (-t). Other options are taken and ignored."""
    sender, recipients, by_headers = "", [], False
    rest = iter(words)
    for word in rest:
        if word == "--":
            recipients += rest
        elif not word.startswith("-"):
            recipients.append(word)
        elif word == "-t":
            by_headers = True
        elif word.startswith("-f") or word.startswith("-r"):
            sender = word[2:] or next(rest, "")
        elif word in WITH_VALUE:
            next(rest, "")
    return sender, recipients, by_headers


def main(words: list[str]) -> None:
    content = sys.stdin.buffer.read().replace(b"\r\n", b"\n")
    sender, recipients, by_headers = parsed(words)
    if by_headers:
        head = email.message_from_bytes(content)
        named = [value for name in ("To", "Cc", "Bcc") for value in head.get_all(name, [])]
        recipients += [address for _, address in getaddresses(named)]
    if not recipients:
        raise SystemExit("sendmail: no recipients")
    host = socket.getfqdn()
    sender = sender or f"{pwd.getpwuid(os.getuid()).pw_name}@{host}"
    qualified = [address if "@" in address else f"{address}@{host}" for address in recipients]
    try:
        with smtplib.SMTP("127.0.0.1", 25, timeout=30) as client:
            client.sendmail("" if sender == "<>" else sender, qualified, content.replace(b"\n", b"\r\n"))
    except (smtplib.SMTPException, OSError) as error:
        raise SystemExit(f"sendmail: {error}") from None


if __name__ == "__main__":
    main(sys.argv[1:])
