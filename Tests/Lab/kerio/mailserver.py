"""The daemon `mailserver`. It reads mailserver.cfg when it starts and writes it when it stops."""

import os
import signal
import socket
import ssl
import time
from pathlib import Path

from kerio.api import Api
from kerio.config import HOME
from kerio.service import MailService
from kerio.web import Web
from labmail.courier import Courier
from labmail.listener import Server

TICK = 0.2
PID = Path("/var/run/kms.pid")


def notify(text: str) -> None:
    address = os.environ.get("NOTIFY_SOCKET", "")
    if address:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as wire:
            wire.sendto(text.encode(), address.replace("@", "\0", 1))


def main() -> None:
    mail = MailService()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(HOME / "sslcert" / "server.crt", HOME / "sslcert" / "server.key")
    Server(("0.0.0.0", 25), mail).start()
    Web(("0.0.0.0", 4040), Api(mail), context).start()
    courier = Courier(mail.queue, mail)

    def stop(*_) -> None:
        mail.config.save()
        PID.unlink(missing_ok=True)
        courier.stop()

    signal.signal(signal.SIGTERM, stop)
    PID.write_text(f"{os.getpid()}\n")
    notify("READY=1")
    while True:
        courier.tick()
        time.sleep(TICK)


if __name__ == "__main__":
    main()
