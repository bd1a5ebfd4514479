import MTAPlan
import MailServers
import Support
import Testing

/// What is refused when planning, and in which words.
@Suite struct ExchangeRefusalTests {
    typealias Organization = ExchangeOrganization

    struct Refusal: Sendable, CustomTestStringConvertible {
        var words: String
        var test: ExchangeCase
        var secret = Poison.password

        init(_ words: String, _ test: ExchangeCase, secret: String = Poison.password) {
            self.words = words
            self.test = test
            self.secret = secret
        }

        var testDescription: String { words }
    }

    private static let empty = Organization(.v2019)

    private static func with(_ name: String, _ changes: [String: PowerShellObject.Value]) -> Organization {
        Organization(.v2019, [Organization.connector(name, on: .v2019, changes)])
    }

    private static func asking(
        _ routes: Routes = ExchangeCase.via(),
        of organization: Organization = empty,
        _ change: (inout ExchangeSettings) -> Void = { _ in }
    ) -> ExchangeCase { ExchangeCase("", organization, routes, change) }

    private static func senders(_ login: Login?) -> Routes {
        var routes = ExchangeCase.via()
        routes.senders = [SenderRow(sender: .domain("example.com"), route: routes.defaultRoute, login: login)]
        return routes
    }

    static let routes: [Refusal] = [
        Refusal("routes for senders", asking(senders(nil))),
        Refusal("logins of senders", asking(senders(ExchangeCase.login))),
        Refusal("return paths", asking(FixtureRoutes.returnPath)),
        Refusal(
            "local mail",
            asking(
                Routes(
                    defaultRoute: .via(FixtureRoutes.plain),
                    bounces: .default,
                    localDomains: .relay(fromSmarthost: ["192.0.2.1"])
                )
            )
        ), Refusal("bounces separately", asking(Routes(defaultRoute: .via(FixtureRoutes.plain)))),
        Refusal("password for `filter` is empty", asking(ExchangeCase.via(login: ExchangeCase.login)), secret: ""),
        Refusal(
            "257 characters",
            asking(ExchangeCase.via(login: ExchangeCase.login)),
            secret: String(repeating: "x", count: 257)
        ),
        Refusal(
            "has `example.org` itself in it",
            asking(
                Routes(recipients: [
                    RecipientRow(domain: .subdomains(of: "example.org"), route: .via(FixtureRoutes.plain))
                ])
            )
        ), Refusal("no certificate names the address", asking(ExchangeCase.via(["192.0.2.1"], tls: .verified))),
        Refusal("has one TlsDomain", asking(ExchangeCase.via(["a.example.net", "b.example.net"], tls: .verified))),
        Refusal("expects TLS at once", asking(ExchangeCase.via(port: 465))),
    ]

    static let mechanisms: [Refusal] = [
        Refusal(
            "has an address",
            asking(ExchangeCase.via(["192.0.2.1"], login: ExchangeCase.login)) { $0.authentication = .basicRequireTLS }
        ),
        Refusal("needs a user name", asking { $0.authentication = .basic }),
        Refusal("needs a user name", asking { $0.authentication = .basicRequireTLS }),
        Refusal(
            "does not use the login",
            asking(ExchangeCase.via(login: ExchangeCase.login)) { $0.authentication = .external }
        ),
        Refusal(
            "does not use the login",
            asking(ExchangeCase.via(login: ExchangeCase.login)) {
                $0.authentication = ExchangeSettings.Authentication.none
            }
        ),
        Refusal(
            "needs TLS",
            asking(ExchangeCase.via(tls: .none, login: ExchangeCase.login)) { $0.authentication = .basicRequireTLS }
        ),
    ]

    static let organizations: [Refusal] = [
        Refusal(
            "any of them could be meant",
            asking(of: Organization(.v2019, ["A", "B"].map { Organization.connector($0, on: .v2019) }))
        ),
        Refusal(
            "2 Send connectors are called",
            asking(of: Organization(.v2019, ["Relay", "relay"].map { Organization.connector($0, on: .v2019) })) {
                $0.connector = "RELAY"
            }
        ),
        Refusal(
            "EdgeSync manages",
            asking(of: with("Edge", ["AddressSpaces": .list(["smtp:--;100"])])) { $0.connector = "Edge" }
        ),
        Refusal(
            "hybrid deployment",
            asking(of: with("To 365", ["AddressSpaces": .list(["smtp:example.mail.onmicrosoft.com;1"])])) {
                $0.connector = "To 365"
            }
        ),
        Refusal(
            "another organisation",
            asking(
                of: with(
                    "Forest",
                    [
                        "AddressSpaces": .list(["smtp:other.example;1"]), "SmartHosts": .list(["x.other.example"]),
                        "SmartHostAuthMechanism": .text("ExchangeServer"),
                    ]
                )
            ) { $0.connector = "forest" }
        ),
        Refusal("domain security", asking(of: with("Partner", ["DomainSecureEnabled": .text("True")]))),
        Refusal("under `keep` as well", asking(of: with("A", [:])) { ($0.connector, $0.keep) = ("A", ["a"]) }),
        Refusal("there is no server", asking { $0.sourceServers = ["EX09"] }),
        Refusal("no TlsAuthLevel", asking(ExchangeCase.via(tls: .verified), of: Organization(.v2007))),
        Refusal("has no effect on an Edge", asking(of: Organization(.edge)) { $0.sourceServers = ["EX01"] }),
        Refusal(
            "is subscribed",
            asking(
                of: {
                    var edge = Organization(.edge); edge.subscribed = ["EX01"]; return edge
                }()
            )
        ),
        Refusal(
            "mail to `b.example` takes it too",
            asking(
                Routes(recipients: [RecipientRow(domain: .exactly("a.example"), route: .via(FixtureRoutes.plain))]),
                of: with("Both", ["AddressSpaces": .list(["smtp:a.example;1", "smtp:b.example;1"])])
            ) { $0.replaceOthers = .disable }
        ),
    ]

    @Test(arguments: routes + mechanisms + organizations)
    func `what cannot be done is refused in words that help`(_ refusal: Refusal) throws {
        let failure = #expect(throws: Failure.self) {
            try Exchange().proposal(
                for: refusal.test.routes,
                extras: ServerExtras(refusal.test.settings),
                given: refusal.test.organization.facts,
                secrets: Secrets([
                    .environment("FILTER"): Secret(refusal.secret), .environment("EXAMPLE"): Secret(refusal.secret),
                ])
            )
        }

        #expect(failure?.problem.contains(refusal.words) == true, "\(failure?.description ?? "")")
        #expect(failure?.fault == nil)
        #expect(!Poison.isIn("\(failure?.description ?? "")"))
    }

    @Test(arguments: [
        (PowerShellAnswer.unknownCmdlet, "Organization Management"),
        (.failed("Access is denied."), "Organization Management"),
        (.failed("The LDAP server is unavailable."), "domain controller"),
        (.failed("Zugriff verweigert"), "what does it say"),
    ])
    func `an account without rights is told which ones it lacks`(_ answer: PowerShellAnswer, _ word: String) throws {
        var facts = Self.empty.facts
        facts.objects["exchange.connectors"] = answer

        let failure = #expect(throws: Failure.self) {
            try Exchange().proposal(
                for: ExchangeCase.via(),
                extras: ServerExtras(),
                given: facts,
                secrets: FixtureRoutes.secrets
            )
        }

        #expect(failure?.hint?.contains(word) == true)
        #expect(failure?.fault == nil)
    }

    @Test func `another connector for the same addresses is named, and what it takes`() throws {
        let cheaper = Organization.connector("Cheap", on: .v2019, ["AddressSpaces": .list(["SMTP:*;1"])])
        let test = Self.asking(of: Organization(.v2019, [cheaper])) { ($0.connector, $0.cost) = ("Relay", 10) }

        let notes = try test.proposal().notes

        #expect(notes.contains { $0.contains("\"Cheap\"") && $0.contains("costs 1 and the new route 10") })
    }

    @Test func `connectors of EdgeSync and of a hybrid deployment are named and stay`() throws {
        let organization = Organization(
            .v2019,
            [
                Organization.connector(
                    "EdgeSync - Inbound to Site",
                    on: .v2019,
                    ["AddressSpaces": .list(["smtp:--;100"])]
                ),
                Organization.connector(
                    "Outbound to Office 365",
                    on: .v2019,
                    [
                        "AddressSpaces": .list(["smtp:x.mail.onmicrosoft.com;1"]),
                        "CloudServicesMailEnabled": .text("True"),
                    ]
                ),
                Organization.connector("Internet", on: .v2019),
            ]
        )
        let proposal = try Self.asking(of: organization) { $0.replaceOthers = .disable }.proposal()

        #expect(proposal.calls.steps.map(\.title) == ["change the Send connector \"Internet\""])
        for name in ["EdgeSync - Inbound", "Outbound to Office 365"] {
            #expect(proposal.notes.contains { $0.contains(name) })
        }
    }
}
