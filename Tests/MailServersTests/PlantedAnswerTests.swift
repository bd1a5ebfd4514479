import MTAPlan
import MailServers
import Support
import Testing

/// The same as `PlantedSecretTests`, for hosts that are changed by calls: a password that one of their answers has is
/// shown nowhere.
@Suite struct PlantedAnswerTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var facts: Facts
        var routes: Routes
        var extras = ServerExtras()
        var secrets: Secrets

        var testDescription: String { name }

        var server: any MailServer {
            get throws { try #require(Catalog.all.first { name.hasPrefix($0.name) }) }
        }
    }

    static let cases: [Case] =
        ExchangeCase.all.map { test in
            Case(
                name: "exchange: \(test.testDescription)",
                facts: test.organization.facts,
                routes: test.routes,
                extras: ServerExtras(test.settings),
                secrets: FixtureRoutes.secrets
            )
        }
        + KerioCase.all.map { test in
            Case(
                name: "kerio: \(test.name)",
                facts: KerioCase.facts(RelayRules(test.rules), usesTLS: test.usesTLS),
                routes: test.routes,
                extras: ServerExtras(test.settings),
                secrets: KerioCase.secrets
            )
        }
        + [
            Case(
                name: "mailenable",
                facts: MailEnableSample.facts(["Account": ("String", "theirs")]),
                routes: smarthost,
                extras: profile,
                secrets: secrets
            ),
            Case(
                name: "icewarp",
                facts: IceWarpSample.facts(["C_Mail_SMTP_General_RelayMailServer": "u:old@old.example.net"]),
                routes: smarthost,
                secrets: secrets
            ),
        ]

    private static let smarthost = Routes(
        defaultRoute: .via(
            Smarthost(
                name: "filter",
                hosts: ["outgoing.example.net"],
                tls: .opportunistic,
                login: Login(username: "out@example.com", password: .environment("FILTER"))
            )
        ),
        bounces: .default
    )

    private static let profile: ServerExtras = {
        var settings = MailEnableSettings()
        settings.profile = "profile.yml"
        return ServerExtras(settings)
    }()

    private static let secrets = Secrets([
        .environment("FILTER"): Secret("p0is0n!#x"), .file("profile.yml"): Secret(MailEnableSample.profile.text),
    ])

    @Test(arguments: cases)
    func `a password in an answer is shown nowhere`(_ test: Case) throws {
        let server = try test.server
        var random = SeededRandom(seed: test.name.utf8.reduce(7) { $0 &* 31 &+ Int($1) })
        let next = { Int(random.next() >> 33) }

        for _ in 0..<40 {
            let secret = PlantedSecret(kind: next(), next)
            guard let (facts, place) = secret.plantedInAnswers(of: test.facts, next) else { continue }

            let shown = try server.shown(test.routes, extras: test.extras, facts, test.secrets)

            for text in shown { #expect(!secret.isIn(text), "\(secret.text) of \(place) in:\n\(text)") }
        }
    }

    @Test func `a type that the registry does not have is not repeated`() throws {
        let test = try #require(Self.cases.first { $0.name == "mailenable" })
        let facts = MailEnableSample.facts(["Account": ("relay host \"topsecret\"", "theirs")])

        let shown = try test.server.shown(test.routes, extras: test.extras, facts, test.secrets)

        #expect(shown.contains { $0.contains("is of another type, and the profile says String") }, "\(shown)")
        for text in shown { #expect(!text.contains("topsecret"), "\(text)") }
    }

    @Test(arguments: cases)
    func `without one, what is asked for is planned`(_ test: Case) throws {
        let proposal = try test.server.proposal(
            for: test.routes,
            extras: test.extras,
            given: test.facts,
            secrets: test.secrets
        )

        #expect(!proposal.edits.isEmpty && !proposal.work.commands.isEmpty)
    }
}
