"""LastError of queues and the status of FAIL and DEFER rows: each release's own form. §0a.8."""

from datetime import datetime, timezone

from standin.smtp import Refusal
from standin.versions import Version


def led(refusal: Refusal, proxied: bool) -> str:
    """The error itself, with the other side's reply quoted in a sentence."""
    text = refusal.text
    if refusal.answered and not refusal.permanent:
        text = (
            f'451 4.4.0 Primary target IP address responded with: "{text}." Attempted failover to alternate host, but '
            "that did not succeed. Either there are no alternate hosts, or delivery failed to all alternate hosts."
        )
    if proxied:
        text = f"450 4.7.0 Proxy session setup failed on Frontend with '{text}'"
    return text


def last_error(version: Version, refusal: Refusal, host: str, address: str, now: float, proxied: bool = False) -> str:
    text = led(refusal, proxied)
    if version.year < 2013:
        return text
    # In the format of the server's culture: nothing should parse it.
    when = datetime.fromtimestamp(now, timezone.utc).strftime("%m/%d/%Y %I:%M:%S %p")
    return f"[{{LRT={when}}};{{LED={text}}};{{FQDN={host.strip('[]')}}};{{IP={address}}}]"
