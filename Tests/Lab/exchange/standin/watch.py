"""`tracking.watch`, the executor's own call that uses Get-MessageTrackingLog."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta, timezone

from windows.errors import CmdletError

POLL = 2.0


def watch(run: Callable[[str, dict], list[dict]], given: dict, sleep=time.sleep, now=time.monotonic) -> list[dict]:
    """Polls the logs of all servers until a row has one of the events, or the time is over."""
    end = now() + int(given["Seconds"])
    start = datetime.now(timezone.utc) - timedelta(seconds=int(given["Since"]))
    until = {event.lower() for event in given["Until"]}
    asked = {"MessageId": given["MessageId"], "Start": start, "ResultSize": "Unlimited"}
    while True:
        rows = [row for server in given["Servers"] for row in _rows(run, asked | {"Server": server})]
        if any(row["EventId"].lower() in until for row in rows) or now() >= end:
            return rows
        sleep(POLL)


def _rows(run: Callable[[str, dict], list[dict]], asked: dict) -> list[dict]:
    """A server's log, or a row that says that the server does not answer."""
    try:
        return run("Get-MessageTrackingLog", asked)
    except CmdletError as error:
        return [{"EventId": "MTACTL-UNREAD", "ServerHostname": asked["Server"], "RecipientStatus": error.message}]
