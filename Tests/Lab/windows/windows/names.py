"""Where the next hop of mail is: names, addresses and the internet's MX records."""

import re
import socket


def address_of(host: str) -> str:
    """The first address of a host; `[1.2.3.4]` is an address. LookupError if there is none."""
    if host.startswith("["):
        return host[1:-1]
    try:
        return socket.getaddrinfo(host, None, socket.AF_INET, socket.SOCK_STREAM)[0][4][0]
    except OSError:
        raise LookupError("the name has no address") from None


def exchangers(domain: str) -> list[str]:
    """The hosts that accept a domain's mail, best first; the domain itself if it has no MX. LookupError."""
    # Only hosts have python3-dnspython: the unit tests run on machines without it.
    import dns.exception
    import dns.resolver

    try:
        answers = dns.resolver.resolve(domain, "MX", lifetime=5)
    except dns.resolver.NoAnswer:
        return [domain]
    except dns.exception.DNSException:
        raise LookupError("the domain has no exchanger") from None
    ordered = sorted(answers, key=lambda answer: answer.preference)
    return [re.sub(r"\.$", "", str(answer.exchange)) for answer in ordered]
