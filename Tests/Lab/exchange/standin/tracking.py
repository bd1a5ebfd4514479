"""The message tracking log: rows of what really happened, in the format of each release. §0a.9, §4."""

import csv
import io
import re
from datetime import datetime, timezone
from pathlib import Path

from standin.versions import Version

OLDEST = (
    "date-time,client-ip,client-hostname,server-ip,server-hostname,source-context,connector-id,source,event-id,"
    "internal-message-id,message-id,recipient-address,recipient-status,total-bytes,recipient-count,"
    "related-recipient-address,reference,message-subject,sender-address,return-path,message-info"
).split(",")
SINCE_2010 = "directionality,tenant-id,original-client-ip,original-server-ip,custom-data".split(",")
SINCE_2016 = "transport-traffic-type,log-id,schema-version".split(",")
SHOWN = {"date-time": "Timestamp", "recipient-address": "Recipients", "sender-address": "Sender"}
LISTS = ("recipient-address", "recipient-status", "related-recipient-address", "reference")
# The semicolons inside of `[{LRT=…};{LED=…}]` are the error's own.
LISTED = re.compile(r"\[\{.*?\}\](?=;|$)|[^;]+")
NUMBERS = ("total-bytes", "recipient-count")


def fields(version: Version) -> list[str]:
    names = list(OLDEST)
    if version.year >= 2010:
        names += SINCE_2010
    if version.year >= 2013:
        names.insert(names.index("message-id") + 1, "network-message-id")
    if version.year >= 2016:
        names += SINCE_2016
    return names


def instant(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, timezone.utc)


def stamp(seconds: float) -> str:
    return instant(seconds).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


class TrackingLog:
    """One server's log. `culture` decides nothing here: times are UTC in the file."""

    def __init__(self, folder: Path, version: Version):
        self.folder, self.version = folder / "MessageTracking", version

    def add(self, seconds: float, **values: str | int) -> None:
        """Appends a row; the keys are the fields' names with `_` for `-`."""
        row = {name.replace("_", "-"): str(value) for name, value in values.items()}
        row |= {"date-time": stamp(seconds), "schema-version": ".".join(map(str, self.version.build))}
        unknown = row.keys() - set(OLDEST + SINCE_2010 + SINCE_2016 + ["network-message-id"])
        if unknown:
            raise ValueError(f"no such fields: {unknown}")
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"MSGTRK{instant(seconds):%Y%m%d}-1.LOG"
        text = io.StringIO()
        csv.writer(text, lineterminator="\r\n").writerow([row.get(name, "") for name in fields(self.version)])
        line = text.getvalue()
        if not path.exists():
            line = self._head(seconds) + line
        # One write, so that a reader sees whole rows.
        with open(path, "ab") as file:
            file.write(line.encode())

    def _head(self, seconds: float) -> str:
        build = ".".join(map(str, self.version.build))
        return "".join(
            f"{line}\r\n"
            for line in (
                "\ufeff#Software: Microsoft Exchange Server",
                f"#Version: {build}",
                "#Log-type: Message Tracking Log",
                f"#Date: {stamp(seconds)}",
                f"#Fields: {','.join(fields(self.version))}",
            )
        )

    def rows(self) -> list[dict]:
        """Get-MessageTrackingLog's objects, in the order of the log."""
        objects = []
        for path in sorted(self.folder.glob("MSGTRK*.LOG")) if self.folder.is_dir() else []:
            names: list[str] = []
            for words in csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")):
                if words[0].startswith("#Fields: "):
                    names = [words[0].removeprefix("#Fields: ")] + words[1:]
                elif not words[0].startswith("#"):
                    objects.append(_shown(dict(zip(names, words, strict=True))))
        return objects


def _shown(row: dict[str, str]) -> dict:
    shown = {}
    for name, text in row.items():
        key = SHOWN.get(name) or "".join(part.capitalize() for part in name.split("-"))
        value: object = text or None
        if name == "date-time":
            value = datetime.fromisoformat(text)
        elif name in LISTS:
            value = LISTED.findall(text)
        elif name in NUMBERS:
            value = int(text or 0)
        shown[key] = value
    return shown
