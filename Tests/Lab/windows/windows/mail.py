"""The executor's own calls for mail servers without cmdlets, as proposed for the contract (../README.md)."""

import base64
import email.message
import email.policy
import email.utils
import re
import smtplib
import time
from pathlib import Path

from windows.errors import CmdletError, failed
from windows.logon import Credential

LARGEST = 1 << 20  # what log.watch reads at a time
SEARCHED = 1 << 16  # how far spool.find looks into a file
POLL = 1.0
TIMEOUT = 30.0
# System.Net.Mail.SmtpStatusCode in the words of SmtpException.
WORDS = {
    421: "Service not available, closing transmission channel.",
    450: "Mailbox unavailable.",
    451: "Error in processing.",
    452: "Insufficient system storage.",
    500: "Syntax error, command unrecognized.",
    501: "Syntax error in parameters or arguments.",
    503: "Bad sequence of commands.",
    530: "The SMTP server requires a secure connection or the client was not authenticated.",
    535: "The SMTP server requires a secure connection or the client was not authenticated.",
    550: "Mailbox unavailable.",
    552: "Exceeded storage allocation.",
    554: "Transaction failed.",
}


def absolute(path: str, root: Path) -> Path:
    if not re.match(r"[A-Za-z]:\\", path) or ".." in path.split("\\"):
        raise failed(f"mtactl: not a path: {path}")
    return root / path.replace("\\", "/")


def not_sent(reason: str, kind: str = "SmtpException") -> CmdletError:
    """PowerShell wraps what a method throws."""
    text = f'Exception calling "Send" with "1" argument(s): "{reason}"'
    return CmdletError(text, "System.Management.Automation.MethodInvocationException", "NotSpecified", kind)


def send(computer: str, given: dict, address: str = "127.0.0.1") -> None:
    """`smtp.send`: System.Net.Mail.SmtpClient with this host's own SMTP service."""
    if any(re.search(r"[\r\n]", given[name]) for name in ("From", "To", "Subject", "MessageId")):
        raise failed("The specified string is not in the form required for a header.", "InvalidArgument")
    message = email.message.EmailMessage(policy=email.policy.SMTP)
    message["From"], message["To"], message["Subject"] = given["From"], given["To"], given["Subject"]
    message["Message-ID"] = given["MessageId"]
    message["Date"] = email.utils.formatdate()
    message.set_content(given["Text"])
    try:
        with smtplib.SMTP(local_hostname=computer, timeout=TIMEOUT) as client:
            _expect(client.connect(address, int(given.get("Port", 25))), 220)
            client.ehlo()
            _log_in(client, given.get("Login"))
            _expect(client.docmd("MAIL", f"FROM:<{given['From']}>"), 250)
            _expect(client.docmd("RCPT", f"TO:<{given['To']}>"), 250, kind="SmtpFailedRecipientException")
            _expect(client.data(message.as_bytes()), 250)
    except smtplib.SMTPResponseException as error:
        _expect((error.smtp_code, error.smtp_error))
    except TimeoutError:
        raise not_sent("The operation has timed out.") from None
    except (smtplib.SMTPException, OSError):
        raise not_sent("Failure sending mail.") from None


def _log_in(client: smtplib.SMTP, login: Credential | None) -> None:
    """AUTH LOGIN, the user in the first line, as SmtpClient says it."""
    if login:
        user, password = (base64.b64encode(text.encode()).decode() for text in (login.user, login.password))
        _expect(client.docmd("AUTH", f"login {user}"), 334)
        _expect(client.docmd(password), 235)


def _expect(answer: tuple[int, bytes], *codes: int, kind: str = "SmtpException") -> None:
    code, text = answer
    if code not in codes:
        words = WORDS.get(code, "Error in processing.")
        raise not_sent(f"{words} The server response was: {text.decode(errors='replace')}", kind)


def watch(root: Path, given: dict, sleep=time.sleep, now=time.monotonic) -> list[dict]:
    """`log.watch`: whole lines of a log from a position on, once one contains an expected text or the time is over."""
    if not given["Path"].lower().endswith(".log"):
        raise failed(f"mtactl: not a log: {given['Path']}")
    path, start = absolute(given["Path"], root), int(given["From"])
    end = now() + int(given["Seconds"])
    while True:
        size, lines, after = _lines(path, start)
        if any(text in line for line in lines for text in given["Contains"]) or now() >= end:
            return [{"Size": size, "Next": after, "Lines": lines}]
        sleep(POLL)


def _lines(path: Path, start: int) -> tuple[int, list[str], int]:
    """Its size, whole lines from `start` on, and where the line after them begins. Without a file: nothing yet."""
    if not path.is_file():
        return 0, [], 0
    size = path.stat().st_size
    if start < 0:
        return size, [], size
    with open(path, "rb") as file:
        file.seek(start)
        data = file.read(LARGEST)
    whole = data[: data.rfind(b"\n") + 1]
    return size, [line.decode("latin-1").rstrip("\r") for line in whole.split(b"\n")[:-1]], start + len(whole)


def find(root: Path, given: dict) -> list[dict]:
    """`spool.find`: files directly in a folder whose beginning contains a text; an empty text finds all."""
    folder = absolute(given["Folder"], root)
    if not folder.is_dir():
        raise failed(f"Could not find a part of the path '{given['Folder']}'.", "ObjectNotFound")
    wanted, found = given["Contains"].encode(), []
    for path in sorted(folder.iterdir()):
        try:
            if path.is_file() and (not wanted or wanted in path.read_bytes()[:SEARCHED]):
                found.append({"Name": path.name, "Bytes": path.stat().st_size})
        except FileNotFoundError:
            # It was sent in the meantime.
            continue
    return found
