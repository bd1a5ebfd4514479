"""redirect.dat, the Routing tab: `source=destination[;flags[;host]]`, from the product's own comment on the file."""

from dataclasses import dataclass
from pathlib import Path

from icewarp.relays import one
from labmail.session import Hop

LOCAL_RECIPIENT, REGARDLESS_OF_FILTERS, AUTHENTICATED, MATCH_SENDER, LOCAL_SENDER = 1, 2, 4, 8, 16


@dataclass(frozen=True)
class Route:
    source: str
    destination: str
    flags: int
    hop: Hop | None


def parsed(text: str) -> list[Route]:
    """Rows in their order. Lines that are not rows are skipped, like comments."""
    found = []
    for line in text.splitlines():
        source, equals, rest = line.strip().partition("=")
        if not equals or not source or not rest:
            continue
        destination, _, more = rest.partition(";")
        flags, _, host = more.partition(";")
        if flags and not flags.isdigit():
            continue
        found.append(Route(source.lower(), destination, int(flags or 0), one(host) if host else None))
    return found


def load(home: Path) -> list[Route]:
    path = home / "config" / "redirect.dat"
    return parsed(path.read_text()) if path.exists() else []


def covers(source: str, address: str) -> bool:
    """An address is itself, a domain is all addresses in it."""
    return address.lower() == source if "@" in source else address.lower().rpartition("@")[2] == source


def choose(routes: list[Route], sender: str, recipient: str, is_local) -> Route | None:
    """The first row that matches. `is_local`: whether an address belongs to a local account. Clients never log in here."""
    for route in routes:
        subject = sender if route.flags & MATCH_SENDER else recipient
        if not subject or not covers(route.source, subject):
            continue
        if route.flags & AUTHENTICATED or route.flags & LOCAL_RECIPIENT and not is_local(recipient):
            continue
        if route.flags & LOCAL_SENDER and not is_local(sender):
            continue
        return route
    return None


def destined(route: Route, recipient: str) -> str:
    """Who receives it instead of the recipient."""
    alias, _, domain = recipient.rpartition("@")
    text = route.destination
    for name, value in (("alias", alias), ("domain", domain), ("current_recipient", recipient)):
        text = text.replace(f"%%{name}%%", value)
    return text if "@" in text else f"{alias}@{text}"
