"""Identities, prompts, what is shown and what is never shown, two controllers. §0, §0a, §2.1, §2.3, §9.2."""

import json
from datetime import datetime, timezone

from standin.parameters import known
from standin.values import Changes
from standin.versions import VERSIONS
from tests.organisation import LOGIN, SMART, Organisation
from windows.logon import Credential

BASIC = SMART | {"SmartHostAuthMechanism": "BasicAuth", "AuthenticationCredential": LOGIN}


class ParameterTests(Organisation):
    def test_what_each_release_has(self):
        """§2.1, column "Since / where", and each parameter's `Applicable` line."""
        for name, first, last in [
            ("TlsAuthLevel", 2010, 2020),
            ("TlsDomain", 2010, 2020),
            ("ErrorPolicies", 2010, 2020),
            ("SmtpMaxMessagesPerConnection", 2010, 2020),
            ("TlsCertificateName", 2013, 2020),
            ("CloudServicesMailEnabled", 2013, 2020),
            ("FrontendProxyEnabled", 2013, 2020),
            ("ConnectorType", 2016, 2020),
            ("LinkedReceiveConnector", 2010, 2010),
            ("IsCoexistenceConnector", 2010, 2010),
            ("SmartHosts", 2007, 2020),
            ("SourceTransportServers", 2007, 2020),
            ("ProtocolLoggingLevel", 2007, 2020),
        ]:
            for version in VERSIONS.values():
                if version.edge:
                    continue
                for cmdlet in ("New-SendConnector", "Set-SendConnector"):
                    with self.subTest(name=name, version=version.name, cmdlet=cmdlet):
                        self.assertEqual(name in known(cmdlet, version), first <= version.year <= last)

    def test_an_unknown_parameter_is_a_binding_error(self):
        self.begin("dns", "2010")
        for name in ("FrontendProxyEnabled", "NoSuchThing", "SmartHost"):
            error = self.refused("Set-SendConnector", Identity="Internet", **{name: True})
            self.assertEqual(error.message, f"A parameter cannot be found that matches parameter name '{name}'.")

    def test_edge_has_no_controllers_and_no_source_servers(self):
        self.begin("clean", "2016-edge")
        for more in ({"DomainController": "dc1.lab.test"}, {"SourceTransportServers": ["EXCH16"]}):
            self.assertEqual(self.refused("New-SendConnector", **SMART | more).identifier, "NamedParameterNotFound")

    def test_a_cmdlet_that_a_release_does_not_have(self):
        self.begin("clean", "2010")
        self.assertIn("Get-TransportService", self.refused("Get-TransportService").message)
        self.assertEqual(self.run_cmdlet("Get-TransportServer")[0]["Name"], "EXCH16")

    def test_mandatory_parameters(self):
        for arguments in ({"Name": "x"}, {"AddressSpaces": ["*"]}, {"Name": "", "AddressSpaces": ["*"]}):
            self.assertEqual(self.refused("New-SendConnector", **arguments).identifier, "MissingMandatoryParameter")


class IdentityTests(Organisation):
    model = "two"

    def test_an_unknown_identity_reads_all(self):
        """§0 decision 5"""
        for identity in ("No such connector", "", None):
            self.assertEqual(len(self.run_cmdlet("Get-SendConnector", Identity=identity)), 2)
        self.assertEqual(len(self.run_cmdlet("Get-SendConnector", Identity="internet")), 1)

    def test_but_changes_nothing(self):
        error = self.refused("Set-SendConnector", Identity="No such connector", Enabled=False)
        self.assertIn("couldn't be found on 'dc1.lab.test'", error.message)

    def test_by_guid_and_distinguished_name(self):
        item = self.connector("Internet")
        for identity in (item["Guid"], item["DistinguishedName"], item["Guid"].upper()):
            self.assertEqual(
                [found["Name"] for found in self.run_cmdlet("Get-SendConnector", Identity=identity)], ["Internet"]
            )

    def test_names_are_unique(self):
        self.assertIn("already exists", self.refused("New-SendConnector", **SMART | {"Name": "INTERNET"}).message)
        self.refused("Set-SendConnector", Identity="Internet", Name="Archive gateway")

    def test_nothing_changed_is_a_warning(self):
        cmdlets = self.cmdlets()
        cmdlets.run("Set-SendConnector", {"Identity": "Internet", "Port": 25})
        self.assertIn("no settings of 'Internet' have been modified", cmdlets.warnings[0])


class PromptTests(Organisation):
    """§0a.2, §2.1"""

    def test_creating_disabled_needs_force(self):
        error = self.refused("New-SendConnector", **SMART, Enabled=False, Confirm=False)
        self.assertEqual(error.identifier, "HostFunctionNotImplemented")
        self.run_cmdlet("New-SendConnector", **SMART, Enabled=False, Force=True)
        self.assertFalse(self.connector(SMART["Name"])["Enabled"])

    def test_removing_needs_confirm_false(self):
        self.begin("dns")
        self.refused("Remove-SendConnector", Identity="Internet")
        self.run_cmdlet("Remove-SendConnector", Identity="Internet", Confirm=False)
        self.assertEqual(self.run_cmdlet("Get-SendConnector", DomainController="dc1"), [])

    def test_edgesync_needs_force(self):
        self.begin("edgesync")
        name = "EdgeSync - Inbound to Default-First-Site-Name"
        self.refused("Set-SendConnector", Identity=name, Enabled=False)
        self.run_cmdlet("Set-SendConnector", Identity=name, Enabled=False, Force=True)

    def test_what_if_changes_nothing(self):
        self.begin("dns")
        self.run_cmdlet("New-SendConnector", **SMART, WhatIf=True)
        self.run_cmdlet("Set-SendConnector", Identity="Internet", Port=587, WhatIf=True)
        self.run_cmdlet("Remove-SendConnector", Identity="Internet", WhatIf=True)
        self.assertEqual(self.connector("Internet")["Port"], 25)
        self.assertEqual(len(self.run_cmdlet("Get-SendConnector", DomainController="dc1")), 1)


class ShownTests(Organisation):
    def test_the_quirks_of_what_is_read(self):
        """§2.3"""
        self.run_cmdlet(
            "New-SendConnector",
            **SMART | {"SmartHosts": ["192.0.2.1", "b.example.net"], "AddressSpaces": ["Example.com"]},
            SourceTransportServers=["EXCH16", "EXCH16-2"],
            MaxMessageSize="50MB",
        )
        item = self.connector(SMART["Name"])
        self.assertEqual(item["SmartHosts"], ["[192.0.2.1]", "b.example.net"])
        self.assertEqual(item["AddressSpaces"], ["SMTP:Example.com;1"])
        self.assertEqual(item["SourceTransportServers"], ["EXCH16-2", "EXCH16"])
        self.assertEqual(item["MaxMessageSize"], "50 MB (52,428,800 bytes)")
        self.assertEqual(item["ConnectionInactivityTimeOut"], "00:10:00")
        self.assertEqual(item["WhenChanged"], datetime.fromtimestamp(self.clock, timezone.utc))
        self.host.directory.set(thousands=".")
        self.assertEqual(self.connector(SMART["Name"])["MaxMessageSize"], "50 MB (52.428.800 bytes)")

    def test_what_a_release_does_not_have_is_absent(self):
        self.begin("dns", "2007")
        for name in ("TlsAuthLevel", "TlsDomain", "FrontendProxyEnabled", "ConnectorType"):
            self.assertNotIn(name, self.connector("Internet"))

    def test_a_password_is_in_no_answer(self):
        self.begin("login")
        for cmdlet in ("Get-SendConnector", "Get-ExchangeServer", "Get-Queue"):
            try:
                self.assertNotIn("secret", repr(self.run_cmdlet(cmdlet)))
            except Exception as error:
                self.assertNotIn("secret", str(error))
        self.assertEqual(
            self.connector("Outbound filter")["AuthenticationCredential"], Credential("out@example.com", "")
        )
        self.assertFalse(any(key.startswith("_") for key in self.connector("Outbound filter")))

    def test_the_file_with_passwords_is_closed(self):
        self.begin("login")
        path = self.host.organisation / "directory.json"
        self.assertIn("secret of out", json.dumps(json.loads(path.read_text())))
        self.assertEqual(path.stat().st_mode & 0o777, 0o600)

    def test_default_sizes_by_usage(self):
        """§0a.5"""
        self.run_cmdlet("New-SendConnector", Name="in", AddressSpaces=["in.example"], Internal=True)
        self.run_cmdlet("New-SendConnector", Name="out", AddressSpaces=["out.example"], Usage="Internet")
        self.assertEqual(self.connector("in")["MaxMessageSize"], "Unlimited")
        self.assertEqual(self.connector("out")["MaxMessageSize"], "35 MB (36,700,160 bytes)")
        self.refused("New-SendConnector", Name="two", AddressSpaces=["x.example"], Internal=True, Custom=True)


class BackToDNSTests(Organisation):
    model = "login"

    def test_routing_by_dns_forgets_hosts_mechanism_and_login(self):
        """§0a.3, §2.2 rule 11"""
        self.run_cmdlet(
            "Set-SendConnector",
            Identity="Outbound filter",
            DNSRoutingEnabled=True,
            SmartHosts=None,
            SmartHostAuthMechanism="None",
        )
        item = self.connector("Outbound filter")
        self.assertEqual(
            (item["SmartHosts"], item["SmartHostAuthMechanism"], item["AuthenticationCredential"]), ([], "None", None)
        )
        self.refused(
            "Set-SendConnector",
            Identity="Outbound filter",
            DNSRoutingEnabled=False,
            SmartHosts=["outgoing.example.net"],
            SmartHostAuthMechanism="BasicAuth",
        )

    def test_a_list_takes_additions(self):
        change = Changes(add=("outgoing2.example.net",), remove=("outgoing.example.net",))
        self.run_cmdlet("Set-SendConnector", Identity="Outbound filter", SmartHosts=change)
        self.assertEqual(self.connector("Outbound filter")["SmartHosts"], ["outgoing2.example.net"])


class ControllerTests(Organisation):
    """§9.2: two controllers with a delay."""

    def test_a_change_is_late_on_the_other_one(self):
        self.begin("dns")
        self.host.directory.set(replication=30)
        self.run_cmdlet("Set-SendConnector", Identity="Internet", Port=587)
        self.assertEqual(self.connector("Internet", "dc1.lab.test")["Port"], 587)
        self.assertEqual(self.connector("Internet", "dc2.lab.test")["Port"], 25)
        self.assertEqual(self.run_cmdlet("Get-SendConnector")[0]["Port"], 25, "a read without a pin is stale")
        self.clock += 31
        self.assertEqual(self.connector("Internet", "dc2.lab.test")["Port"], 587)

    def test_an_edge_server_has_one_directory(self):
        self.begin("dns", "2016-edge")
        self.host.directory.set(replication=30)
        self.run_cmdlet("Set-SendConnector", Identity="Internet", Port=587)
        self.assertEqual(self.run_cmdlet("Get-SendConnector")[0]["Port"], 587)

    def test_the_controllers_are_told(self):
        server = self.run_cmdlet("Get-ExchangeServer", Identity="EXCH16", Status=True)[0]
        self.assertEqual(server["CurrentDomainControllers"], ["dc1.lab.test", "dc2.lab.test"])
        self.assertEqual(server["OriginatingServer"], "dc2.lab.test")

    def test_when_changed_belongs_to_the_controller(self):
        self.begin("dns")
        self.host.directory.set(replication=30)
        self.run_cmdlet("Set-SendConnector", Identity="Internet", Port=587)
        self.clock += 60
        times = [self.connector("Internet", name)["WhenChanged"].timestamp() for name in ("dc1", "dc2")]
        self.assertEqual(times[1] - times[0], 30)

    def test_a_controller_that_does_not_answer(self):
        self.begin("dns")
        self.host.directory.set(down=["dc2.lab.test"])
        self.assertIn("0x51", self.refused("Get-SendConnector", DomainController="dc2.lab.test").message)
        self.assertEqual(len(self.run_cmdlet("Get-SendConnector")), 1)
        self.refused("Get-SendConnector", DomainController="nowhere.lab.test")
        self.host.directory.set(down=["dc1.lab.test", "dc2.lab.test"])
        self.refused("Get-SendConnector")


class RoleTests(Organisation):
    """§1.2"""

    def test_without_the_role_there_is_no_such_cmdlet(self):
        error = self._refused("viewer", "New-SendConnector", SMART)
        self.assertEqual(error.identifier, "CommandNotFoundException")
        self.cmdlets("viewer").run("Get-SendConnector", {})
        self._refused("outsider", "Get-SendConnector", {})

    def test_without_roles_the_directory_refuses(self):
        self.begin("clean", "2007")
        self.assertIn("INSUFF_ACCESS_RIGHTS", self._refused("viewer", "New-SendConnector", SMART).message)

    def test_a_key_cannot_hop(self):
        for version, text in [
            ("2007", "The supplied credential for 'LAB\\administrator' is invalid."),
            ("2010", "Value cannot be null.\r\nParameter name: parameters"),
        ]:
            self.begin("clean", version)
            self.assertIn(text, self._refused("administrator", "Get-SendConnector", {}, "publickey", "snapin").message)
        self.begin("clean", "2016-edge")
        self.cmdlets(method="publickey").run("Get-SendConnector", {})

    def _refused(self, user: str, name: str, arguments: dict, method: str = "password", kind: str | None = None):
        with self.assertRaises(Exception) as caught:
            self.cmdlets(user, method, kind).run(name, arguments)
        return caught.exception
