import MTAPlan
import Support
import Testing

@testable import MailServers

/// The panel counts mail to other hosts, and so do our routers.
@Suite struct SendingLimitsTests {
    @Test func `mail between the host's own users takes the smarthost, whatever the limits say`() throws {
        let fixture = try #require(try Fixture.all(of: "directadmin").first { $0.name == "everyone" })
        let products = Catalog.products.compactMap { $0 as? any MailServer }
        let server = try #require(products.first { $0.name == "directadmin" })
        let routes = Routes(
            defaultRoute: .via(FixtureRoutes.plain),
            localDomains: .relay(fromSmarthost: ["192.0.2.10"])
        )

        let proposal = try server.proposal(
            for: routes,
            extras: ServerExtras(),
            given: fixture.facts,
            secrets: FixtureRoutes.secrets
        )
        let found = server.differential(of: proposal, for: routes, given: fixture.facts, probing: [])

        #expect(found?.objection(to: routes, by: server.glossary(for: routes)) == nil)
        guard case .posix(let work) = proposal.work else { return #expect(Bool(false), "no files") }
        let texts = work.files.map { change in
            if case .file(let content, _, _, _) = change.wanted { content.masked.text } else { "" }
        }
        let condition = #""${if match_domain {$domain} {+local_domains} {yes} {${perl{check_limits}}}}""#
        #expect(texts.contains { $0.contains("  condition = \(condition)\n") })
    }
}
