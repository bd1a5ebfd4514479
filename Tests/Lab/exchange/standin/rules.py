"""What New- and Set-SendConnector refuse. Each rule is a function of the section that it comes from (RULES, below).

A rule sees the call: what was given, what the connector would be like afterwards, and what it was before.
"""

from dataclasses import dataclass

from standin.errors import invalid
from standin.values import Changes, address_space
from standin.versions import Version
from windows.errors import CmdletError
from windows.logon import Credential

BASIC = ("BasicAuth", "BasicAuthRequireTLS")
TLS_DOMAIN = "The TLSDomain parameter can only be set if the TLSAuthLevel parameter is set to DomainValidation."
INACTIVITY = (1, 86400)
LONGEST_LOGIN = 256
LONGEST_NAME = 64


@dataclass(frozen=True)
class Call:
    """A call after binding. `before` is None when a connector is created."""

    version: Version
    given: dict
    after: dict
    before: dict | None
    servers: dict[str, dict]

    def gives(self, name: str) -> bool:
        """Whether the parameter was given with a value."""
        value = self.given.get(name)
        return value not in (None, [], "") and value != Changes()


def smart_hosts_and_dns(call: Call) -> str | None:
    """§2.2 rule 1: the two are given together, and never contradict each other."""
    dns = call.given.get("DNSRoutingEnabled")
    if call.gives("SmartHosts") and dns is True:
        return "SmartHosts can't be specified when DNSRoutingEnabled is $true."
    if call.gives("SmartHosts") and dns is None and (call.before is None or call.before["DNSRoutingEnabled"]):
        return "If you specify the SmartHosts parameter, the DNSRoutingEnabled parameter must be $false."
    if dns is False and not call.gives("SmartHosts"):
        return "If DNSRoutingEnabled is $false, at least one smart host must be specified on the same command line."
    if not call.after["DNSRoutingEnabled"] and not call.after["SmartHosts"]:
        return "A connector without DNS routing needs at least one smart host."
    return None


def mechanism_needs_smart_hosts(call: Call) -> str | None:
    """§2.2 rule 2, first half."""
    if call.after["DNSRoutingEnabled"] and call.after["SmartHostAuthMechanism"] != "None":
        return "SmartHostAuthMechanism can only be set when the connector routes mail through smart hosts."
    return None


def basic_needs_login(call: Call) -> str | None:
    """§2.2 rule 2, second half; a login without such a mechanism would have no effect."""
    basic = call.after["SmartHostAuthMechanism"] in BASIC
    if basic and not call.gives("AuthenticationCredential") and not call.after["_credential"]:
        return "AuthenticationCredential is mandatory when SmartHostAuthMechanism is BasicAuth or BasicAuthRequireTLS."
    if call.gives("AuthenticationCredential") and not basic:
        return (
            "AuthenticationCredential can only be set when SmartHostAuthMechanism is BasicAuth or BasicAuthRequireTLS."
        )
    return None


def login_is_not_too_long(call: Call) -> str | None:
    """§0a.4. An empty password is not an error: `connectors` silently ignores such a login."""
    login: Credential | None = call.given.get("AuthenticationCredential")
    if login and max(len(login.user), len(login.password)) > LONGEST_LOGIN:
        return f"The user name and the password can't be longer than {LONGEST_LOGIN} characters."
    return None


def tls_is_not_ignored(call: Call) -> str | None:
    """§2.2 rule 3."""
    if call.after["RequireTLS"] and call.after["IgnoreSTARTTLS"]:
        return "IgnoreSTARTTLS must be $false when RequireTLS is $true."
    return None


def tls_level(call: Call) -> str | None:
    """§2.2 rule 4."""
    if call.after.get("TlsAuthLevel") and (call.after["IgnoreSTARTTLS"] or not call.after["RequireTLS"]):
        return "TlsAuthLevel can only be set when RequireTLS is $true and IgnoreSTARTTLS is $false."
    return None


def tls_domain(call: Call) -> str | None:
    """§2.2 rule 5; the first text is Exchange's own."""
    validated = call.after.get("TlsAuthLevel") == "DomainValidation"
    if call.after.get("TlsDomain") and not validated:
        return TLS_DOMAIN
    if validated and not call.after.get("TlsDomain") and not call.after["DNSRoutingEnabled"]:
        return "TlsDomain must be specified when TlsAuthLevel is DomainValidation and mail goes through smart hosts."
    return None


def mutual_tls(call: Call) -> str | None:
    """§2.2 rule 6."""
    if call.after["DomainSecureEnabled"] and (not call.after["DNSRoutingEnabled"] or call.after["IgnoreSTARTTLS"]):
        return "DomainSecureEnabled needs DNS routing, and IgnoreSTARTTLS must be $false."
    return None


def other_address_types(call: Call) -> str | None:
    """§2.2 rule 7; §2.1: on Edge SMTP alone, and `--` nowhere else."""
    spaces = [address_space(space) for space in call.after["AddressSpaces"]]
    foreign = any(space.kind.upper() != "SMTP" for space in spaces)
    if foreign and call.version.edge:
        return "An Edge Transport server's connectors have SMTP address spaces only."
    if foreign and not call.after["SmartHosts"]:
        return "A connector with an address space of another type than SMTP needs a smart host."
    if call.gives("AddressSpaces") and not call.version.edge and any(space.space == "--" for space in spaces):
        return 'The address space "--" is only valid on an Edge Transport server.'
    return None


def some_address_space(call: Call) -> str | None:
    """§2.1 AddressSpaces is mandatory; §2.2 rule 8: none with a linked Receive connector, smart host and login."""
    after = call.after
    if not after.get("LinkedReceiveConnector"):
        return None if after["AddressSpaces"] else "AddressSpaces must have at least one address space."
    if after["AddressSpaces"] or after["DNSRoutingEnabled"] or after["MaxMessageSize"] is not None:
        return "A linked connector has no address spaces, no DNS routing and an unlimited MaxMessageSize."
    return "A linked connector needs authentication." if after["SmartHostAuthMechanism"] == "None" else None


def certificate_names_the_host(call: Call) -> str | None:
    """§2.2 rule 9: no certificate names an address."""
    literal = any(host.startswith("[") for host in call.after["SmartHosts"])
    if literal and call.after["SmartHostAuthMechanism"] == "BasicAuthRequireTLS":
        return "BasicAuthRequireTLS needs smart hosts by their fully qualified domain names."
    return None


def source_servers_exist(call: Call) -> str | None:
    """§2.1: servers by name or FQDN, with the transport role."""
    for name in call.given.get("SourceTransportServers") or []:
        if not find_server(call.servers, name):
            return f'The source transport server "{name}" was not found, or has no transport role.'
    if not call.version.edge and not call.after["SourceTransportServers"]:
        return "A Send connector needs at least one source transport server."
    return None


def limits(call: Call) -> str | None:
    """§2.1: the ranges that are no types of their own."""
    low, high = INACTIVITY
    if not low <= call.after["ConnectionInactivityTimeOut"] <= high:
        return "ConnectionInactivityTimeOut must be between 00:00:01 and 1.00:00:00."
    name = call.after["Name"]
    if not name or len(name) > LONGEST_NAME or name != name.strip():
        return f"The name must have between 1 and {LONGEST_NAME} characters and no space around them."
    return None


def certificate_of_ours(call: Call) -> str | None:
    """§0a.6: a certificate that is enabled for SMTP on the first source server."""
    wanted = call.given.get("TlsCertificateName")
    first = call.after["SourceTransportServers"][:1]
    server = find_server(call.servers, first[0]) if first else None
    if wanted and (not server or wanted not in server.get("Certificates", [])):
        return f'No certificate "{wanted}" that is enabled for SMTP was found on the first source server.'
    return None


RULES = (
    smart_hosts_and_dns,
    mechanism_needs_smart_hosts,
    basic_needs_login,
    login_is_not_too_long,
    tls_is_not_ignored,
    tls_level,
    tls_domain,
    mutual_tls,
    some_address_space,
    other_address_types,
    certificate_names_the_host,
    source_servers_exist,
    limits,
    certificate_of_ours,
)


def find_server(servers: dict[str, dict], name: str) -> dict | None:
    """A server by its name, FQDN, GUID or distinguished name."""
    for guid, server in servers.items():
        if name.lower() in (guid, server["Name"].lower(), server["Fqdn"].lower(), server["DistinguishedName"].lower()):
            return server
    return None


def check(call: Call) -> None:
    for rule in RULES:
        reason = rule(call)
        if reason:
            raise invalid(reason)


def subscribed_edge() -> CmdletError:
    """§0a.6, §1.2: an Edge server that is subscribed is changed on the other side."""
    return invalid(
        "This Edge Transport server is subscribed to an Active Directory site. Make the change on a Mailbox server "
        "(EdgeSync brings it here).",
        "Microsoft.Exchange.Management.SystemConfigurationTasks.SendConnectorException",
    )
