import MTAPlan
import MailServers
import Support
import Testing

/// `tls: required` looks at no certificate, so a password goes to whoever answers in the smarthost's place.
@Suite struct ExposedLoginTests {
    private static let plain = Smarthost(name: "relay", hosts: ["relay.example.net"], port: 587, tls: .required)

    private static func smarthost(_ tls: TLSPolicy, login: Login?) -> Smarthost {
        var smarthost = plain
        (smarthost.tls, smarthost.login) = (tls, login)
        return smarthost
    }

    private static let login = FixtureRoutes.filter.login

    @Test(arguments: [
        (Routes(defaultRoute: .via(smarthost(.required, login: login))), true),
        (Routes(defaultRoute: .via(smarthost(.verified, login: login))), false),
        (Routes(defaultRoute: .via(smarthost(.required, login: nil))), false),
    ])
    func `a plan says so where there is a login`(_ routes: Routes, _ isTold: Bool) throws {
        let facts = try #require(try Fixture.wild()["postfix/23-filter-in-master"])

        let plan = Planner(catalog: Catalog.products).plan(
            Play(name: "all", hosts: "all", routes: routes),
            verify: nil,
            for: "mx1",
            mta: .auto,
            facts: facts,
            secrets: FixtureRoutes.secrets
        )

        #expect(plan.notes.contains { $0.contains("goes to anyone who impersonates it") } == isTold, "\(plan)")
    }
}
