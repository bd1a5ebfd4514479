"""The Send connectors of an organisation: New-, Set-, Get- and Remove-SendConnector on the model. §2.1 to §2.3, §0a."""

import re
from datetime import datetime, timezone

from standin.directory import Directory
from standin.errors import invalid, not_found, prompt
from standin.parameters import USAGES
from standin.rules import Call, check, find_server, subscribed_edge
from standin.values import address_space, merged, show_size, show_time_span
from standin.versions import Version
from windows.errors import CmdletError
from windows.logon import Credential

MEGABYTE = 1 << 20
DEFAULT_SIZE = 35 * MEGABYTE  # §0a.5
ROOT = "CN=Configuration,DC=lab,DC=test"
GROUP = "Exchange Routing Group (DWBGZMFD01QNBJR)"
CONNECTIONS = (
    f"CN=Connections,CN={GROUP},CN=Routing Groups,CN=Exchange Administrative Group (FYDIBOHF23SPDLT),"
    f"CN=Administrative Groups,CN=Lab,CN=Microsoft Exchange,CN=Services,{ROOT}"
)
# §2.1: what a connector is like when nothing is said about it.
DEFAULTS = {
    "AddressSpaces": [],
    "SmartHosts": [],
    "SourceTransportServers": [],
    "DNSRoutingEnabled": True,
    "RequireTLS": False,
    "IgnoreSTARTTLS": False,
    "DomainSecureEnabled": False,
    "ForceHELO": False,
    "Enabled": True,
    "Port": 25,
    "UseExternalDNSServersEnabled": False,
    "IsScopedConnector": False,
    "RequireOorg": False,
    "Fqdn": None,
    "SmartHostAuthMechanism": "None",
    "ProtocolLoggingLevel": "None",
    "Comment": None,
    "SourceIPAddress": "0.0.0.0",
    "ConnectionInactivityTimeOut": 600,
    "MaxMessageSize": DEFAULT_SIZE,
    "_credential": None,
}
SINCE = {
    2010: {"TlsAuthLevel": None, "TlsDomain": None, "ErrorPolicies": "Default", "SmtpMaxMessagesPerConnection": 20},
    2013: {"TlsCertificateName": None, "CloudServicesMailEnabled": False, "FrontendProxyEnabled": False},
    2016: {"ConnectorType": "Default"},
}
LINKED = {"LinkedReceiveConnector": None, "IsCoexistenceConnector": False}
LISTS = ("AddressSpaces", "SmartHosts", "SourceTransportServers")


def defaults(version: Version) -> dict:
    values = dict(DEFAULTS)
    for year, more in SINCE.items():
        if version.year >= year:
            values.update(more)
    if version.year == 2010:
        values.update(LINKED)
    return values


class Connectors:
    """The cmdlets as one server's management shell has them. `server` is that server's short name."""

    def __init__(self, directory: Directory, version: Version, server: str):
        self.directory, self.version, self.server = directory, version, server

    # Reading.

    def all(self, controller: str) -> dict[str, dict]:
        return self._of_class(controller, "SendConnector")

    def servers(self, controller: str) -> dict[str, dict]:
        return self._of_class(controller, "Server")

    def _of_class(self, controller: str, name: str) -> dict[str, dict]:
        return {guid: item for guid, item in self.directory.objects(controller).items() if item["_class"] == name}

    def find(self, identity: str, controller: str) -> dict | None:
        for guid, item in self.all(controller).items():
            if identity.lower() in (guid, item["Name"].lower(), distinguished(item["Name"]).lower()):
                return item
        return None

    def get(self, given: dict) -> list[dict]:
        """§0 decision 5: an unknown identity returns all connectors."""
        controller = self._controller(given, writing=False)
        found = self.find(given["Identity"], controller) if given.get("Identity") else None
        items = [found] if found else sorted(self.all(controller).values(), key=lambda item: item["Name"].lower())
        return [self.shown(item, controller) for item in items]

    def shown(self, item: dict, controller: str) -> dict:
        """An object as the cmdlets return it: §2.3, with its quirks. It never contains the password."""
        name = item["Name"]
        shown = {key: value for key, value in item.items() if not key.startswith("_")}
        for key, value in defaults(self.version).items():
            if not key.startswith("_"):
                shown.setdefault(key, value)
        login = item.get("_credential")
        shown |= {
            "Identity": name,
            "Id": name,
            "DistinguishedName": distinguished(name),
            "AdminDisplayName": "",
            "AuthenticationCredential": Credential(login["user"], "") if login else None,
            "MaxMessageSize": show_size(item["MaxMessageSize"], self.directory.settings.get("thousands", ",")),
            "ConnectionInactivityTimeOut": show_time_span(item["ConnectionInactivityTimeOut"]),
            # Both lists have no order, so they come back in another one than they were given in.
            "SourceTransportServers": sorted(item["SourceTransportServers"], reverse=True),
            "SmartHostsString": ",".join(item["SmartHosts"]),
            "ConnectedDomains": [],
            "IsSmtpConnector": True,
            "SourceRoutingGroup": GROUP,
            "HomeMTA": "Microsoft MTA",
            "HomeMtaServerId": self.server,
            "ObjectClass": ["top", "msExchConnector", "mailGateway", "msExchRoutingSMTPConnector"],
            "IsValid": True,
            "OrganizationId": "",
            "OriginatingServer": self.server if self.version.edge else controller,
            "ObjectState": "Unchanged",
            "ObjectCategory": f"{ROOT}/Schema/ms-Exch-Routing-SMTP-Connector",
        }
        for key in ("WhenChanged", "WhenCreated"):
            # A directory's times are whole seconds.
            shown[key] = datetime.fromtimestamp(int(item[key]), timezone.utc)
            if self.version.year >= 2010:
                shown[key + "UTC"] = shown[key]
        return shown

    # Changing.

    def new(self, given: dict) -> list[dict]:
        controller = self._writable(given)
        usage = self._usage(given)
        after = defaults(self.version) | {"Name": given["Name"], "_class": "SendConnector", "_usage": usage}
        if usage == "Internal":
            after["MaxMessageSize"] = None
        if not self.version.edge:
            after["SourceTransportServers"] = [self.server]
        after = self._applied(after, given, None, controller)
        if self.find(given["Name"], controller):
            raise CmdletError(
                f"Active Directory operation failed on {controller}. The object '{distinguished(given['Name'])}' "
                "already exists.",
                "Microsoft.Exchange.Data.Directory.ADObjectAlreadyExistsException",
                "NotSpecified",
            )
        if given.get("Enabled") is False and not given.get("Force"):
            raise prompt("The connector will be created disabled. Do you want to continue?")
        self._confirm(given, "New-SendConnector", given["Name"])
        if given.get("WhatIf"):
            return []
        guid = self.directory.write(controller, None, after)
        return [self.shown(self.all(controller)[guid], controller)]

    def set(self, given: dict, warnings: list[str]) -> list[dict]:
        controller = self._writable(given)
        before = self._found(given, controller)
        self._edgesync(before, given)
        after = self._applied(dict(before), given, before, controller)
        other = self.find(after["Name"], controller)
        if other and other["Guid"] != before["Guid"]:
            raise invalid(f"A Send connector with the name {after['Name']} exists already.")
        self._confirm(given, "Set-SendConnector", before["Name"])
        changed = {key: value for key, value in after.items() if before.get(key) != value}
        if not changed:
            warnings.append(
                f"The command completed successfully but no settings of '{before['Name']}' have been modified."
            )
        elif not given.get("WhatIf"):
            self.directory.write(controller, before["Guid"], changed)
        return []

    def remove(self, given: dict) -> list[dict]:
        """§2.1: asks for confirmation, unless `-Confirm:$false`."""
        controller = self._writable(given)
        item = self._found(given, controller)
        if given.get("Confirm") is not False and not given.get("WhatIf"):
            raise prompt(f'Are you sure you want to perform this action? Removing the Send connector "{item["Name"]}".')
        if not given.get("WhatIf"):
            self.directory.write(controller, item["Guid"], None)
        return []

    # Parts.

    def _controller(self, given: dict, writing: bool) -> str:
        return self.directory.controller(given.get("DomainController"), writing)

    def _writable(self, given: dict) -> str:
        if self.version.edge and self.directory.settings.get("subscribed"):
            raise subscribed_edge()
        return self._controller(given, writing=True)

    def _found(self, given: dict, controller: str) -> dict:
        item = self.find(given["Identity"], controller) if given["Identity"] else None
        if not item:
            raise not_found(given["Identity"], controller)
        return item

    @staticmethod
    def _confirm(given: dict, cmdlet: str, name: str) -> None:
        if given.get("Confirm"):
            raise prompt(f'Are you sure you want to perform this action? {cmdlet} "{name}".')

    @staticmethod
    def _edgesync(item: dict, given: dict) -> None:
        """§0a.2: a change of the connector with the address space `--` is confirmed by -Force alone."""
        if any(address_space(space).space == "--" for space in item["AddressSpaces"]) and not given.get("Force"):
            raise prompt("This Send connector is managed by EdgeSync. Do you want to modify it?")

    @staticmethod
    def _usage(given: dict) -> str:
        """§2.1: one of four switches, or -Usage; they exclude each other."""
        said = [name for name in USAGES if given.get(name)] + [given[name] for name in ("Usage",) if given.get(name)]
        if len(said) > 1:
            raise invalid(f"More than one usage is given: {', '.join(said)}.")
        return said[0] if said else "Custom"

    def _applied(self, after: dict, given: dict, before: dict | None, controller: str) -> dict:
        """The connector as it would be, once the rules have accepted it."""
        servers = self.servers(controller)
        kept = defaults(self.version).keys() | {"Name"}
        for name, value in given.items():
            if name in kept:
                after[name] = merged(after.get(name, []), value) if name in LISTS else value
        after["SourceTransportServers"] = [
            (find_server(servers, name) or {"Name": name})["Name"] for name in after["SourceTransportServers"]
        ]
        if before and given.get("DNSRoutingEnabled") is True:
            self._back_to_dns(after, given)
        login = given.get("AuthenticationCredential")
        if "AuthenticationCredential" in given and login is None:
            after["_credential"] = None
        check(Call(self.version, given, after, before, servers))
        # §0a.4: a login without a password is silently ignored.
        if login and login.password:
            after["_credential"] = {"user": login.user, "password": login.password}
        return after

    @staticmethod
    def _back_to_dns(after: dict, given: dict) -> None:
        """§0a.3: smart hosts, mechanism and login are forgotten. What is given with it has to agree (§2.2 rule 11)."""
        after["_credential"] = None
        if "SmartHosts" not in given:
            after["SmartHosts"] = []
        if "SmartHostAuthMechanism" not in given:
            after["SmartHostAuthMechanism"] = "None"


def distinguished(name: str) -> str:
    escaped = re.sub(r'([,+"\\<>;=#])', r"\\\1", name)
    return f"CN={escaped},{CONNECTIONS}"
