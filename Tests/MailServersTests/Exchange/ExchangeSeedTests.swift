import Foundation
import MTAPlan
import MailServers
import Support
import Testing

/// The walkthroughs of the seeds, each planned as a person would click it, and `Playbooks/13-exchange.yml`.
@Suite struct ExchangeSeedTests {
    typealias Organization = ExchangeOrganization

    /// The parameters of the only change, but for those that every change has.
    private func change(_ test: ExchangeCase, _ cmdlet: String) throws -> [String: PowerShellCall.Value] {
        let steps = try test.proposal().calls.steps
        let step = try #require(steps.first { $0.change.cmdlet == cmdlet })
        let left = step.change.parameters.filter { $0.name != "DomainController" }
        return Dictionary(uniqueKeysWithValues: left.map { ($0.name, $0.value) })
    }

    private func internet(_ release: Organization.Release, _ more: [PowerShellObject] = []) -> Organization {
        let old: [String: PowerShellObject.Value] = [
            "DNSRoutingEnabled": .text("False"), "SmartHosts": .list(["previous.example.net"]),
        ]
        return Organization(release, [Organization.connector("Internet", on: release, old)] + more)
    }

    @Test(arguments: [Organization.Release.v2007, .v2010])
    func `000 the smarthost of the connector for all mail is replaced`(_ release: Organization.Release) throws {
        let routes = ExchangeCase.via(
            ["example.com.mail.example.net"],
            port: 25,
            tls: .opportunistic,
            provider: "mcafee-saas"
        )
        let test = ExchangeCase("000", internet(release), routes)

        let given = try change(test, "Set-SendConnector")

        #expect(
            given == [
                "Identity": .text(Organization.guid("Internet")), "DNSRoutingEnabled": .flag(false),
                "SmartHosts": .list(["example.com.mail.example.net"]), "SmartHostAuthMechanism": .text("None"),
            ]
        )
        #expect(try test.proposal().notes.contains { $0.contains("30 minutes") })
        #expect(try test.proposal().calls.restarts == [])
    }

    @Test(arguments: [Organization.Release.v2007, .v2010])
    func `001 by address on port 587, and the transport service restarts`(_ release: Organization.Release) throws {
        let test = ExchangeCase("001", internet(release), ExchangeCase.via(tls: .opportunistic))

        let given = try change(test, "Set-SendConnector")

        #expect(given["Port"] == .number(587))
        #expect(given["SmartHosts"] == .list(["outgoing.example.net"]))
        #expect(try test.proposal().calls.restarts == ["EX01"])
    }

    @Test(arguments: [Organization.Release.v2007, .v2010])
    func `001 with a user name`(_ release: Organization.Release) throws {
        let test = ExchangeCase("001", internet(release), ExchangeCase.via(login: ExchangeCase.login))

        let given = try change(test, "Set-SendConnector")

        #expect(given["SmartHostAuthMechanism"] == .text("BasicAuth"))
        #expect(given["RequireTLS"] == .flag(true))
        let credential = PowerShellCall.Value.credential(username: "out@example.com", password: .environment("FILTER"))
        #expect(given["AuthenticationCredential"] == credential)
        #expect((given["TlsAuthLevel"] != nil) == (release == .v2010))
    }

    @Test func `001 on 2013 a new connector for all mail`() throws {
        let test = ExchangeCase("001", Organization(.v2013), ExchangeCase.via(tls: .opportunistic)) {
            $0.connector = "SpamExpertsOutFiltering"
            $0.usage = .internet
        }

        let given = try change(test, "New-SendConnector")

        #expect(given["Name"] == .text("SpamExpertsOutFiltering"))
        #expect(given["Usage"] == .text("Internet"))
        #expect(given["AddressSpaces"] == .list(["SMTP:*;1"]))
        #expect(given["SourceTransportServers"] == .list(["EX01"]))
        #expect(given["Port"] == .number(587))
        #expect(given["Enabled"] == nil)
    }

    @Test func `001 only to certain domains`() throws {
        var routes = Routes()
        routes.recipients = [
            RecipientRow(
                domain: .exactly("example.com"),
                route: .via(Smarthost(name: "filter", hosts: ["outgoing.example.net"], tls: .opportunistic))
            )
        ]
        let test = ExchangeCase("001", internet(.v2010), routes)

        let given = try change(test, "New-SendConnector")

        #expect(given["AddressSpaces"] == .list(["SMTP:example.com;1"]))
        #expect(try test.proposal().edits.count == 1)
    }

    @Test func `002 two smarthosts, and other connectors are switched off`() throws {
        let archive = Organization.connector("Archive", on: .v2010)
        let routes = ExchangeCase.via(
            ["us-smtp-outbound-1.mimecast.com", "us-smtp-outbound-2.mimecast.com"],
            port: 25,
            tls: .opportunistic,
            provider: "mimecast"
        )
        let test = ExchangeCase("002", internet(.v2010, [archive]), routes) {
            $0.connector = "Outbound Mail to Mimecast"
            $0.replaceOthers = .disable
            $0.keep = ["archive"]
        }

        let proposal = try test.proposal()

        let titles = proposal.calls.steps.map(\.title)
        #expect(
            titles == [
                "make the Send connector \"Outbound Mail to Mimecast\"", "switch off the Send connector \"Internet\"",
            ]
        )
        #expect(proposal.calls.steps[1].change["Enabled"] == .flag(false))
        #expect(proposal.notes.contains { $0.contains("\"Archive\" stays") })
        #expect(proposal.notes.contains { $0.contains("Mimecast") && $0.contains("120 minutes") })
    }

    @Test(arguments: [
        (ExchangeSettings.Authentication.none, "None"), (.basic, "BasicAuth"),
        (.basicRequireTLS, "BasicAuthRequireTLS"),
        (.exchangeServer, "ExchangeServer"), (.external, "ExternalAuthoritative"),
    ])
    func `003 each mechanism, scoped, with source servers`(_ asked: ExchangeSettings.Authentication, _ name: String)
        throws
    {
        let hasLogin = asked == .basic || asked == .basicRequireTLS
        let routes = ExchangeCase.via(login: hasLogin ? ExchangeCase.login : nil)
        let test = ExchangeCase("003", Organization(.v2019), routes) {
            $0.connector = "Smart host to Internet"
            $0.authentication = asked
            $0.isScoped = true
            $0.sourceServers = ["EX02", "ex01.example.com"]
        }

        let given = try change(test, "New-SendConnector")

        #expect(given["SmartHostAuthMechanism"] == .text(name))
        #expect(given["IsScopedConnector"] == .flag(true))
        #expect(given["SourceTransportServers"] == .list(["EX02", "EX01"]))
        #expect((given["AuthenticationCredential"] != nil) == hasLogin)
        var organization = test.organization
        try organization.perform(try test.proposal().calls)
    }

    @Test func `004 MailRoute on 2016`() throws {
        let routes = ExchangeCase.via(["outbound.mailroute.net"], port: 25, provider: "mailroute")
        let test = ExchangeCase("004", Organization(.v2016), routes) { $0.connector = "MailRoute Outbound" }

        let given = try change(test, "New-SendConnector")

        #expect(given["Name"] == .text("MailRoute Outbound"))
        #expect(given["SmartHosts"] == .list(["outbound.mailroute.net"]))
        #expect(given["SmartHostAuthMechanism"] == .text("None"))
        #expect(try test.proposal().notes.contains { $0.contains("Control Panel") })
    }

    @Test(arguments: [Organization.Release.v2010, .v2013, .v2016, .v2019, .se])
    func `the playbook of the design is planned`(_ release: Organization.Release) throws {
        let path = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Playbooks/13-exchange.yml")
        let text = try String(contentsOf: path, encoding: .utf8)
        let playbook = try Playbook.load(text: text, file: "Playbooks/13-exchange.yml", in: Catalog.language)
        var organization = internet(release, [Organization.connector("Journal archive", on: release)])
        let password = SecretReference.environment("FILTER_PASSWORD")

        let plan = Planner(catalog: Catalog.products).plan(
            playbook.plays[0],
            verify: playbook.verify,
            for: "ex01",
            mta: .auto,
            facts: organization.facts,
            secrets: Secrets([password: Secret(Poison.password)])
        )

        guard case .change(let edits, .powerShell(let work)) = plan.disposition else {
            Issue.record("\(plan.disposition)")
            return
        }
        #expect(edits.map(\.verb) == [.create, .edit])
        #expect(work.steps[0].change["SmartHosts"] == .list(["outgoing1.example.net", "outgoing2.example.net"]))
        #expect(work.steps[0].change["TlsAuthLevel"] == .text("CertificateValidation"))
        #expect(work.calls.allSatisfy { $0["DomainController"] == .text("dc1.example.com") })
        #expect(plan.proof?.from == "postmaster@example.com")
        try organization.perform(work)
        #expect(organization.connectors.map { $0.text("Enabled") } == ["False", "True", "True"])
    }
}
