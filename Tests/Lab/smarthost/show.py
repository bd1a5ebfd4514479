"""Prints the record as a table: show.py RECORD."""

import json
import sys


def row(event: dict) -> str:
    about = event.get("reply") or event.get("messageId") or event.get("user") or " ".join(event.get("commands", []))
    return "{time}  {event:17} {server}:{port:<5} {client:13} {tls:8} {login:17} {sender} → {to}  {about}".format(
        time=event["time"][11:23], event=event["event"], server=event["server"], port=event["port"],
        client=event["client"], tls=event["tlsVersion"] or "clear", login=event["login"] or "-",
        sender=event.get("from", "-") or "<>", to=",".join(event.get("to", [])) or "-", about=about or "",
    )


with open(sys.argv[1]) as record:
    for line in record:
        print(row(json.loads(line)))
