package import MTAPlan

/// What only Exchange has: a Send connector.
///
/// Source: New-SendConnector and Set-SendConnector, Exchange 2007 to SE.
package struct ExchangeSettings: ServerSettings {
    package static let key = "exchange"
    package static let note = "Only Exchange: its Send connector."
    package static let keys = [
        Key(
            "connector",
            .text(.line("the name of a connector")),
            "The Send connector that is created, or changed if one of that name exists."
        ),
        Key(
            "usage",
            .words(of: Usage.self),
            "What the connector is for, when it is created.",
            fallback: "custom"
        ),
        Key(
            "replace-others",
            .words(of: OtherConnectors.self),
            "Other enabled connectors for the same addresses. They are never deleted.",
            fallback: "warn"
        ),
        Key(
            "keep",
            .list(of: .text(.line("the name of a connector")), atLeast: 1),
            "Connectors that stay as they are."
        ),
        Key(
            "cost",
            .integer(1...100),
            "Lower values are preferred. Default: unchanged, and 1 for a new connector."
        ),
        Key(
            "scoped",
            .boolean,
            "Only for servers of the same Active Directory site. Default: unchanged, and off for a new connector."
        ),
        Key(
            "source-servers",
            .list(of: .text(.line("the name of a server")), atLeast: 1),
            "Servers that send through the connector. Default: unchanged, and the host itself for a new connector."
        ),
        Key(
            "authentication",
            .words(of: Authentication.self),
            "How it logs in to the smarthost. Default: according to the smarthost's `tls` and `login`."
        ),
        Key("helo-name", .text(.hostName), "What the server calls itself."),
        Key("protocol-log", .words(of: ProtocolLog.self), "The connector's log. Default: unchanged."),
        Key(
            "max-message-size",
            .either([.words(["unlimited"]), .integer(1...2_147_483_647)]),
            "Bytes, or `unlimited`. Default: unchanged."
        ),
        Key("domain-controller", .text(.hostName), "The domain controller that is read from and written to."),
        Key(
            "restart-transport",
            .words(of: RestartTransport.self),
            "A new port needs a restart of the transport service.",
            fallback: "when-port-changes"
        ),
        Key(
            "shell-login",
            .login,
            "An account for Exchange's own shell, for hosts that are reached with a key."
        ),
    ]

    /// The connector that is made, or changed where there is one of that name.
    package var connector: String?
    package var usage: Usage = .custom
    /// What happens to other enabled connectors for the same addresses; never deleted.
    package var replaceOthers: OtherConnectors = .warn
    /// Connectors that stay as they are, whatever `replaceOthers` says.
    package var keep: [String] = []
    /// 1 to 100, the lower the more preferred.
    ///
    /// `nil` leaves it, and is 1 for a new connector.
    package var cost: Int?
    /// Only for servers of the same Active Directory site.
    ///
    /// `nil` leaves it, and is not so for a new connector.
    package var isScoped: Bool?
    /// Servers that send through the connector; none leaves them, and is the host itself for a new connector.
    package var sourceServers: [String] = []
    /// `nil`: by what the smarthost says of TLS and login.
    package var authentication: Authentication?
    /// What the server calls itself in EHLO.
    package var heloName: String?
    /// `nil` leaves it.
    package var protocolLog: ProtocolLog?
    /// Bytes; `nil` leaves it, `.max` is without limit.
    package var maxMessageBytes: Int?
    /// The domain controller that is read from and written to.
    package var domainController: String?
    package var restartTransport: RestartTransport = .whenPortChanges
    /// An account for Exchange's own shell, for hosts that are reached with a key: Windows passes no login on then.
    package var shellLogin: Login?

    package init() {}

    package init(_ section: SectionReader) {
        connector = section.text("connector")
        usage = section.word("usage") ?? usage
        replaceOthers = section.word("replace-others") ?? replaceOthers
        keep = section.texts("keep")
        cost = section.integer("cost")
        isScoped = section.boolean("scoped")
        sourceServers = section.texts("source-servers")
        authentication = section.word("authentication")
        heloName = section.host("helo-name")
        protocolLog = section.word("protocol-log")
        maxMessageBytes = section.text("max-message-size") == nil ? section.integer("max-message-size") : .max
        domainController = section.host("domain-controller")
        restartTransport = section.word("restart-transport") ?? restartTransport
        shellLogin = section.login("shell-login", what: "for the Exchange shell")
    }

    package var logins: [Login] { [shellLogin].compactMap { $0 } }

    package var findings: [SettingsFinding] {
        var findings: [SettingsFinding] = []
        if !keep.isEmpty, replaceOthers != .disable {
            findings.append(
                SettingsFinding(
                    id: "exchange-keep",
                    severity: .note,
                    key: "keep",
                    problem: "`keep` has no effect if no other connector is switched off",
                    hint: "write `replace-others: disable`, or leave `keep` out"
                )
            )
        }
        if restartTransport == .never {
            findings.append(
                SettingsFinding(
                    id: "exchange-restart",
                    severity: .note,
                    key: "restart-transport",
                    problem: "a new port takes effect only when the transport service is restarted",
                    hint: "leave `restart-transport` out, or restart it on each source server yourself"
                )
            )
        }
        return findings
    }

    package enum Usage: String, Sendable, Hashable, CaseIterable { case custom, `internal`, internet, partner }

    package enum OtherConnectors: String, Sendable, Hashable, CaseIterable { case disable, warn, ignore }

    package enum ProtocolLog: String, Sendable, Hashable, CaseIterable { case none, verbose }

    package enum RestartTransport: String, Sendable, Hashable, CaseIterable {
        case whenPortChanges = "when-port-changes"
        case always
        case never
    }

    /// SmartHostAuthMechanism.
    package enum Authentication: String, Sendable, Hashable, CaseIterable {
        case none
        case basic
        case basicRequireTLS = "basic-require-tls"
        case exchangeServer = "exchange-server"
        /// The connection is protected by something else, such as IPsec.
        case external
    }
}
