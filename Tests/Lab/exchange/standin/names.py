"""Where the next hop is, in the words of Exchange's queues."""

from standin.smtp import Refusal
from windows import names

NOT_FOUND = "451 4.4.0 DNS query failed. The error was: 554 5.4.4 SMTPSEND.DNS.NonExistentDomain; nonexistent domain"


def address_of(host: str) -> str:
    """The first address of a smart host; `[1.2.3.4]` is one. Refusal where there is none."""
    try:
        return names.address_of(host)
    except LookupError:
        raise Refusal(NOT_FOUND) from None


def exchangers(domain: str) -> list[str]:
    """The hosts that accept a domain's mail, best first; the domain itself if it has no MX."""
    try:
        return names.exchangers(domain)
    except LookupError:
        raise Refusal(NOT_FOUND) from None
