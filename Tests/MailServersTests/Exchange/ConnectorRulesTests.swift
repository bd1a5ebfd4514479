import MTAPlan
import Support
import Testing

@testable import MailServers

/// Each rule of New-SendConnector and Set-SendConnector, and each version's parameters.
@Suite struct ConnectorRulesTests {
    private static let relay: [ConnectorSetting] = [
        ConnectorSetting(.addressSpaces, .list(["SMTP:*;1"])), ConnectorSetting(.dnsRoutingEnabled, .flag(false)),
        ConnectorSetting(.smartHosts, .list(["out.example.net"])),
        ConnectorSetting(.smartHostAuthMechanism, .text("None")),
    ]
    private static let direct: [ConnectorSetting] = [
        ConnectorSetting(.addressSpaces, .list(["SMTP:*;1"])), ConnectorSetting(.dnsRoutingEnabled, .flag(true)),
        ConnectorSetting(.smartHosts, .nothing), ConnectorSetting(.smartHostAuthMechanism, .text("None")),
    ]
    private static let encrypted = [
        ConnectorSetting(.requireTLS, .flag(true)), ConnectorSetting(.ignoreSTARTTLS, .flag(false)),
    ]

    @Test(arguments: [relay, direct, relay + encrypted]) func `a connector that the host takes breaks no rule`(
        _ settings: [ConnectorSetting]
    ) throws {
        try ConnectorRules("A", settings, changing: nil).check()
    }

    @Test(arguments: [
        (relay + [ConnectorSetting(.dnsRoutingEnabled, .flag(true))], "exclude each other"),
        (direct + [ConnectorSetting(.dnsRoutingEnabled, .flag(false))], "exclude each other"),
        (direct + [ConnectorSetting(.smartHostAuthMechanism, .text("ExchangeServer"))], "needs smart hosts"),
        (relay + [ConnectorSetting(.smartHostAuthMechanism, .text("BasicAuth"))], "user name and a password"),
        (relay + encrypted + [ConnectorSetting(.ignoreSTARTTLS, .flag(true))], "needs STARTTLS"),
        (relay + [ConnectorSetting(.tlsAuthLevel, .text("EncryptionOnly"))], "needs RequireTLS"),
        (relay + encrypted + [ConnectorSetting(.tlsDomain, .text("out.example.net"))], "TlsDomain needs"),
        (relay + encrypted + [ConnectorSetting(.tlsAuthLevel, .text("DomainValidation"))], "needs a TlsDomain"),
        (relay + [ConnectorSetting(.domainSecureEnabled, .flag(true))], "domain security"),
        (direct + [ConnectorSetting(.addressSpaces, .list(["X400:c=DE;1"]))], "X400 needs smart hosts"),
        (relay + [ConnectorSetting(.addressSpaces, .list(["SMTP:*;101"]))], "from 1 to 100"),
        (relay + [ConnectorSetting(.addressSpaces, .list(["SMTP:*contoso.com;1"]))], "not an address space"),
        (relay + [ConnectorSetting(.port, .number(65_536))], "not a port"),
    ])
    func `each rule is kept before anything is begun`(_ settings: [ConnectorSetting], _ words: String) {
        let failure = #expect(throws: Failure.self) { try ConnectorRules("A", settings, changing: nil).check() }

        #expect(failure?.problem.contains(words) == true, "\(failure?.description ?? "")")
        #expect(failure?.fault == nil)
    }

    @Test(arguments: [
        (String(repeating: "x", count: 65), "65 characters"), ("A ", "with a space"), ("", "with a space"),
    ])
    func `a name that the directory would not take is refused`(_ name: String, _ words: String) {
        let failure = #expect(throws: Failure.self) { try ConnectorRules(name, Self.relay, changing: nil).check() }

        #expect(failure?.problem.contains(words) == true, "\(failure?.description ?? "")")
    }

    @Test(arguments: [
        ("8.0.685.24", false, "IsScopedConnector", false), ("8.3.83.0", false, "IsScopedConnector", true),
        ("8.3.83.0", false, "TlsAuthLevel", false), ("14.3.123.4", false, "TlsAuthLevel", true),
        ("14.3.123.4", false, "TlsCertificateName", false), ("15.0.1497.2", false, "TlsCertificateName", true),
        ("15.0.1497.2", false, "ConnectorType", false), ("15.1.2507.6", false, "ConnectorType", true),
        ("15.2.2562.17", false, "SourceTransportServers", true),
        ("15.2.2562.17", true, "SourceTransportServers", false),
        ("15.2.1118.7", true, "DomainController", false), ("15.2.1118.7", true, "SourceIPAddress", true),
        ("15.2.1118.7", false, "SourceIPAddress", false), ("15.2.1118.7", false, "SourceTransportServer", false),
    ])
    func `a version knows the parameters that its documentation has`(
        _ build: String,
        _ isEdge: Bool,
        _ parameter: String,
        _ isKnown: Bool
    ) throws {
        let version = try #require(ExchangeVersion(build: build))
        let shell = ExchangeShell(version: version, build: build, isEdge: isEdge)

        #expect(shell.knows(parameter, of: "Set-SendConnector") == isKnown)
        let call = PowerShellCall("Set-SendConnector", [PowerShellCall.Parameter(parameter, .nothing)])
        let step = PowerShellWork.Step("x", call, undo: call)
        let work = PowerShellWork(expectations: [], snapshot: [], steps: [step], checks: [])
        if isKnown {
            try work.check(against: shell)
        } else {
            #expect(throws: Failure.self) { try work.check(against: shell) }
        }
    }

    @Test func `a cmdlet that is on no list is refused`() {
        let shell = ExchangeShell(version: .v2019, build: "15.2.1118.7", isEdge: false)
        let call = PowerShellCall("Remove-Mailbox")
        let work = PowerShellWork(expectations: [], snapshot: [call], steps: [], checks: [])

        #expect(throws: Failure.self) { try work.check(against: shell) }
    }

    @Test func `the route of mail is found by space, cost and name`() throws {
        let make = { (name: String, spaces: [String], isEnabled: String) in
            SendConnector(
                PowerShellObject([
                    "Name": .text(name), "Guid": .text(name), "AddressSpaces": .list(spaces),
                    "Enabled": .text(isEnabled),
                ])
            )
        }
        let connectors = [
            make("B", ["SMTP:*;1"], "True"), make("a", ["smtp:*;1"], "True"), make("C", ["SMTP:*;0"], "False"),
            make("D", ["SMTP:*.example.org;50"], "True"), make("E", ["SMTP:mail.example.org;99"], "True"),
        ].compactMap { $0 }

        #expect(connectors.route(to: "example.net")?.winner.name == "a")
        #expect(connectors.route(to: "example.net")?.isTied == true)
        #expect(connectors.route(to: "example.org")?.winner.name == "D")
        #expect(connectors.route(to: "x.example.org")?.winner.name == "D")
        #expect(connectors.route(to: "mail.example.org")?.winner.name == "E")
        #expect(connectors.route(to: "notexample.org")?.winner.name == "a")
    }
}
