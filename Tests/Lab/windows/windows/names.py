"""Where the next hop of mail is: names, addresses and the internet's MX records."""

import re
import socket


def address_of(host: str) -> str:
    """The first address of a host; `[1.2.3.4]` is one. LookupError where there is none."""
    if host.startswith("["):
        return host[1:-1]
    try:
        return socket.getaddrinfo(host, None, socket.AF_INET, socket.SOCK_STREAM)[0][4][0]
    except OSError:
        raise LookupError("the name has no address") from None


def exchangers(domain: str) -> list[str]:
    """The hosts that take a domain's mail, the best first; the domain itself where it has no MX. LookupError."""
    # Only a host has it (python3-dnspython): the unit tests run where nothing is installed.
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
