import Drivers
import Foundation
import MTAApply
import MTAPlan
import MailServers
import Support
import Testing

/// Where the message goes that proves that a host is left: the way that its mail took before mtactl.
@Suite struct OldRouteTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var server: String
        var fixture: String
        var route: ExpectedRoute
        var testDescription: String { "\(server)/\(fixture)" }
    }

    private static func relay(_ host: String) -> ExpectedRoute {
        .via(hosts: [host], port: 25, tls: .opportunistic, login: false)
    }

    static let cases = [
        Case(server: "msmtp", fixture: "routes-taken-back", route: relay("mx.example.net")),
        Case(server: "msmtp", fixture: "all-with-login-again", route: relay("mx.example.net")),
        Case(server: "ssmtp", fixture: "routes-taken-back", route: relay("mx.internet.test")),
        Case(server: "ssmtp", fixture: "all-with-login-again", route: relay("mx.internet.test")),
        Case(server: "nullmailer", fixture: "routes-taken-back", route: relay("mx.internet.test")),
        Case(server: "dma", fixture: "routes-taken-back", route: .direct(not: ["outgoing.example.net"])),
    ]

    @Test(arguments: cases)
    func `it is the relay that the host has kept, or none of mtactl's`(_ found: Case) async throws {
        let fixture = try #require(try Fixture.all(of: found.server).first { $0.name == found.fixture })
        let run = SiteRun(
            site: FakeSite(answers: fixture.facts),
            run: RunID(startedAt: Date(), by: "anna@laptop"),
            catalog: Catalog.products,
            secrets: Secrets([:]),
            observer: Silence()
        )

        let plan = await run.planLeaving(
            verify: TestMessageRequest(to: "b@remote.test"),
            mta: .named(found.server),
            extras: ServerExtras()
        ).plan

        #expect(plan?.proof?.route == found.route)
    }
}

private struct Silence: RunObserver {
    func progress(_ host: String, _ words: String) {}
    func ended(_ result: SiteRecord) {}
}
