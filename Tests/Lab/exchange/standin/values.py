"""How Exchange reads a parameter's value, and how it shows it. Tables of §2.1 and §2.3."""

import ipaddress
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from standin.errors import not_transformed
from windows.errors import CmdletError
from windows.logon import Credential

UNLIMITED = "Unlimited"
UNITS = {"": 1, "B": 1, "KB": 2**10, "MB": 2**20, "GB": 2**30, "TB": 2**40}
LABEL = r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?"
DOMAIN = re.compile(rf"{LABEL}(\.{LABEL})*", re.IGNORECASE)

ENUMERATIONS = {
    "AuthMechanism": ("None", "BasicAuth", "BasicAuthRequireTLS", "ExchangeServer", "ExternalAuthoritative"),
    "TlsAuthLevel": ("EncryptionOnly", "CertificateValidation", "DomainValidation"),
    "LoggingLevel": ("None", "Verbose"),
    "ConnectorType": ("Default", "XPremises"),
    "Usage": ("Custom", "Internal", "Internet", "Partner"),
}
# The cmdlet's page: several may be given, separated by commas.
ERROR_POLICIES = (
    "Default",
    "DowngradeAuthFailures",
    "DowngradeDnsFailures",
    "DowngradeCustomFailures",
    "UpgradeCustomFailures",
)
NULLABLE = ("TlsAuthLevel", "Domain", "Fqdn", "Address", "Text", "Credential", "SmartHosts", "AddressSpaces", "Texts")


@dataclass(frozen=True)
class Changes:
    """`@{Add=…; Remove=…}` of a list, which Set-* takes."""

    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()


@dataclass(frozen=True)
class AddressSpace:
    kind: str
    space: str
    cost: int

    def __str__(self) -> str:
        return f"{self.kind}:{self.space};{self.cost}"


def address_space(text: str) -> AddressSpace:
    """`Type:Space;Cost`: the type is SMTP and the cost 1 where they are left out; the cost is 1 to 100 (§2.1)."""
    found = re.fullmatch(r"(?:([A-Za-z0-9]+):)?(.+?)(?:;(\d+))?", text)
    if not found:
        raise ValueError(f'"{text}" is not an address space')
    kind, space, cost = found[1] or "SMTP", found[2], int(found[3] or 1)
    if not 1 <= cost <= 100:
        raise ValueError(f"the cost {cost} of the address space is not between 1 and 100")
    if kind.upper() == "SMTP":
        named = space.removeprefix("*.")
        if space not in ("*", "--") and not (DOMAIN.fullmatch(named) and len(named) <= 255):
            raise ValueError(f'the SMTP address space "{space}" is not valid')
    return AddressSpace(kind, space, cost)


def smart_host(text: str) -> str:
    """A name, or an address in brackets. `name:587` is neither (§0 decision 6)."""
    bare = text[1:-1] if text.startswith("[") and text.endswith("]") else text
    try:
        return f"[{ipaddress.ip_address(bare)}]"
    except ValueError:
        if bare != text or not DOMAIN.fullmatch(text) or len(text) > 255 or re.fullmatch(r"[\d.]+", text):
            raise ValueError(f'"{text}" is not a valid smart host: a domain name or an IP address') from None
    return text


def size(text: str) -> int | None:
    """Bytes, or None for unlimited; `35MB` and `36700160` are sizes, and so is what `show_size` makes."""
    if text.lower() == UNLIMITED.lower():
        return None
    shown = re.search(r"\(([\d,]+) bytes\)$", text)
    found = re.fullmatch(r"(\d+(?:\.\d+)?) ?([KMGT]?B)?", text, re.IGNORECASE)
    if not shown and not found:
        raise ValueError(f'"{text}" is not a size')
    number = int(shown[1].replace(",", "")) if shown else int(float(found[1]) * UNITS[(found[2] or "").upper()])
    # The cmdlet's page: values in bytes are rounded up to the nearest kilobyte.
    number = min(-(-number // 1024) * 1024, 2147483647) if number <= 2147483647 else number
    if not 0 <= number <= 2147483647:
        raise ValueError(f"the size {number} is not between 0 and 2147483647 bytes")
    return number


def show_size(number: int | None, separator: str = ",") -> str:
    """§2.3: `50 MB (52,428,800 bytes)`, with the separator of the session's culture."""
    if number is None:
        return UNLIMITED
    unit = next((unit for unit in ("GB", "MB", "KB") if number >= UNITS[unit]), "B")
    digits = f"{number:,}".replace(",", separator)
    return f"{number / UNITS[unit]:.4g} {unit} ({digits} bytes)"


def time_span(text: str) -> int:
    found = re.fullmatch(r"(?:(\d+)\.)?(\d{1,2}):(\d{1,2})(?::(\d{1,2}))?", text)
    if not found:
        raise ValueError(f'"{text}" is not a time span')
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return int(timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds).total_seconds())


def show_time_span(seconds: int) -> str:
    days, rest = divmod(seconds, 86400)
    shown = f"{rest // 3600:02}:{rest % 3600 // 60:02}:{rest % 60:02}"
    return f"{days}.{shown}" if days else shown


def error_policies(text: str) -> str:
    return ", ".join(_enumerated(ERROR_POLICIES, word.strip()) for word in text.split(","))


def domain(text: str) -> str:
    if not DOMAIN.fullmatch(text.removeprefix("*.")) or len(text) > 255:
        raise ValueError(f'"{text}" is not a valid domain')
    return text


def fqdn(text: str) -> str:
    if not DOMAIN.fullmatch(text) or len(text) > 255:
        raise ValueError(f'"{text}" is not a valid fully qualified domain name')
    return text


def port(value) -> int:
    number = value if isinstance(value, int) else int(value)
    if not 0 <= number <= 65535:
        raise ValueError(f"the port {number} is not between 0 and 65535")
    return number


def time(value) -> datetime:
    """Only a [DateTime]: a text would be parsed in the culture of the session (§4)."""
    if not isinstance(value, datetime):
        raise ValueError(f'"{value}" is a text, which the culture of the session decides about; give a [DateTime]')
    return value


def as_list(value, each) -> list:
    items = [each(item) for item in ([value] if isinstance(value, str) else value)]
    keys = [str(item).lower() for item in items]
    for index, key in enumerate(keys):
        if key in keys[:index]:
            raise ValueError(f'the value "{items[index]}" is already present in the collection')
    return items


PARSERS = {
    "Size": lambda value: size(str(value)),
    "TimeSpan": lambda value: time_span(str(value)),
    "Domain": domain,
    "Fqdn": fqdn,
    "Port": port,
    "Number": int,
    "Time": time,
    "Text": str,
    "ErrorPolicies": error_policies,
    "Address": lambda value: str(ipaddress.ip_address(value)),
}
LISTS = {"SmartHosts": smart_host, "AddressSpaces": lambda text: str(address_space(text)), "Servers": str, "Texts": str}


def convert(name: str, kind: str, value):
    """A parameter's value as its type has it; CmdletError as PowerShell's binder raises it."""
    try:
        return _converted(kind, value)
    except (ValueError, TypeError, AttributeError) as error:
        raise not_transformed(name, f"Cannot convert value to its type. Error: {error}.") from None


def _converted(kind: str, value):
    if value is None:
        if kind not in NULLABLE:
            raise ValueError("it cannot be null")
        return [] if kind in LISTS else None
    if kind in ("Boolean", "Switch"):
        if not isinstance(value, bool):
            raise ValueError("boolean parameters accept only boolean values, such as $True and $False")
        return value
    if kind == "Credential":
        if not isinstance(value, Credential):
            raise ValueError("it is not a PSCredential")
        return value
    if kind in LISTS:
        if isinstance(value, Changes):
            return Changes(tuple(map(LISTS[kind], value.add)), tuple(map(LISTS[kind], value.remove)))
        return as_list(value, LISTS[kind])
    if kind in ENUMERATIONS:
        return _enumerated(ENUMERATIONS[kind], str(value))
    if isinstance(value, (bool, list, Credential)):
        raise ValueError(f"a value of another type: {type(value).__name__}")
    return PARSERS[kind](value)


def _enumerated(names: tuple[str, ...], text: str) -> str:
    for name in names:
        if name.lower() == text.lower():
            return name
    raise ValueError(
        f"unable to match the identifier name {text} to a valid enumerator name. Specify one of: {', '.join(names)}"
    )


def merged(current: list[str], value) -> list[str]:
    """A list after a call: the new one, or the present one with items added and removed."""
    if not isinstance(value, Changes):
        return value
    removed = [item.lower() for item in value.remove]
    kept = [item for item in current if item.lower() not in removed]
    try:
        return as_list(kept + list(value.add), str)
    except ValueError as error:
        raise CmdletError(str(error), "System.InvalidOperationException", "InvalidOperation") from None
