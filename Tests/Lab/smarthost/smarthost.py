#!/usr/bin/python3
"""The smarthosts and the internet of the lab: smarthost.py RUN-FOLDER SMARTHOSTS-TABLE INTERNET-ADDRESS."""

import asyncio
import ssl
import sys
from pathlib import Path

from modes import Modes
from record import Record
from server import Place, Server

# The ports of a smarthost: (TLS, login)
WITH_LOGINS = {
    25: ("none", "none"),
    2526: ("none", "none"),
    2525: ("required", "none"),
    587: ("required", "required"),
    465: ("implicit", "required"),
    # A trap: it would accept a password that everyone on the way can read.
    2587: ("none", "offered"),
}
BY_ADDRESS = {25: ("offered", "none"), 587: ("required", "none")}
KINDS = {"logins": WITH_LOGINS, "by-address": BY_ADDRESS}


def tls_context(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.with_suffix(".pem"), certificate.with_suffix(".key"))
    return context


async def main(run: Path, table: Path, internet: str) -> None:
    loop = asyncio.get_running_loop()
    record = Record(run)
    greylisted: set = set()

    async def listen(place: Place, address: str, certificate: str) -> None:
        modes = Modes(run / "modes", place.name)
        context = tls_context(run / "tls" / certificate)
        await loop.create_server(
            lambda: Server(place, modes, record, greylisted, context),
            address, place.port, backlog=512, ssl=context if place.tls == "implicit" else None,
        )

    for row in table.read_text().splitlines():
        words = row.split("#")[0].split()
        if words:
            name, address, certificate, kind = words
            for port, (tls, login) in KINDS[kind].items():
                await listen(Place("smarthost", name, port, tls, login), address, certificate)
    await listen(Place("internet", "mx.internet.test", 25, "offered", "none"), internet, "internet")
    (run / "smarthost.ready").touch()
    await loop.create_future()


asyncio.run(main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]))
