"""Which parameters each cmdlet has, of which type, since which release.

From MicrosoftDocs/office-docs-powershell, exchange/exchange-ps (the `Applicable` line of each parameter), and for 2007
from §2.1, whose tables say "all". A row: names, type, first release, last release.
"""

from standin.versions import Version

ALWAYS = 9999
COMMON = (
    ("Verbose Debug", "Switch", 2007, ALWAYS),
    ("ErrorAction WarningAction ErrorVariable WarningVariable OutVariable OutBuffer", "Text", 2007, ALWAYS),
)
CHANGES = (("WhatIf Confirm", "Switch", 2007, ALWAYS),)
DIRECTORY = (("DomainController", "Fqdn", 2007, ALWAYS),)

# §2.1, first table: what New and Set share.
CONNECTOR = (
    ("AddressSpaces", "AddressSpaces", 2007, ALWAYS),
    ("SmartHosts", "SmartHosts", 2007, ALWAYS),
    ("SourceTransportServers", "Servers", 2007, ALWAYS),
    ("AuthenticationCredential", "Credential", 2007, ALWAYS),
    ("DNSRoutingEnabled RequireTLS IgnoreSTARTTLS DomainSecureEnabled ForceHELO Enabled", "Boolean", 2007, ALWAYS),
    ("UseExternalDNSServersEnabled IsScopedConnector RequireOorg", "Boolean", 2007, ALWAYS),
    ("SmartHostAuthMechanism", "AuthMechanism", 2007, ALWAYS),
    ("ProtocolLoggingLevel", "LoggingLevel", 2007, ALWAYS),
    ("Port", "Port", 2007, ALWAYS),
    ("Fqdn", "Fqdn", 2007, ALWAYS),
    ("Comment", "Text", 2007, ALWAYS),
    ("SourceIPAddress", "Address", 2007, ALWAYS),
    ("MaxMessageSize", "Size", 2007, ALWAYS),
    ("ConnectionInactivityTimeOut", "TimeSpan", 2007, ALWAYS),
    ("TlsAuthLevel", "TlsAuthLevel", 2010, ALWAYS),
    ("TlsDomain", "Domain", 2010, ALWAYS),
    ("ErrorPolicies", "ErrorPolicies", 2010, ALWAYS),
    ("SmtpMaxMessagesPerConnection", "Number", 2010, ALWAYS),
    ("IsCoexistenceConnector", "Boolean", 2010, 2010),
    ("LinkedReceiveConnector", "Text", 2010, 2010),
    ("TlsCertificateName", "Text", 2013, ALWAYS),
    ("CloudServicesMailEnabled FrontendProxyEnabled", "Boolean", 2013, ALWAYS),
    ("ConnectorType", "ConnectorType", 2016, ALWAYS),
    ("Force", "Switch", 2007, ALWAYS),
)
USAGES = ("Custom", "Internal", "Internet", "Partner")
SERVER = (("Server", "Text", 2007, ALWAYS),)
QUEUE = (("Identity Filter", "Text", 2007, ALWAYS), ("ResultSize", "Text", 2007, ALWAYS)) + SERVER

CMDLETS = {
    "Get-SendConnector": (("Identity", "Text", 2007, ALWAYS),) + DIRECTORY,
    "New-SendConnector": CONNECTOR
    + DIRECTORY
    + CHANGES
    + (
        ("Name", "Text", 2007, ALWAYS),
        ("Usage", "Usage", 2007, ALWAYS),
        (" ".join(USAGES), "Switch", 2007, ALWAYS),
    ),
    "Set-SendConnector": CONNECTOR + DIRECTORY + CHANGES + (("Identity Name", "Text", 2007, ALWAYS),),
    "Remove-SendConnector": (("Identity", "Text", 2007, ALWAYS),) + DIRECTORY + CHANGES,
    "Get-ExchangeServer": (
        ("Identity", "Text", 2007, ALWAYS),
        ("Domain", "Fqdn", 2007, ALWAYS),
        ("Status", "Switch", 2007, ALWAYS),
    )
    + DIRECTORY,
    "Get-OrganizationConfig": DIRECTORY,
    "Get-TransportConfig": (("Identity", "Text", 2007, ALWAYS),) + DIRECTORY,
    "Get-AcceptedDomain": (("Identity", "Text", 2007, ALWAYS),) + DIRECTORY,
    "Get-EdgeSubscription": (("Identity", "Text", 2007, ALWAYS),) + DIRECTORY,
    "Get-HybridConfiguration": (("DomainController", "Fqdn", 2010, ALWAYS),),
    "Get-TransportServer": (("Identity", "Text", 2007, ALWAYS),) + DIRECTORY,
    "Get-TransportService": (("Identity", "Text", 2013, ALWAYS), ("DomainController", "Fqdn", 2013, ALWAYS)),
    "Get-Queue": QUEUE + (("Include Exclude", "Text", 2013, ALWAYS),),
    "Get-Message": QUEUE
    + (
        ("Queue", "Text", 2007, ALWAYS),
        ("IncludeRecipientInfo", "Switch", 2007, ALWAYS),
    ),
    "Retry-Queue": QUEUE + CHANGES + (("Resubmit", "Boolean", 2007, ALWAYS),),
    "Remove-Message": QUEUE + CHANGES + (("WithNDR", "Boolean", 2007, ALWAYS),),
    "Get-MessageTrackingLog": SERVER
    + DIRECTORY
    + (
        ("MessageId InternalMessageId MessageSubject Sender EventId Reference", "Text", 2007, ALWAYS),
        ("Recipients", "Texts", 2007, ALWAYS),
        ("Start End", "Time", 2007, ALWAYS),
        ("ResultSize", "Text", 2007, ALWAYS),
        ("NetworkMessageId Source TransportTrafficType", "Text", 2016, ALWAYS),
    ),
    # Windows', not Exchange's: in every session.
    "Restart-Service": (("Name", "Texts", 2007, ALWAYS), ("Force", "Switch", 2007, ALWAYS)) + CHANGES,
    "Get-Service": (("Name", "Texts", 2007, ALWAYS), ("ComputerName", "Texts", 2007, ALWAYS)),
}
WINDOWS = ("Restart-Service", "Get-Service")

MANDATORY = {
    "New-SendConnector": ("Name", "AddressSpaces"),
    "Set-SendConnector": ("Identity",),
    "Remove-SendConnector": ("Identity",),
    "Restart-Service": ("Name",),
}
FIRST = {"Get-TransportService": 2013, "Get-HybridConfiguration": 2010}
# §2.1: no such parameters on Edge, and none of the others elsewhere.
NOT_ON_EDGE = ("DomainController", "SourceTransportServers")
EDGE_ALONE = ("SourceIPAddress",)


def known(cmdlet: str, version: Version) -> dict[str, str]:
    """The parameters that a release's cmdlet has, each with its type; KeyError for a cmdlet that it does not have."""
    if FIRST.get(cmdlet, 2007) > version.year:
        raise KeyError(cmdlet)
    found = {}
    for names, kind, first, last in CMDLETS[cmdlet] + COMMON:
        if first <= version.year <= last:
            found.update(dict.fromkeys(names.split(), kind))
    for name in NOT_ON_EDGE if version.edge else EDGE_ALONE:
        found.pop(name, None)
    return found
