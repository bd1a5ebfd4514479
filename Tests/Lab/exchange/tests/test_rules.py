"""Every rule of §2.2 and §0a, with calls that only this rule refuses."""

import unittest
from unittest.mock import patch

from standin import rules
from tests.organisation import LOGIN, SMART, Organisation
from windows.errors import CmdletError
from windows.logon import Credential

DNS = {"Name": "Direct", "AddressSpaces": ["*"]}
BASIC = SMART | {"SmartHostAuthMechanism": "BasicAuth", "AuthenticationCredential": LOGIN}
LONG = "x" * 257

# Of New-SendConnector: rule, release, what it refuses.
REFUSED_NEW = [
    (rules.smart_hosts_and_dns, "2016", SMART | {"DNSRoutingEnabled": True}),
    (rules.smart_hosts_and_dns, "2016", {key: value for key, value in SMART.items() if key != "DNSRoutingEnabled"}),
    (rules.smart_hosts_and_dns, "2007", DNS | {"DNSRoutingEnabled": False}),
    (rules.mechanism_needs_smart_hosts, "2016", DNS | {"SmartHostAuthMechanism": "ExternalAuthoritative"}),
    (rules.basic_needs_login, "2016", SMART | {"SmartHostAuthMechanism": "BasicAuth"}),
    (rules.basic_needs_login, "2010", SMART | {"SmartHostAuthMechanism": "BasicAuthRequireTLS"}),
    (rules.basic_needs_login, "2016", SMART | {"AuthenticationCredential": LOGIN}),
    (rules.login_is_not_too_long, "2016", BASIC | {"AuthenticationCredential": Credential(LONG, "x")}),
    (rules.login_is_not_too_long, "2016", BASIC | {"AuthenticationCredential": Credential("x", LONG)}),
    (rules.tls_is_not_ignored, "2016", SMART | {"RequireTLS": True, "IgnoreSTARTTLS": True}),
    (rules.tls_level, "2016", SMART | {"TlsAuthLevel": "CertificateValidation"}),
    (rules.tls_domain, "2016", SMART | {"TlsDomain": "example.net"}),
    (rules.tls_domain, "2016", SMART | {"RequireTLS": True, "TlsAuthLevel": "DomainValidation"}),
    (rules.mutual_tls, "2016", SMART | {"DomainSecureEnabled": True}),
    (rules.mutual_tls, "2016", DNS | {"DomainSecureEnabled": True, "IgnoreSTARTTLS": True}),
    (rules.other_address_types, "2016", DNS | {"AddressSpaces": ["X400:c=us;a=x;1"]}),
    (rules.other_address_types, "2016-edge", SMART | {"AddressSpaces": ["FAX:*;1"]}),
    (rules.other_address_types, "2016", SMART | {"AddressSpaces": ["--"]}),
    (rules.some_address_space, "2010", BASIC | {"AddressSpaces": ["*"], "LinkedReceiveConnector": "Client"}),
    (
        rules.some_address_space,
        "2010",
        SMART | {"AddressSpaces": [], "LinkedReceiveConnector": "Client", "MaxMessageSize": "unlimited"},
    ),
    (
        rules.certificate_names_the_host,
        "2016",
        BASIC | {"SmartHosts": ["192.0.2.1"], "SmartHostAuthMechanism": "BasicAuthRequireTLS"},
    ),
    (rules.source_servers_exist, "2016", SMART | {"SourceTransportServers": ["EXCH99"]}),
    (rules.source_servers_exist, "2016", SMART | {"SourceTransportServers": []}),
    (rules.limits, "2016", SMART | {"ConnectionInactivityTimeOut": "00:00:00"}),
    (rules.limits, "2016", SMART | {"ConnectionInactivityTimeOut": "1.00:00:01"}),
    (rules.limits, "2016", SMART | {"Name": "n" * 65}),
    (rules.certificate_of_ours, "2016", SMART | {"TlsCertificateName": "<I>CN=x<S>CN=y"}),
]

# Accepted at the edge of a rule.
TAKEN_NEW = [
    ("2016", SMART),
    ("2007", SMART),
    ("2010", SMART),
    ("2013", SMART),
    ("SE", SMART),
    ("2016-edge", SMART),
    ("2016", DNS),
    ("2016", DNS | {"DNSRoutingEnabled": True}),
    ("2016", BASIC),
    ("2016", BASIC | {"SmartHostAuthMechanism": "BasicAuthRequireTLS"}),
    ("2016", SMART | {"SmartHostAuthMechanism": "ExchangeServer"}),
    ("2016", SMART | {"SmartHostAuthMechanism": "ExternalAuthoritative"}),
    ("2016", BASIC | {"AuthenticationCredential": Credential("x" * 256, "x" * 256)}),
    ("2016", SMART | {"RequireTLS": True, "TlsAuthLevel": "DomainValidation", "TlsDomain": "*.example.net"}),
    ("2016", SMART | {"RequireTLS": True, "IgnoreSTARTTLS": False, "TlsAuthLevel": "EncryptionOnly"}),
    ("2016", DNS | {"DomainSecureEnabled": True}),
    ("2016", SMART | {"AddressSpaces": ["FAX:+49;5", "example.com;2"]}),
    ("2016", SMART | {"SourceTransportServers": ["exch16.lab.test", "exch16-2"]}),
    ("2016", SMART | {"TlsCertificateName": "<I>CN=mtactl lab<S>CN=exch16.lab.test"}),
    ("2016", SMART | {"ConnectionInactivityTimeOut": "1.00:00:00", "MaxMessageSize": "unlimited", "Port": 0}),
    ("2010", BASIC | {"AddressSpaces": [], "LinkedReceiveConnector": "Client", "MaxMessageSize": "unlimited"}),
]


class RuleTests(Organisation):
    def test_new_refuses(self):
        for rule, version, arguments in REFUSED_NEW:
            with self.subTest(rule=rule.__name__, arguments=arguments):
                self.begin("clean", version)
                self.refused("New-SendConnector", **arguments)
                self.assertEqual(self.run_cmdlet("Get-SendConnector"), [])

    def test_each_example_is_refused_by_its_rule_alone(self):
        for rule, version, arguments in REFUSED_NEW:
            others = tuple(other for other in rules.RULES if other is not rule)
            with self.subTest(rule=rule.__name__, arguments=arguments), patch.object(rules, "RULES", others):
                self.begin("clean", version)
                self.run_cmdlet("New-SendConnector", **arguments)

    def test_every_rule_has_an_example(self):
        self.assertEqual({rule for rule, _, _ in REFUSED_NEW}, set(rules.RULES))

    def test_new_takes(self):
        for version, arguments in TAKEN_NEW:
            with self.subTest(version=version, arguments=arguments):
                self.begin("clean", version)
                made = self.run_cmdlet("New-SendConnector", **arguments)
                self.assertEqual([item["Name"] for item in made], [arguments["Name"]])

    def test_the_text_that_is_known_verbatim(self):
        error = self.refused("New-SendConnector", **SMART, TlsDomain="example.net")
        self.assertEqual(
            error.message,
            "The TLSDomain parameter can only be set if the TLSAuthLevel parameter is set to DomainValidation.",
        )

    def test_set_needs_smart_hosts_and_routing_together(self):
        self.begin("dns")
        self.refused("Set-SendConnector", Identity="Internet", SmartHosts=["outgoing.example.net"])
        self.refused("Set-SendConnector", Identity="Internet", DNSRoutingEnabled=False)
        self.run_cmdlet(
            "Set-SendConnector",
            Identity="Internet",
            DNSRoutingEnabled=False,
            SmartHosts=["outgoing.example.net"],
            SmartHostAuthMechanism="None",
        )
        # If a connector has smart hosts, the list can be replaced by itself (the McAfee seed).
        self.run_cmdlet("Set-SendConnector", Identity="Internet", SmartHosts=["a.example.net", "b.example.net"])
        self.assertEqual(self.connector("Internet")["SmartHosts"], ["a.example.net", "b.example.net"])

    def test_a_subscribed_edge_server_refuses(self):
        self.begin("dns", "2016-edge")
        self.host.directory.set(subscribed=True)
        self.assertIn("subscribed", self.refused("Set-SendConnector", Identity="Internet", Port=587).message)
        self.assertIn("subscribed", self.refused("New-SendConnector", **SMART).message)

    def test_values_that_no_type_has(self):
        for name, value in [
            ("SmartHosts", ["outgoing.example.net:587"]),
            ("SmartHosts", ["a.example.net", "A.example.net"]),
            ("SmartHosts", ["a b"]),
            ("SmartHosts", ["300.1.1.1"]),
            ("AddressSpaces", ["*contoso.com"]),
            ("AddressSpaces", ["SMTP:*;0"]),
            ("AddressSpaces", ["SMTP:*;101"]),
            ("Port", 65536),
            ("Port", -1),
            ("SmartHostAuthMechanism", "Login"),
            ("SmartHostAuthMechanism", "None, BasicAuth"),
            ("Enabled", "true"),
            ("MaxMessageSize", "2147483648"),
            ("MaxMessageSize", "many"),
            ("ErrorPolicies", "Default, None"),
            ("Fqdn", "a b"),
            ("RequireTLS", None),
            ("AuthenticationCredential", "user"),
            ("ProtocolLoggingLevel", "Loud"),
            ("TlsAuthLevel", "Strict"),
        ]:
            with self.subTest(name=name, value=value):
                error = self.refused("New-SendConnector", **SMART | {name: value})
                self.assertEqual(error.identifier, "ParameterArgumentTransformationError")


class EmptyPasswordTests(Organisation):
    def test_it_is_ignored_without_a_word(self):
        """§0a.4"""
        self.run_cmdlet("New-SendConnector", **BASIC | {"AuthenticationCredential": Credential("out@example.com", "")})
        self.assertIsNone(self.connector(SMART["Name"])["AuthenticationCredential"])


class CallTests(unittest.TestCase):
    def test_errors_do_not_show_passwords(self):
        self.assertNotIn("secret", repr(LOGIN))
        self.assertTrue(issubclass(CmdletError, Exception))


if __name__ == "__main__":
    unittest.main()
