"""What the SMTP service reads when it starts, and the console's Smart host tab, which writes some of it."""

from dataclasses import dataclass

from mailenable.draw import BOXES, Draw
from mailenable.keys import FALLBACK, FALLBACK_SERVER, ROOT, SMTP
from windows.registry import Registry

SMTP_PORT = 25


@dataclass(frozen=True)
class SmartHost:
    """The tab's fields. A box that is not ticked leaves the fields below it as they were."""

    enabled: bool = False
    host: str = ""
    port: int = SMTP_PORT
    authenticate: bool = False
    user: str = ""
    password: str = ""


@dataclass(frozen=True)
class Settings:
    smart_host: SmartHost
    name: str
    fallback: str  # where mail goes if its recipient was answered with 503; empty: nowhere
    activity: str  # folders of logs; empty: no log
    debug: str
    data: str
    mail_root: str


class Values:
    """The values of a key. A value of another type than requested counts as missing."""

    def __init__(self, registry: Registry, key: str):
        self._rows = {row["Name"].lower(): row for row in registry.values(key)}

    def get(self, name: str, kind: str, default=""):
        row = self._rows.get(name.lower())
        return row["Value"] if row and row["Kind"] == kind else default

    def raw(self, name: str) -> tuple[str, str | list[str]]:
        row = self._rows.get(name.lower())
        return (row["Kind"], row["Value"]) if row else ("", "")


def smart_host(registry: Registry, draw: Draw) -> SmartHost:
    """The tab. Only values with the product's names, types and words count."""
    values, names = Values(registry, SMTP), draw.names

    def ticked(field: str) -> bool:
        kind, on, _ = BOXES[draw.boxes[field]]
        return values.get(names[field], kind, None) == on

    port = str(values.get(names["port"], draw.port, SMTP_PORT))
    return SmartHost(
        enabled=ticked("enabled"),
        host=values.get(names["host"], "String").strip(),
        port=int(port) if port.isdigit() and 0 < int(port) < 65536 else SMTP_PORT,
        authenticate=ticked("authenticate"),
        user=values.get(names["user"], "String"),
        password=draw.plain(*values.raw(names["password"])),
    )


def read(registry: Registry, draw: Draw) -> Settings:
    smtp, root = Values(registry, SMTP), Values(registry, ROOT)

    def folder(log: str) -> str:
        return smtp.get(f"{log} Log Directory", "String") if smtp.get(f"{log} Log Enabled", "DWord") == "1" else ""

    return Settings(
        smart_host=smart_host(registry, draw),
        name=smtp.get("Host Name", "String"),
        fallback=smtp.get(FALLBACK_SERVER, "String") if smtp.get(FALLBACK, "DWord") == "1" else "",
        activity=folder("Activity"),
        debug=folder("Debug"),
        data=root.get("Data Directory", "String"),
        mail_root=root.get("Mail Root", "String"),
    )


def press_ok(registry: Registry, draw: Draw, tab: SmartHost) -> None:
    """What the console writes when OK is pressed: the whole tab, and its own stamp."""
    values = {
        draw.names["host"]: ("String", tab.host),
        draw.names["port"]: (draw.port, str(tab.port)),
        draw.names["user"]: ("String", tab.user),
        draw.names["password"]: draw.stored(tab.password),
    }
    for field in ("enabled", "authenticate"):
        kind, on, off = BOXES[draw.boxes[field]]
        values[draw.names[field]] = (kind, on if getattr(tab, field) else off)
    stamp = int(Values(registry, SMTP).get(draw.revision, "DWord", "0"))
    registry.write_all({SMTP: values | {draw.revision: ("DWord", str(stamp + 1))}})
