"""Which connector takes a message: §2.4, after Microsoft's connector selection."""

from dataclasses import dataclass

from standin.rules import find_server
from standin.values import AddressSpace, address_space

SITE_LINK_COST = 100  # Active Directory's default


@dataclass(frozen=True)
class Route:
    connector: dict
    server: str  # which source server sends it


@dataclass(frozen=True)
class NoRoute:
    too_large: bool


def matches(space: AddressSpace, domain: str) -> int | None:
    """How specific an address space is for a domain: higher is more; None when it does not cover it. `*.contoso.com` is
    contoso.com and all below it."""
    if space.kind.upper() != "SMTP" or space.space == "--":
        return None
    wanted, name = space.space.lower(), domain.lower()
    if wanted == "*":
        return 0
    if not wanted.startswith("*."):
        return 1000 if wanted == name else None
    below = wanted[2:]
    return len(below.split(".")) if name == below or name.endswith("." + below) else None


def choose(connectors: list[dict], servers: dict[str, dict], server: str, domain: str, size: int) -> Route | NoRoute:
    """The route of a message of `size` bytes to a domain, from a server by its short name."""
    covering = [
        (specificity, found.cost, connector)
        for connector in connectors
        if connector["Enabled"] and _in_scope(connector, servers, server)
        for found in map(address_space, connector["AddressSpaces"])
        if (specificity := matches(found, domain)) is not None
    ]
    eligible = [row for row in covering if row[2]["MaxMessageSize"] is None or size <= row[2]["MaxMessageSize"]]
    if not eligible:
        return NoRoute(too_large=bool(covering))
    ways = [
        (
            -specificity,
            cost + (0 if distance < 2 else SITE_LINK_COST),
            distance,
            connector["Name"].lower(),
            source,
            connector,
        )
        for specificity, cost, connector in eligible
        for distance, source in _sources(connector, servers, server)
    ]
    *_, source, connector = min(ways, key=lambda way: way[:5])
    return Route(connector, source)


def _sources(connector: dict, servers: dict[str, dict], server: str) -> list[tuple[int, str]]:
    """Its source servers by distance: this one, one in this site, another."""
    if not connector["SourceTransportServers"]:
        return [(0, server)]
    site = _site(servers, server)
    return [
        (0 if name.lower() == server.lower() else 1 if _site(servers, name) == site else 2, name)
        for name in connector["SourceTransportServers"]
    ]


def _in_scope(connector: dict, servers: dict[str, dict], server: str) -> bool:
    """A scoped connector is for servers of its source servers' sites (§2.4)."""
    if not connector["IsScopedConnector"]:
        return True
    return _site(servers, server) in {_site(servers, name) for name in connector["SourceTransportServers"]}


def _site(servers: dict[str, dict], name: str) -> str:
    return (find_server(servers, name) or {}).get("Site", "")
