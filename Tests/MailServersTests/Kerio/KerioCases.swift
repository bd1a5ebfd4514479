import MTAPlan
import MailServers
import Support
import Testing

/// Lists of rules, and what is asked of their hosts: for the laws.
struct KerioCase: Sendable, CustomTestStringConvertible {
    var name: String
    var rules: [RelayRule]
    var routes: Routes
    var usesTLS = true
    var settings = KerioSettings()

    var testDescription: String { name }

    init(
        _ name: String,
        _ rules: [RelayRule],
        _ routes: Routes,
        usesTLS: Bool = true,
        _ change: (inout KerioSettings) -> Void = { _ in }
    ) {
        self.name = name
        self.rules = rules
        self.routes = routes
        self.usesTLS = usesTLS
        settings.rulePasswords = ["with login": .environment("OTHER")]
        change(&settings)
    }

    static func facts(_ rules: RelayRules, usesTLS: Bool = true, version: String = "10.0.8") -> Facts {
        KerioSample.facts(rules, usesTLS: usesTLS, version: version)
    }

    func proposal(on rules: RelayRules? = nil, usesTLS: Bool? = nil) throws(Failure) -> Proposal {
        try Kerio().proposal(
            for: routes,
            extras: ServerExtras(settings),
            given: Self.facts(rules ?? RelayRules(self.rules), usesTLS: usesTLS ?? self.usesTLS),
            secrets: Self.secrets
        )
    }

    static let secrets = Secrets([
        .environment("FILTER"): Secret(Array("a b:c'd\"e$f\\g{h}^i%j#é".utf8)), .environment("OTHER"): Secret([0x78]),
        .environment("BOSS"): Secret([0x79]), .environment("EMPTY"): Secret([]), .environment("BINARY"): Secret([0xFF]),
        .environment("ID"): Secret(Array("keriodb://relay/1".utf8)), .environment("NUL"): Secret([0x61, 0]),
    ])

    static func smarthost(
        _ name: String = "filter",
        _ hosts: [String] = ["outgoing.example.net"],
        port: Int = 587,
        tls: TLSPolicy = .opportunistic,
        password: String? = nil
    ) -> Smarthost {
        let login = password.map { Login(username: "out@example.com", password: .environment($0)) }
        return Smarthost(name: name, hosts: hosts, port: port, tls: tls, login: login)
    }

    static func rule(
        _ title: String,
        _ condition: RelayRule.Condition = .init(),
        username: String? = nil,
        isEnabled: Bool = true
    ) -> RelayRule { KerioSample.rule(title, condition, username: username, isEnabled: isEnabled) }

    static let filter = Route.via(smarthost())
    static let other = Route.via(smarthost("other", ["other.example.net"], port: 25, password: "BOSS"))

    private static let several = KerioSample.several

    private static let recipients = [
        RecipientRow(domain: .exactly("example.org"), route: filter),
        RecipientRow(domain: .exactly("partner.example"), route: other),
    ]
    private static let senders = [
        SenderRow(sender: .domain("example.com"), route: filter),
        SenderRow(
            sender: .address("boss@example.com"),
            route: filter,
            login: Login(username: "boss", password: .environment("BOSS"))
        ),
    ]

    static let all: [KerioCase] = [
        KerioCase("all mail", [], Routes(defaultRoute: filter, bounces: .default)),
        KerioCase("with a login", [], Routes(defaultRoute: .via(smarthost(password: "FILTER")), bounces: .default)),
        KerioCase("by recipient", [], Routes(recipients: recipients, bounces: .default)),
        KerioCase("by sender", [], Routes(senders: senders, bounces: .default)),
        KerioCase(
            "all of it",
            several,
            Routes(defaultRoute: other, recipients: recipients, senders: senders, bounces: .default)
        ),
        KerioCase("in place of others", several, Routes(defaultRoute: filter, bounces: .default)),
        KerioCase("beside others, by recipient", several, Routes(recipients: recipients, bounces: .default)),
        KerioCase("beside others that are kept", several, Routes(defaultRoute: filter, bounces: .default)) {
            $0.replaceOthers = .keep
        },
        KerioCase("beside one that is kept", several, Routes(defaultRoute: filter, senders: senders, bounces: .default))
        {
            $0.keep = ["partner", "with login"]
        },
        KerioCase(
            "all but one recipient",
            several,
            Routes(
                defaultRoute: filter,
                recipients: [RecipientRow(domain: .exactly("d.example"), route: .direct)],
                bounces: .default
            )
        ),
        KerioCase(
            "all but one sender",
            [],
            Routes(
                defaultRoute: filter,
                recipients: recipients,
                senders: senders + [SenderRow(sender: .domain("excluded.example"), route: .direct)],
                bounces: .default
            )
        ),
        KerioCase("TLS was off", several, Routes(defaultRoute: filter, bounces: .default), usesTLS: false),
        KerioCase(
            "in clear",
            [],
            Routes(defaultRoute: .via(smarthost(tls: .none)), bounces: .default),
            usesTLS: false
        ),
    ]

    /// The other hosts and senders that the rules above tell apart.
    static let probes: [(from: String, to: String)] = [
        "boss@example.com", "b@example.com", "c@excluded.example", "d@elsewhere.example",
    ]
    .flatMap { from in
        ["example.org", "partner.example", "d.example", "far.example"].map { (from: from, to: "x@\($0)") }
    }
}
