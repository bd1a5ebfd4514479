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
        let connector = { (name: String, changes: [String: PowerShellObject.Value]) in
            Organization.connector(name, on: release, changes)
        }
        let empty = Organization(release)
        let direct = Organization(release, [connector("Internet", [:])])
        let relayed = Organization(
            release,
            [
                connector(
                    "Old smarthost",
                    [
                        "DNSRoutingEnabled": .text("False"), "SmartHosts": .list(["[192.0.2.1]", "old.example.net"]),
                        "MaxMessageSize": .text("50\u{A0}MB (52.428.800 Bytes)"), "Port": .text("2525"),
                    ]
                )
            ]
        )
        let loggedIn = Organization(
            release,
            [
                connector(
                    "Provider",
                    [
                        "DNSRoutingEnabled": .text("False"), "SmartHosts": .list(["old.example.net"]),
                        "SmartHostAuthMechanism": .text("BasicAuth"), "AuthenticationCredential": .text("theirs"),
                        "Fqdn": .text("mail.example.com"),
                        "AddressSpaces": .list(["SMTP:*;5", "smtp:Partner.example;1"]),
                    ]
                )
            ]
        )
        let two = Organization(
            release,
            [
                connector("Internet", [:]), connector("Journal", [:]),
                connector("Zweig", ["AddressSpaces": .list(["SMTP:*;9"])]),
            ]
        )
        return [
            ExchangeCase("new, by address", empty, via(tls: .opportunistic)),
            ExchangeCase("new, with login", empty, via(login: login)) { $0.connector = "Smart host to Internet" },
            ExchangeCase("new, in clear", empty, via(["192.0.2.20"], tls: .none)),
            ExchangeCase("edited, by address", direct, via(port: 25)),
            ExchangeCase("edited, port and login", relayed, via(login: login)),
            ExchangeCase("credential in the way", loggedIn, via(login: login)),
            ExchangeCase("others switched off", two, via()) {
                $0.connector = "Relay"
                $0.replaceOthers = .disable
                $0.keep = ["Journal"]
            },
            ExchangeCase("others named", two, via()) { $0.connector = "Relay" },
            ExchangeCase("recipients", direct, recipients),
            ExchangeCase("size, log, name, cost, scope", relayed, via()) {
                $0.maxMessageBytes = 52_428_800
                $0.protocolLog = .verbose
                $0.heloName = "mail.example.com"
                $0.cost = 7
                $0.isScoped = true
            },
            ExchangeCase("no limit", direct, via(["a.example.net", "b.example.net"])) { $0.maxMessageBytes = .max },
        ]
            + (release == .v2007
                ? []
                : [
                    ExchangeCase("verified", relayed, via(tls: .verified, login: login)),
                    ExchangeCase(
                        "verified, several",
                        relayed,
                        via(["a.example.net", "b.example.net"], tls: .verified, login: login)
                    ),
                ])
            + (release == .edge
                ? []
                : [
                    ExchangeCase("source servers", relayed, via()) { $0.sourceServers = ["ex02.example.com", "EX01"] }
                ])
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
