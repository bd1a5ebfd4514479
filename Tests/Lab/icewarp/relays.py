"""The relay server's form: `[user[@domain]:password@]host[:port]`, several joined by `;` (Delivery page)."""

from labmail.session import Hop


def relays(text: str) -> tuple[Hop, ...]:
    return tuple(one(item.strip()) for item in text.split(";") if item.strip())


def one(text: str) -> Hop:
    """The last `@` separates the login from the host: a user may be an address, and a password may contain one."""
    login, at, place = text.rpartition("@")
    user, _, password = login.partition(":") if at else ("", "", "")
    host, colon, port = place.rpartition(":")
    if colon and port.isdigit():
        return Hop(host, int(port), user, password)
    return Hop(place, 25, user, password)
