"""Exchange's cmdlets on the model, for one call of one session. Their list is the executor's."""

import time
from datetime import datetime
from fnmatch import fnmatchcase

from standin.binding import bound
from standin.connectors import ROOT, Connectors
from standin.directory import CONTROLLERS
from standin.errors import no_command, not_found, prompt
from standin.host import Host
from standin.presence import HOST, TRANSPORT, is_there
from standin.queues import Queues, shown
from standin.rules import find_server
from standin.shells import Shell, access_denied, may, second_hop_error
from standin.tracking import TrackingLog
from standin.watch import watch
from windows.errors import CmdletError

BANNER = "\r\n         Welcome to the Exchange Management Shell!\r\n\r\nVERBOSE: Connecting to {fqdn}.\r\n"


class Cmdlets:
    def __init__(self, host: Host, shell: Shell):
        self.host, self.shell = host, shell
        self.connectors = Connectors(host.directory, host.version, host.server)
        self.warnings: list[str] = []

    @property
    def kind(self) -> str:
        return self.shell.kind

    @property
    def banner(self) -> str:
        """The banner that the shell prints at its start."""
        return BANNER.format(fqdn=self.host.fqdn) if self.kind == "remote" else ""

    def run(self, name: str, arguments: dict) -> list[dict]:
        """The objects that a cmdlet returns; each is a dictionary of its properties."""
        if name == "tracking.watch":
            return watch(self.run, arguments)
        method = getattr(self, "_" + name.lower().replace("-", "_"), None)
        if method is None:
            raise no_command(name)
        if self.shell.kind == "snapin" and not self.shell.logon.second_hop and not self.host.version.edge:
            raise second_hop_error(self.host, self.shell.logon)
        if not may(self.host, self.shell, name):
            raise no_command(name) if self.shell.kind != "snapin" else access_denied(CONTROLLERS[0])
        arguments = {key: value for key, value in arguments.items() if key.lower() != "erroraction"}
        return method(bound(name, self.host.version, arguments))

    # Send connectors.

    def _get_sendconnector(self, given: dict) -> list[dict]:
        return self.connectors.get(given)

    def _new_sendconnector(self, given: dict) -> list[dict]:
        return self.connectors.new(given)

    def _set_sendconnector(self, given: dict) -> list[dict]:
        return self.connectors.set(given, self.warnings)

    def _remove_sendconnector(self, given: dict) -> list[dict]:
        return self.connectors.remove(given)

    # The organisation.

    def _servers(self, given: dict) -> list[dict]:
        controller = self.host.directory.controller(given.get("DomainController"), writing=False)
        servers = self.connectors.servers(controller)
        if not given.get("Identity"):
            return sorted(servers.values(), key=lambda server: server["Name"])
        server = find_server(servers, given["Identity"])
        if not server:
            raise not_found(given["Identity"], controller)
        return [server]

    def _get_exchangeserver(self, given: dict) -> list[dict]:
        controller = self.host.directory.controller(given.get("DomainController"), writing=False)
        more = {"IsValid": True, "OriginatingServer": self.host.fqdn if self.host.version.edge else controller}
        if given.get("Status") and not self.host.version.edge:
            up = [name for name in CONTROLLERS if name not in self.host.directory.settings["down"]]
            more |= {
                "CurrentDomainControllers": up,
                "CurrentGlobalCatalogs": up,
                "CurrentConfigDomainController": up[0] if up else None,
            }
        return [
            {key: value for key, value in server.items() if not key.startswith("_") and key != "Certificates"}
            | {"Identity": server["Name"]}
            | more
            for server in self._servers(given)
        ]

    def _get_organizationconfig(self, given: dict) -> list[dict]:
        self.host.directory.controller(given.get("DomainController"), writing=False)
        name = "First Organization" if self.host.version.edge else "Lab"
        return [
            {
                "Name": name,
                "Identity": name,
                "IsValid": True,
                "IsMixedMode": False,
                "Guid": self.host.directory.settings["organisation"],
                "DistinguishedName": f"CN={name},CN=Microsoft Exchange,CN=Services,{ROOT}",
            }
        ]

    def _get_accepteddomain(self, given: dict) -> list[dict]:
        return [
            {"Name": domain, "DomainName": domain, "DomainType": "Authoritative", "Default": True, "Identity": domain}
            for domain in self.host.directory.settings["domains"]
        ]

    def _get_edgesubscription(self, given: dict) -> list[dict]:
        edge = self.host.directory.settings.get("edge-subscription")
        return [{"Name": edge, "Identity": edge, "Site": "Default-First-Site-Name", "IsValid": True}] if edge else []

    def _get_hybridconfiguration(self, given: dict) -> list[dict]:
        hybrid = self.host.directory.settings.get("hybrid")
        return (
            [{"Name": "Hybrid Configuration", "Identity": "Hybrid Configuration", "Domains": [hybrid]}]
            if hybrid
            else []
        )

    def _get_exchangecertificate(self, given: dict) -> list[dict]:
        subject = f"CN={self.host.fqdn}"
        return [{"Subject": subject, "Issuer": "CN=mtactl lab", "Services": "SMTP", "Thumbprint": "0" * 40}]

    def _get_transportserver(self, given: dict) -> list[dict]:
        folder = self.host.version.folder + "\\TransportRoles\\"
        pickup = None if self.host.directory.settings.get("pickup") == "off" else self.host.pickup
        return [
            {
                "Name": server["Name"],
                "Identity": server["Name"],
                "PickupDirectoryPath": pickup,
                "ReplayDirectoryPath": folder + "Replay",
                "PickupDirectoryMaxMessagesPerMinute": 100,
                "MessageTrackingLogEnabled": True,
                "MessageTrackingLogPath": folder + "Logs\\MessageTracking",
                "IsValid": True,
            }
            for server in self._servers(given)
            if server["_transport"]
        ]

    _get_transportservice = _get_transportserver

    # Queues.

    def _queues(self, given: dict, server: str | None = None, needed: str = TRANSPORT) -> tuple[str, Queues]:
        """The queues of the named server. One whose service is stopped does not answer."""
        name = given.get("Server") or server or self.host.server
        controller = self.host.directory.controller(None, writing=False)
        found = find_server(self.connectors.servers(controller), name)
        if not found:
            raise not_found(name, controller)
        folder = self.host.folder_of(found["Name"])
        if not is_there(folder, needed):
            service = "Transport" if needed == TRANSPORT else "Transport Log Search"
            raise CmdletError(
                f'The Microsoft Exchange {service} service isn\'t available on the server "{found["Fqdn"]}". '
                "Verify that the service is started.",
                "Microsoft.Exchange.Management.Tasks.LocalizedException",
                "ResourceUnavailable",
            )
        return found["Name"], Queues(folder)

    def _get_queue(self, given: dict) -> list[dict]:
        server, _, _ = (given.get("Identity") or "").rpartition("\\")
        name, queues = self._queues(given, server or None)
        rows = shown(name, queues.messages(), time.time())
        wanted = (given.get("Identity") or "").lower()
        return [row for row in rows if not wanted or row["Identity"].lower() in (wanted, f"{name.lower()}\\{wanted}")]

    def _get_message(self, given: dict) -> list[dict]:
        name, queues = self._queues(given)
        return [
            {
                "Identity": f"{name}\\{message.next_hop}\\{message.number}",
                "FromAddress": message.sender,
                "Subject": message.subject,
                "Queue": f"{name}\\{message.next_hop}",
                "InternetMessageId": message.message_id,
                "Status": "Retry" if message.last_error else "Ready",
                "LastError": message.last_error,
                "Size": message.size,
                "Recipients": message.recipients,
            }
            for message in queues.messages()
            if self._filtered(given, message)
        ]

    @staticmethod
    def _filtered(given: dict, message) -> bool:
        """-Filter, as far as the lab needs it: `InternetMessageId -eq "…"`; other filters are refused."""
        text = given.get("Filter")
        if not text:
            return True
        words = text.strip("{} ").split(None, 2)
        if len(words) != 3 or words[0].lower() != "internetmessageid" or words[1].lower() != "-eq":
            raise CmdletError(f"The filter {text} is not known to the stand-in.", "InvalidFilter")
        return words[2].strip("'\" ") == message.message_id

    def _retry_queue(self, given: dict) -> list[dict]:
        _, queues = self._queues(given)
        for message in queues.messages():
            message.due = 0.0
            if given.get("Resubmit"):
                message.connector, message.next_hop = None, "Submission"
            queues.keep(message)
        return []

    def _remove_message(self, given: dict) -> list[dict]:
        if given.get("Confirm") is not False:
            raise prompt("Are you sure you want to perform this action? Removing a message.")
        name, queues = self._queues(given)
        if not given.get("Identity") and not given.get("Filter"):
            raise not_found("", name)
        for message in queues.messages():
            identity = f"{name}\\{message.next_hop}\\{message.number}".lower()
            if self._filtered(given, message) and given.get("Identity", identity).lower() == identity:
                queues.remove(message)
        return []

    # The tracking log.

    def _get_messagetrackinglog(self, given: dict) -> list[dict]:
        name, queues = self._queues(given, needed=HOST)
        rows = TrackingLog(queues.folder.parent, self.host.version).rows()
        rows = [row for row in rows if self._tracked(given, row)]
        limit = given.get("ResultSize") or "1000"
        return rows if limit.lower() == "unlimited" else rows[: int(limit)]

    @staticmethod
    def _tracked(given: dict, row: dict) -> bool:
        when: datetime = row["Timestamp"]
        if given.get("Start") and when < given["Start"] or given.get("End") and when >= given["End"]:
            return False
        texts = ("MessageId", "Sender", "EventId", "Source", "NetworkMessageId", "InternalMessageId")
        if any(given.get(key) and str(row.get(key)).lower() != given[key].lower() for key in texts):
            return False
        subject = given.get("MessageSubject")
        if subject and not fnmatchcase((row["MessageSubject"] or "").lower(), f"*{subject.lower()}*"):
            return False
        wanted = {item.lower() for item in given.get("Recipients") or []}
        return not wanted or bool(wanted & {item.lower() for item in row["Recipients"]})
