/// Settings that only one mail server has, as they stand in the playbook under its name; `nil` where none stand.
package struct ServerExtras: Sendable, Hashable {
    package var cpanel: CPanelExtras?
    package var directadmin: DirectAdminExtras?
    package var exchange: ExchangeExtras?
    package var mailenable: MailEnableExtras?
    package var kerio: KerioExtras?
    package var icewarp: IceWarpExtras?
    package var plesk: PleskExtras?

    package init(
        cpanel: CPanelExtras? = nil,
        directadmin: DirectAdminExtras? = nil,
        exchange: ExchangeExtras? = nil,
        mailenable: MailEnableExtras? = nil,
        kerio: KerioExtras? = nil,
        icewarp: IceWarpExtras? = nil,
        plesk: PleskExtras? = nil
    ) {
        self.cpanel = cpanel
        self.directadmin = directadmin
        self.exchange = exchange
        self.mailenable = mailenable
        self.kerio = kerio
        self.icewarp = icewarp
        self.plesk = plesk
    }

    /// The names of the mail servers that settings are given for.
    package var servers: [String] {
        [
            cpanel.map { _ in "cpanel" }, directadmin.map { _ in "directadmin" }, exchange.map { _ in "exchange" },
            mailenable.map { _ in "mailenable" }, kerio.map { _ in "kerio" }, icewarp.map { _ in "icewarp" },
            plesk.map { _ in "plesk" },
        ].compactMap { $0 }
    }

    /// These settings, with those of a host in place of a server's whole section where the host has one.
    package func overridden(by host: ServerExtras) -> ServerExtras {
        ServerExtras(
            cpanel: host.cpanel ?? cpanel,
            directadmin: host.directadmin ?? directadmin,
            exchange: host.exchange ?? exchange,
            mailenable: host.mailenable ?? mailenable,
            kerio: host.kerio ?? kerio,
            icewarp: host.icewarp ?? icewarp,
            plesk: host.plesk ?? plesk
        )
    }
}

/// Whether a panel's own limits on outgoing mail go on counting mail that takes the smarthost.
package enum SendingLimits: String, Sendable, Hashable, CaseIterable {
    case count
    case ignore
}

/// Whether mail through the smarthost is signed with DKIM.
package enum DKIMSigning: String, Sendable, Hashable, CaseIterable {
    /// Where there is a key for the sender's domain.
    case sign
    case none
}

/// What becomes of smarthosts that others have set up in a panel's own places: SpamExperts, MailChannels, and so on.
package enum OtherSmarthosts: String, Sendable, Hashable, CaseIterable {
    /// The host is left alone, as two smarthosts would take turns.
    case refuse
    /// Their routers, transports and authenticators are taken out; a rollback puts them back.
    case remove
}

/// What only cPanel has.
///
/// `/etc/mailips` and `/etc/mailhelo` are always kept.
package struct CPanelExtras: Sendable, Hashable {
    /// Whether the router stands in POSTMAILCOUNT, behind the hourly limits by domain, or before them.
    package var hourlyLimits: SendingLimits = .count
    package var dkim: DKIMSigning = .sign
    /// A header with the user who logged in to send, for smarthosts that count by user: `X-AuthUser`.
    package var identityHeader: String?
    package var replaceOthers: OtherSmarthosts = .refuse

    package init() {}
}

/// What only Plesk has.
package struct PleskExtras: Sendable, Hashable {
    /// Where the route of all mail is set.
    package enum SmarthostSetting: String, Sendable, Hashable, CaseIterable {
        /// In Plesk, where it has a smarthost of its own: Obsidian 18.0.64 and later.
        case panel
        /// In Postfix, beside the panel's, which is to be off.
        case postfix
    }

    package var smarthost: SmarthostSetting = .panel

    package init() {}
}

/// What only DirectAdmin has.
package struct DirectAdminExtras: Sendable, Hashable {
    /// Whether `check_limits` is asked.
    package var sendingLimits: SendingLimits = .count
    package var dkim: DKIMSigning = .sign
    package var identityHeader: String?
    package var replaceOthers: OtherSmarthosts = .refuse

    package init() {}
}

/// What only Exchange has: a Send connector.
///
/// Source: New-SendConnector and Set-SendConnector, Exchange 2007 to SE.
package struct ExchangeExtras: Sendable, Hashable {
    /// The connector that is made, or changed where there is one of that name.
    package var connector: String?
    package var usage: Usage = .custom
    /// What becomes of other enabled connectors for the same addresses; never deleted.
    package var replaceOthers: OtherConnectors = .warn
    /// Connectors that stay as they are, whatever `replaceOthers` says.
    package var keep: [String] = []
    /// 1 to 100, the lower the more preferred.
    package var cost: Int = 1
    /// Only for servers of the same Active Directory site.
    package var isScoped: Bool = false
    /// Servers that send through the connector; the host itself where there are none.
    package var sourceServers: [String] = []
    /// `nil`: by what the smarthost says of TLS and login.
    package var authentication: Authentication?
    /// What the server calls itself in EHLO.
    package var heloName: String?
    package var protocolLog: ProtocolLog = .none
    /// Bytes; `nil` leaves it, `.max` is without limit.
    package var maxMessageBytes: Int?
    /// The domain controller that is read from and written to.
    package var domainController: String?
    package var restartTransport: RestartTransport = .whenPortChanges
    /// An account for Exchange's own shell, for hosts that are reached with a key: Windows passes no login on then.
    package var shellLogin: Login?

    package init() {}

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

/// What only MailEnable has.
package struct MailEnableExtras: Sendable, Hashable {
    /// A file on the controller that says under which names this version keeps its smart host in the registry.
    package var profile: String?

    package init() {}
}

/// What only Kerio Connect has.
package struct KerioExtras: Sendable, Hashable {
    /// The port of the administration interface, on the host itself.
    package var adminPort: Int = 4040
    /// An account of the administration interface.
    package var adminLogin: Login?
    package var replaceOthers: OtherRules = .disable

    package init() {}

    /// What becomes of relay rules that others made.
    package enum OtherRules: String, Sendable, Hashable, CaseIterable { case disable, keep }
}

/// What only IceWarp has.
package struct IceWarpExtras: Sendable, Hashable {
    /// The whole path of `tool.sh` or `tool.exe`; found by itself where it is in its usual place.
    package var tool: String?
    package var use: Use = .always

    package init() {}

    package enum Use: String, Sendable, Hashable, CaseIterable {
        case always
        /// Only for mail that could not be delivered directly.
        case whenDirectFails = "when-direct-fails"
    }
}
