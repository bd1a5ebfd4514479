"""Where the next hop is: names, addresses and the internet's MX records."""

import re
import socket

from standin.smtp import Refusal

NOT_FOUND = "554 5.4.4 SMTPSEND.DNS.NonExistentDomain; nonexistent domain"


def address_of(host: str) -> str:
    """The first address of a smart host; `[1.2.3.4]` is one. Refusal where there is none."""
    if host.startswith("["):
        return host[1:-1]
    try:
        return socket.getaddrinfo(host, None, socket.AF_INET, socket.SOCK_STREAM)[0][4][0]
    except OSError:
        raise Refusal(f"451 4.4.0 DNS query failed. The error was: {NOT_FOUND}") from None


def exchangers(domain: str) -> list[str]:
    """The hosts that take a domain's mail, the best first; the domain itself where it has no MX."""
    # Only a host has it (python3-dnspython): the unit tests run where nothing is installed.
    import dns.exception
    import dns.resolver

    try:
        answers = dns.resolver.resolve(domain, "MX", lifetime=5)
    except dns.resolver.NoAnswer:
        return [domain]
    except dns.exception.DNSException:
        raise Refusal(f"451 4.4.0 DNS query failed. The error was: {NOT_FOUND}") from None
    ordered = sorted(answers, key=lambda answer: answer.preference)
    return [re.sub(r"\.$", "", str(answer.exchange)) for answer in ordered]
