"""The organisations that a test starts with. Smarthosts and logins are the lab's own (smarthost/server.py)."""

from standin.connectors import ROOT, SINCE, defaults
from standin.versions import VERSIONS, Version

SITE = "lab.test/Configuration/Sites/Default-First-Site-Name"
EDGE = "EDGE01"
HYBRID_DOMAIN = "lab.mail.onmicrosoft.com"
SETTINGS = {
    "replication": 2.0,
    "down": [],
    "domains": ["lab.test"],
    "organisation": "5c1d0bb9-7d5c-4d52-9fd0-0d1ea4aa1c0e",
    "roles": {
        "administrator": "Organization Management",
        "mtactl": "Organization Management",
        "viewer": "View-Only Organization Management",
        "nobody": None,
    },
}


def server(name: str, fqdn: str, version: Version) -> dict:
    """A server as Setup writes it into the directory."""
    group = "Exchange Administrative Group (FYDIBOHF23SPDLT)"
    return {
        "_class": "Server",
        "_transport": True,
        "Name": name,
        "Fqdn": fqdn,
        "Edition": "Standard",
        "AdminDisplayVersion": version.display,
        "ServerRole": ", ".join(version.roles),
        "Site": SITE,
        "Domain": "" if version.edge else "lab.test",
        "IsHubTransportServer": not version.edge,
        "IsEdgeServer": version.edge,
        "IsMailboxServer": not version.edge,
        "IsClientAccessServer": not version.edge,
        "DistinguishedName": f"CN={name},CN=Servers,CN={group},CN=Administrative Groups,CN=Lab,CN=Microsoft Exchange,"
        f"CN=Services,{ROOT}",
        "Certificates": [f"<I>CN=mtactl lab<S>CN={fqdn}"],
    }


def connector(version: Version, name: str, servers: list[str], **values) -> dict:
    return (
        defaults(version)
        | {
            "_class": "SendConnector",
            "_usage": "Custom",
            "Name": name,
            "SourceTransportServers": servers,
            "AddressSpaces": ["SMTP:*;1"],
        }
        | _of_release(version, values)
    )


def _of_release(version: Version, values: dict) -> dict:
    """Leaves out properties that the release's connectors do not have."""
    later = {key for year, more in SINCE.items() if year > version.year for key in more}
    return {key: value for key, value in values.items() if key not in later}


def by_smart_host(host: str, port: int, **values) -> dict:
    return {"DNSRoutingEnabled": False, "SmartHosts": [host], "Port": port, **values}


def with_login() -> dict:
    return by_smart_host(
        "outgoing.example.net",
        587,
        SmartHostAuthMechanism="BasicAuthRequireTLS",
        _credential={"user": "out@example.com", "password": "secret of out"},
    )


def hybrid(version: Version, servers: list[str]) -> list[dict]:
    return [
        connector(version, "Internet", servers),
        connector(
            version,
            "Outbound to Office 365",
            servers,
            AddressSpaces=[f"smtp:{HYBRID_DOMAIN};1"],
            RequireTLS=True,
            TlsAuthLevel="DomainValidation",
            TlsDomain="mail.protection.outlook.com",
            CloudServicesMailEnabled=True,
            Fqdn="mail.lab.test",
        ),
    ]


def edgesync(version: Version, servers: list[str]) -> list[dict]:
    site = "Default-First-Site-Name"
    return [
        connector(
            version, f"EdgeSync - {site} to Internet", [EDGE], AddressSpaces=["smtp:*;100"], DomainSecureEnabled=True
        ),
        connector(
            version,
            f"EdgeSync - Inbound to {site}",
            [EDGE],
            AddressSpaces=["smtp:--;100"],
            **by_smart_host("--", 25, SmartHostAuthMechanism="ExchangeServer"),
        ),
    ]


MODELS = {
    "clean": lambda version, servers: [],
    "dns": lambda version, servers: [connector(version, "Internet", servers)],
    "login": lambda version, servers: [connector(version, "Outbound filter", servers, **with_login())],
    # The second one takes the mail: of two with the same cost, the lower name wins (§2.4).
    "two": lambda version, servers: [
        connector(version, "Internet", servers),
        connector(version, "Archive gateway", servers, **by_smart_host("outgoing2.example.net", 2526)),
    ],
    "hybrid": hybrid,
    "edgesync": edgesync,
}
MORE_SETTINGS = {"hybrid": {"hybrid": HYBRID_DOMAIN}, "edgesync": {"edge-subscription": EDGE}}


def objects(model: str, members: list[dict]) -> tuple[dict, list[dict]]:
    """Settings and objects of an organisation: its servers (name, fqdn, version) and what the model has."""
    version = VERSIONS[members[0]["version"]]
    servers = [server(member["server"], member["fqdn"], VERSIONS[member["version"]]) for member in members]
    names = [] if version.edge else [member["server"] for member in members]
    if model == "edgesync":
        servers.append(server(EDGE, "edge01.lab.test", VERSIONS["2016-edge"]))
    # An Edge server has a directory of its own, AD LDS.
    settings = SETTINGS | {"model": model, "single": version.edge} | MORE_SETTINGS.get(model, {})
    return settings, servers + MODELS[model](version, names)
