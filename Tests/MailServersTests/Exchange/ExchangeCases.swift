import MTAPlan
import MailServers
import Support
import Testing

/// Organisations, and what is asked of them: for the laws.
struct ExchangeCase: Sendable, CustomTestStringConvertible {
    typealias Organization = ExchangeOrganization

    var name: String
    var organization: Organization
    var routes: Routes
    var settings = ExchangeSettings()

    var testDescription: String { "\(name) on \(organization.release.rawValue)" }

    func proposal(on organization: Organization? = nil) throws(Failure) -> Proposal {
        try Exchange().proposal(
            for: routes,
            extras: ServerExtras(settings),
            given: (organization ?? self.organization).facts,
            secrets: FixtureRoutes.secrets
        )
    }

    init(
        _ name: String,
        _ organization: Organization,
        _ routes: Routes,
        _ change: (inout ExchangeSettings) -> Void = { _ in }
    ) {
        self.name = name
        self.organization = organization
        self.routes = routes
        change(&settings)
    }

    // MARK: Smarthosts

    static let login = Login(username: "out@example.com", password: .environment("FILTER"))

    static func via(
        _ hosts: [String] = ["outgoing.example.net"],
        port: Int = 587,
        tls: TLSPolicy = .required,
        login: Login? = nil,
        provider: String? = nil
    ) -> Routes {
        let smarthost = Smarthost(name: "filter", hosts: hosts, port: port, tls: tls, login: login, provider: provider)
        return Routes(defaultRoute: .via(smarthost), bounces: .default)
    }

    // MARK: Cases

    static let all: [ExchangeCase] = ExchangeOrganization.Release.allCases.flatMap { on($0) }

    private static func on(_ release: Organization.Release) -> [ExchangeCase] {
        let organizations = ExchangeOrganizations(release)
        var cases = made(on: organizations) + changed(on: organizations)
        if release != .v2007 { cases += verified(on: organizations) }
        if release != .edge {
            cases.append(
                ExchangeCase("source servers", organizations.relayed, via()) {
                    $0.sourceServers = ["ex02.example.com", "EX01"]
                }
            )
        }
        return cases
    }

    private static func made(on organizations: ExchangeOrganizations) -> [ExchangeCase] {
        [
            ExchangeCase("new, by address", organizations.empty, via(tls: .opportunistic)),
            ExchangeCase("new, with login", organizations.empty, via(login: login)) {
                $0.connector = "Smart host to Internet"
            },
            ExchangeCase("new, in clear", organizations.empty, via(["192.0.2.20"], tls: .none)),
            ExchangeCase("credential in the way", organizations.loggedIn, via(login: login)),
            ExchangeCase("others switched off", organizations.several, via()) {
                $0.connector = "Relay"
                $0.replaceOthers = .disable
                $0.keep = ["Journal"]
            }, ExchangeCase("others named", organizations.several, via()) { $0.connector = "Relay" },
            ExchangeCase("recipients", organizations.direct, recipients),
        ]
    }

    private static func changed(on organizations: ExchangeOrganizations) -> [ExchangeCase] {
        [
            ExchangeCase("edited, by address", organizations.direct, via(port: 25)),
            ExchangeCase("edited, port and login", organizations.relayed, via(login: login)),
            ExchangeCase("size, log, name, cost, scope", organizations.relayed, via()) {
                $0.maxMessageBytes = 10_485_760
                $0.protocolLog = .verbose
                $0.heloName = "mail.example.com"
                $0.cost = 7
                $0.isScoped = true
            },
            ExchangeCase("no limit", organizations.direct, via(["a.example.net", "b.example.net"])) {
                $0.maxMessageBytes = .max
            },
        ]
    }

    private static func verified(on organizations: ExchangeOrganizations) -> [ExchangeCase] {
        [
            ExchangeCase("verified", organizations.relayed, via(tls: .verified, login: login)),
            ExchangeCase(
                "verified, several",
                organizations.relayed,
                via(["a.example.net", "b.example.net"], tls: .verified, login: login)
            ),
        ]
    }

    static let recipients = Routes(
        defaultRoute: .via(Smarthost(name: "filter", hosts: ["outgoing.example.net"], login: login)),
        recipients: [
            RecipientRow(
                domain: .exactly("example.org"),
                route: .via(Smarthost(name: "plain", hosts: ["relay.example.net"], port: 25, tls: .opportunistic))
            ),
            RecipientRow(
                domain: .subdomains(of: "example.org"),
                route: .via(Smarthost(name: "plain", hosts: ["relay.example.net"], port: 25, tls: .opportunistic))
            ),
            RecipientRow(domain: .subdomains(of: "partner.example"), route: .direct),
        ],
        bounces: .default
    )
}
