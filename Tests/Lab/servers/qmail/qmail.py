"""A stand-in for qmail, which Debian does not have: the programs of /var/qmail/bin that outgoing mail passes through.

It is not qmail. What mtactl relies on, it does as notqmail does; this was compared with notqmail built from source:
control files by the rules of control.c and constmap.c, read by qmail-remote as user qmailr for each delivery; the
queue's files, where a recipient is `T` until it is `D`; the lines of qmail-send's log; what sendmail adds to a message.
The patched build logs in and uses TLS as qmail-remote(8) of sagredo-dev/qmail describes.
"""

import contextlib
import math
import os
import pwd
import random
import re
import signal
import smtplib
import socket
import ssl
import struct
import subprocess
import sys
import syslog
import threading
import time
from email.utils import formatdate

HOME = "/var/qmail"
SPLIT = 23


# Control files ------------------------------------------------------------------------------------------------------

def control(name, default=None):
    """Lines of control/NAME without white space at their ends; comments and empty lines left out."""
    try:
        with open(f"{HOME}/control/{name}", "rb") as file:
            lines = [line.rstrip(b" \t\n") for line in file.read().split(b"\n")]
    except FileNotFoundError:
        return default
    return [line for line in lines if line and not line.startswith(b"#")]


def constmap(name):
    """KEY:VALUE rows. Case is ignored, and of several rows with one key the last one counts."""
    rows = (line.split(b":", 1) for line in control(name, []) if b":" in line)
    return {row[0].lower(): row[1] for row in rows}


def looked_up(rows, text, marks):
    """The row of the whole text, otherwise of the longest end that begins with a mark, otherwise of the empty key."""
    text = text.lower()
    for start in range(len(text) + 1):
        if start in (0, len(text)) or text[start:start + 1] in marks:
            if text[start:] in rows:
                return rows[text[start:]]
    return None


def me():
    return control("me")[0].decode()


# qmail-remote -------------------------------------------------------------------------------------------------------

class Report(Exception):
    """What qmail-remote says: K, Z or D, then words."""


def mail_servers(domain):
    """The hosts that DNS has for a domain's mail."""
    with open("/etc/resolv.conf") as file:
        server = re.search(r"^nameserver (\S+)", file.read(), re.M)[1]
    question = b"".join(bytes([len(p)]) + p for p in domain.encode().split(b".")) + b"\0\0\x0f\0\1"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as dns:
        dns.settimeout(5)
        dns.sendto(struct.pack(">6H", random.getrandbits(16), 0x100, 1, 0, 0, 0) + question, (server, 53))
        answer = dns.recv(4096)

    def name(at):
        labels = []
        while answer[at]:
            if answer[at] >= 0xC0:
                return labels + name(struct.unpack(">H", answer[at:at + 2])[0] & 0x3FFF)
            labels.append(answer[at + 1:at + 1 + answer[at]].decode())
            at += 1 + answer[at]
        return labels

    found, at = [], 12 + len(question)
    for _ in range(struct.unpack(">H", answer[6:8])[0]):
        at += 2
        kind, _, _, length = struct.unpack(">HHIH", answer[at:at + 10])
        if kind == 15:
            found.append((struct.unpack(">H", answer[at + 10:at + 12])[0], ".".join(name(at + 12))))
        at += 10 + length
    return [host for _, host in sorted(found)] or [domain]


def split_relay(value, patched):
    """Host, port, user and password of a route; a stock build takes everything up to the colon as the host's name."""
    user = password = None
    if patched and value.count(b"|") >= 2:
        value, user, password = value.split(b"|", 2)
    host, _, rest = value.partition(b":")
    digits = re.match(rb"\d*", rest)[0]
    return host.decode(errors="replace"), int(digits or 25), user, password


def relay_for(sender, domain, patched):
    if patched:
        by_sender = looked_up(constmap("authsenders"), sender.encode(), (b".", b"@"))
        if by_sender:
            return split_relay(by_sender, True)
    route = looked_up(constmap("smtproutes"), domain.encode(), (b".",))
    return split_relay(route, patched) if route else None


def addresses(host):
    literal = re.fullmatch(r"\[?(\d+\.\d+\.\d+\.\d+)\]?", host)
    if literal:
        return [literal[1]]
    if not re.fullmatch(r"[A-Za-z0-9._-]+", host):
        raise Report("DSorry, I couldn't find any host named ? (#5.1.2)\n")
    try:
        return [found[4][0] for found in socket.getaddrinfo(host, 25, socket.AF_INET, socket.SOCK_STREAM)]
    except socket.gaierror:
        raise Report(f"DSorry, I couldn't find any host named {host}. (#5.1.2)\n") from None


def tls_context(host):
    """The certificate is checked only for hosts that have a file of authorities in tlshosts."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    authorities = f"{HOME}/control/tlshosts/{host}.pem"
    if os.path.exists(authorities):
        context.load_verify_locations(authorities)
        return context, True
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context, False


def said(code, text):
    return f"\nRemote host said: {code} " + text.decode(errors="replace").replace("\n", f"\n{code} ") + "\n"


class Client(smtplib.SMTP):
    """It connects to an address, but uses the name for TLS."""

    def __init__(self, name, address, port, context):
        self.name, self.context, self.from_start = name, context, port == 465 and context is not None
        super().__init__(address, port, local_hostname=me(), timeout=60)

    def _get_socket(self, host, port, timeout):
        plain = socket.create_connection((host, port), timeout)
        return self.context.wrap_socket(plain, server_hostname=self.name) if self.from_start else plain

    def secure(self):
        code, _ = self.docmd("STARTTLS")
        if code == 220:
            self.sock = self.context.wrap_socket(self.sock, server_hostname=self.name)
            self.file = None
            self.ehlo()


def talk(name, address, port, login, sender, recipient, message, patched):
    context, is_required = tls_context(name) if patched else (None, False)
    try:
        client = Client(name, address, port, context)
    except smtplib.SMTPConnectError as error:
        raise Report(f"ZConnected to {address} but greeting failed." + said(error.smtp_code, error.smtp_error)) from None
    except ssl.SSLError as error:
        raise Report(f"ZTLS unable to verify server {name}: {error.reason}. I can't. (#4.7.1)\n") from None
    except OSError:
        raise Report("ZSorry, I wasn't able to establish an SMTP connection. (#4.4.1)\n") from None
    with contextlib.closing(client):
        try:
            client.ehlo_or_helo_if_needed()
            if patched and not client.from_start and client.has_extn("starttls"):
                client.secure()
            elif is_required and not client.from_start:
                raise Report(f"ZNo TLS achieved while control/tlshosts/{name}.pem exists; connected to {address}.\n")
            if login and client.has_extn("auth"):
                try:
                    client.login(login[0].decode(), login[1].decode())
                except smtplib.SMTPAuthenticationError as error:
                    raise Report(
                        f"ZConnected to {address} but authentication was rejected (AUTH PLAIN)."
                        + said(error.smtp_code, error.smtp_error)
                    ) from None
            code, text = client.mail(sender)
            if code >= 400:
                raise Report(f"{'DZ'[code < 500]}Connected to {address} but sender was rejected." + said(code, text))
            code, text = client.rcpt(recipient)
            if code >= 400:
                raise Report(
                    f"{'DZ'[code < 500]}{address} does not like recipient." + said(code, text) + f"Giving up on {address}.\n"
                )
            code, text = client.data(message)
            if code >= 400:
                raise Report(f"{'DZ'[code < 500]}{address} failed after I sent the message." + said(code, text))
            tls = f"STARTTLS proto={client.sock.version()}; cipher={client.sock.cipher()[0]}\n" if (
                isinstance(client.sock, ssl.SSLSocket)) else ""
            answer = f"K{address} accepted message." + said(code, text) + tls
            client.docmd("QUIT")
            raise Report(answer)
        except ssl.SSLError as error:
            raise Report(f"ZTLS unable to verify server {name}: {error.reason}; connected to {address}.\n") from None
        except (OSError, smtplib.SMTPException):
            raise Report(f"ZConnected to {address} but connection died. (#4.4.2)\n") from None


def qmail_remote(words, patched):
    domain, sender, recipient = words[0], words[1], words[2]
    message = sys.stdin.buffer.read()
    try:
        try:
            relay = relay_for(sender, domain, patched)
        except OSError:
            raise Report("ZUnable to read control files. (#4.3.0)\n") from None
        host, port, user, password = relay or (None, 25, None, None)
        for name in [host] if relay else mail_servers(domain):
            for address in addresses(name):
                talk(name, address, port, (user, password) if user else None, sender, recipient, message, patched)
    except Report as report:
        print(report, end="")


# The queue ----------------------------------------------------------------------------------------------------------

def place(part, number):
    return f"{HOME}/queue/{part}/{int(number) % SPLIT}/{number}"


def qmail_queue(message, sender, recipients, uid):
    """Puts a message into the queue; its number is the inode of its file."""
    with open(f"{HOME}/queue/pid.{os.getpid()}.{threading.get_ident()}", "wb") as file:
        line = time.strftime("%d %b %Y %H:%M:%S -0000", time.gmtime()).lstrip("0")
        by = "for bounce" if uid == pwd.getpwnam("qmails").pw_uid else f"by uid {uid}"
        file.write(f"Received: (qmail {os.getpid()} invoked {by}); {line}\n".encode() + message)
        number = os.fstat(file.fileno()).st_ino
    os.rename(file.name, place("mess", number))
    envelope = [f"u{uid}", f"p{os.getpid()}", f"F{sender}"] + [f"T{to}" for to in recipients]
    with open(f"{HOME}/queue/intd.{number}", "w") as file:
        file.write("\0".join(envelope) + "\0")
    os.rename(file.name, f"{HOME}/queue/todo/{number}")
    return os.getpid()


def sendmail(words):
    sender, recipients, from_header, words = None, [], False, list(words)
    while words and words[0].startswith("-"):
        word = words.pop(0)
        if word == "--":
            break
        if word[:2] in ("-f", "-F", "-o", "-B"):
            value = word[2:] or words.pop(0)
            sender = value if word[1] == "f" else sender
        from_header |= word == "-t"
    recipients = [to if "@" in to else f"{to}@{me()}" for to in words]
    message = sys.stdin.buffer.read()
    if not message.endswith(b"\n"):
        message += b"\n"
    header = message.partition(b"\n\n")[0].lower()
    if from_header:
        recipients += re.findall(r"[^\s<>,]+@[^\s<>,]+", (re.search(rb"^to:(.*)$", header, re.M) or [b"", b""])[1].decode())
    if b"\ndate:" not in b"\n" + header:
        message = f"Date: {formatdate()}\n".encode() + message
    if b"\nmessage-id:" not in b"\n" + header:
        message = f"Message-ID: <{time.time_ns()}.{os.getpid()}.qmail@{me()}>\n".encode() + message
    sender = f"{pwd.getpwuid(os.getuid()).pw_name}@{me()}" if sender is None else sender
    sender = sender if "@" in sender or not sender else f"{sender}@{me()}"
    qmail_queue(message, sender, recipients, os.getuid())


# qmail-send ---------------------------------------------------------------------------------------------------------

def safe(text):
    return "".join("/" if c == "\n" else c if 33 <= ord(c) <= 126 and c != "%" else "_" for c in text)


class QmailSend:
    def __init__(self):
        self.delivery = 0
        self.lock = threading.Lock()
        self.running = {"local": 0, "remote": 0}
        self.retries = {}
        self.now = False
        self.busy = set()

    def log(self, line):
        print(line, flush=True)

    def status(self):
        self.log(f"status: local {self.running['local']}/10 remote {self.running['remote']}/20")

    def run(self):
        signal.signal(signal.SIGALRM, lambda *_: setattr(self, "now", True))
        signal.signal(signal.SIGTERM, lambda *_: sys.exit())
        self.status()
        with open(f"{HOME}/queue/lock/trigger", "w"):
            pass
        while True:
            for number in sorted(os.listdir(f"{HOME}/queue/todo")):
                self.take_in(number)
            due = [n for n, at in list(self.retries.items()) if (self.now or at <= time.time()) and n not in self.busy]
            self.now = False
            for number in due:
                self.busy.add(number)
                threading.Thread(target=self.deliver, args=(number,), daemon=True).start()
            time.sleep(0.05)

    def take_in(self, number):
        with open(f"{HOME}/queue/todo/{number}") as file:
            fields = file.read().split("\0")[:-1]
        uid, queue, sender = (next(f[1:] for f in fields if f[0] == mark) for mark in "upF")
        size = os.path.getsize(place("mess", number))
        self.log(f"new msg {number}")
        self.log(f"info msg {number}: bytes {size} from <{safe(sender)}> qp {queue} uid {uid}")
        own = {line.decode().lower() for line in control("locals", control("me"))}
        for to in (f[1:] for f in fields if f[0] == "T"):
            channel = "local" if to.rpartition("@")[2].lower() in own else "remote"
            with open(place(channel, number), "a") as file:
                file.write(f"T{to}\0")
        with open(place("info", number), "w") as file:
            file.write(f"F{sender}\0")
        os.unlink(f"{HOME}/queue/todo/{number}")
        self.retries[number] = 0

    def deliver(self, number):
        with open(place("info", number)) as file:
            sender = file.read()[1:-1]
        bounced = []
        for channel in "local", "remote":
            self.pass_over(number, channel, sender, bounced)
        with self.lock:
            if bounced:
                self.bounce(number, sender, bounced)
            if any(os.path.exists(place(channel, number)) for channel in ("local", "remote")):
                age = time.time() - os.path.getmtime(place("info", number))
                self.retries[number] = time.time() + (math.sqrt(age) + 20) ** 2 - age
            else:
                del self.retries[number]
                os.unlink(place("info", number))
                os.unlink(place("mess", number))
                self.log(f"end msg {number}")
        self.busy.discard(number)

    def pass_over(self, number, channel, sender, bounced):
        """Delivers to each remaining recipient; removes the file when none is left."""
        path = place(channel, number)
        if not os.path.exists(path):
            return
        with open(path) as file:
            records = file.read().split("\0")[:-1]
        at, left = 0, 0
        for record in records:
            if record[0] == "T":
                outcome, text = self.attempt(number, channel, sender, record[1:])
                if outcome == "deferral":
                    left += 1
                else:
                    with open(path, "r+") as file:
                        file.seek(at)
                        file.write("D")
                if outcome == "failure":
                    bounced.append((record[1:], text))
            at += len(record) + 1
        if not left:
            os.unlink(path)

    def attempt(self, number, channel, sender, to):
        with self.lock:
            self.delivery += 1
            delivery = self.delivery
            self.running[channel] += 1
            self.log(f"starting delivery {delivery}: msg {number} to {channel} {safe(to)}")
            self.status()
        with open(place("mess", number), "rb") as message:
            if channel == "local":
                with open(f"{HOME}/alias/Mailbox", "ab") as box:
                    box.write(f"From {sender or 'MAILER-DAEMON'} {time.ctime()}\n".encode() + message.read() + b"\n")
                report = "Kdid 1+0+0\n"
            else:
                report = subprocess.run(
                    [f"{HOME}/bin/qmail-remote", to.rpartition("@")[2], sender, to],
                    stdin=message, stdout=subprocess.PIPE, user="qmailr", group="qmail", extra_groups=[], text=True,
                ).stdout or "Zqmail-remote crashed.\n"
        outcome = {"K": "success", "Z": "deferral", "D": "failure"}[report[0]]
        with self.lock:
            self.log(f"delivery {delivery}: {outcome}: {safe(report[1:])}")
            self.running[channel] -= 1
            self.status()
        return outcome, report[1:]

    def bounce(self, number, sender, bounced):
        """A bounce goes to the sender, from the null sender; a bounced bounce goes to the postmaster."""
        to = sender or f"postmaster@{me()}"
        words = "".join(f"<{address}>:\n{text}\n" for address, text in bounced)
        with open(place("mess", number), "rb") as file:
            original = file.read()
        message = (
            f"Date: {formatdate()}\nFrom: MAILER-DAEMON@{me()}\nTo: {to}\nSubject: failure notice\n\n"
            f"Hi. This is the qmail-send program at {me()}.\n\n{words}\n--- Below this line is a copy of the message.\n\n"
        ).encode() + original
        queue = qmail_queue(message, "", [to], pwd.getpwnam("qmails").pw_uid)
        self.log(f"bounce msg {number} qp {queue}")


# The rest -----------------------------------------------------------------------------------------------------------

def splogger():
    """Copies its input to syslog with its own time stamps: splogger(8)."""
    syslog.openlog("qmail", 0, syslog.LOG_MAIL)
    for line in sys.stdin:
        syslog.syslog(syslog.LOG_INFO, f"{time.time():.6f} {line.rstrip()}")


def qmail_showctl():
    print(f"qmail home directory: {HOME}.\nuser-ext delimiter: -.\nsubdirectory split: {SPLIT}.\n\nsmtproutes: ")
    for line in control("smtproutes", []):
        print(f"SMTP route: {line.decode(errors='replace')}")


def qmail_qstat():
    waiting = sum(len(files) for _, _, files in os.walk(f"{HOME}/queue/mess"))
    print(f"messages in queue: {waiting}\nmessages in queue but not yet preprocessed: {len(os.listdir(f'{HOME}/queue/todo'))}")


def main(name, patched):
    words = sys.argv[1:]
    if name == "qmail-remote":
        qmail_remote(words, patched)
    elif name in ("sendmail", "qmail-inject"):
        sendmail(words)
    elif name == "qmail-send":
        QmailSend().run()
    else:
        {"splogger": splogger, "qmail-showctl": qmail_showctl, "qmail-qstat": qmail_qstat}[name]()
