"""Where the next hop is: addresses of hosts, exchangers of domains."""

import ipaddress
import re
import socket

from labmail.session import Refusal


def address_of(host: str) -> str:
    """The first IPv4 address of a host; an address is its own."""
    bare = host.strip("[]")
    try:
        return str(ipaddress.IPv4Address(bare))
    except ValueError:
        pass
    try:
        return socket.getaddrinfo(bare, None, socket.AF_INET, socket.SOCK_STREAM)[0][4][0]
    except OSError:
        raise Refusal(f"451 4.4.3 Host {host} not found", reached=False, host=host) from None


def exchangers(domain: str) -> list[str]:
    """The hosts that accept a domain's mail, best first; the domain itself if it has no MX."""
    # Only hosts have python3-dnspython: the unit tests run on machines without it.
    import dns.exception
    import dns.resolver

    try:
        answers = dns.resolver.resolve(domain, "MX", lifetime=5)
    except dns.resolver.NoAnswer:
        return [domain]
    except dns.resolver.NXDOMAIN:
        raise Refusal(f"550 5.1.2 Domain {domain} not found", reached=False, permanent=True, host=domain) from None
    except dns.exception.DNSException:
        raise Refusal(f"451 4.4.3 Domain {domain} not found", reached=False, host=domain) from None
    ordered = sorted(answers, key=lambda answer: answer.preference)
    return [re.sub(r"\.$", "", str(answer.exchange)) for answer in ordered]
