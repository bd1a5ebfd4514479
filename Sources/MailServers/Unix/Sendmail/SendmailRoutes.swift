import MTAPlan

/// The wanted routes in Sendmail's notation.
struct SendmailRoutes: Sendable {
    struct Row: Sendable, Hashable {
        var key: String
        var value: String
    }

    /// A login and what it is looked up by: the host part of a route, and whether the connection is encrypted.
    struct LoginRow: Sendable, Hashable {
        var key: String
        var login: Login
        var mechanisms: String
    }

    /// What SMART_HOST becomes; `nil` where the playbook asks for no change.
    private(set) var defaultRoute: String?
    /// Rows of `mtactl-routes` that decide a route, recipients first.
    private(set) var rows: [Row] = []
    /// Rows of `mtactl-routes` that say how a connection is protected.
    private(set) var tls: [Row] = []
    private(set) var logins: [LoginRow] = []
    /// In the order in which the playbook first needs them.
    private(set) var smarthosts: [Smarthost] = []

    /// - Throws: What cannot be said in Sendmail's notation.
    init(_ routes: Routes) throws(Failure) {
        if case .via(let smarthost) = routes.defaultRoute { defaultRoute = try use(smarthost, smarthost.login) }
        for row in routes.recipients {
            rows.append(Row(key: "to:" + (try Self.key(row.domain.key)), value: try value(row.route)))
        }
        // As the default, `direct` means no change of route, and bounces then go as they went.
        if routes.bounces == .direct, defaultRoute != nil {
            rows.append(Row(key: Self.bounces, value: Self.direct))
        }
        for row in routes.senders {
            let key = "from:" + (try Self.key(row.sender.key))
            rows.append(Row(key: key, value: try value(row.route, row.login)))
        }
        var seen: Set<String> = []
        for row in rows where !seen.insert(row.key.lowercased()).inserted { throw .repeated(row.key) }
    }

    static let bounces = "bounces"
    static let direct = "direct"

    var needsVerified: Bool { smarthosts.contains { $0.tls == .verified } }
    var decidesBySender: Bool { rows.contains { !$0.key.hasPrefix("to:") } }
    var namesSenders: Bool { rows.contains { $0.key.hasPrefix("from:") } }
    var decidesByRecipient: Bool { rows.contains { $0.key.hasPrefix("to:") } }

    private mutating func value(_ route: Route, _ login: Login? = nil) throws(Failure) -> String {
        guard case .via(let smarthost) = route else { return Self.direct }
        return try use(smarthost, login ?? smarthost.login)
    }

    /// The route's notation; what the way there needs is noted.
    ///
    /// - Throws: Where one host would have two logins or two kinds of TLS: Sendmail asks for both by the host alone.
    private mutating func use(_ smarthost: Smarthost, _ login: Login?) throws(Failure) -> String {
        let host = smarthost.nextHop
        for other in smarthosts where other.nextHop.lowercased() == host.lowercased() && other.tls != smarthost.tls {
            throw .twoPolicies(smarthost, other)
        }
        let known = users[host.lowercased()]
        if let known, known != login { throw .twoLogins(smarthost) }
        if known == nil {
            users[host.lowercased()] = .some(login)
            if let row = smarthost.tlsRow { tls.append(row) }
            if let login { logins += smarthost.rows(of: login) }
        }
        if !smarthosts.contains(where: { $0.mailer == smarthost.mailer }) { smarthosts.append(smarthost) }
        return "\(smarthost.mailer):\(host)"
    }

    /// The login of each host that some mail is to take.
    private var users: [String: Login?] = [:]

    /// A key of a table, if it can be one: makemap(8) ends it at white space, and rules see it in tokens.
    private static func key(_ key: String) throws(Failure) -> String {
        let isPlain = key.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"\"\\()<>,;$".utf8.contains($0) }
        guard isPlain, !key.isEmpty else { throw .noKey(key) }
        return key
    }
}

extension Smarthost {
    /// The mailer that has the port: `mtactl-filter-587`.
    var mailer: String { "mtactl-\(name)-\(port)" }

    /// In brackets there is no MX lookup; several are tried in order: op.me, section 5.2, `$@`.
    var nextHop: String { hosts.map { $0.contains(":") ? "[IPv6:\($0)]" : "[\($0)]" }.joined(separator: ":") }

    fileprivate var tlsRow: SendmailRoutes.Row? {
        let key = "tls:\(nextHop)"
        switch tls {
        case .opportunistic: return nil
        case .none: return .init(key: key, value: "none")
        case .required: return .init(key: key, value: "required")
        case .verified:
            // A certificate may be for all names below a domain.
            let names = hosts.flatMap { host in
                [host] + (host.firstIndex(of: ".").map { ["*" + host[$0...]] } ?? [])
            }
            return .init(key: key, value: "verified " + names.map { "<\($0)>" }.joined(separator: " "))
        }
    }

    /// A password crosses the network in clear text only where the playbook asks for no TLS at all.
    fileprivate func rows(of login: Login) -> [SendmailRoutes.LoginRow] {
        let clear = "clear/\(nextHop)"
        let all = "PLAIN LOGIN CRAM-MD5"
        let encrypted = SendmailRoutes.LoginRow(key: nextHop, login: login, mechanisms: all)
        switch tls {
        case .none: return [.init(key: clear, login: login, mechanisms: all)]
        case .opportunistic: return [encrypted, .init(key: clear, login: login, mechanisms: "CRAM-MD5")]
        case .required, .verified: return [encrypted]
        }
    }
}

extension Failure {
    fileprivate static func noKey(_ key: String) -> Failure {
        Failure(
            "`\(key.escaped)` cannot be a key of a Sendmail table",
            hint: "use an address or a domain of plain ASCII characters"
        )
    }
    fileprivate static func repeated(_ key: String) -> Failure {
        Failure(
            "`\(key.drop { $0 != ":" }.dropFirst())` has two rows for Sendmail, which ignores case",
            hint: "keep one of them"
        )
    }
    fileprivate static func twoLogins(_ smarthost: Smarthost) -> Failure {
        Failure(
            "the playbook uses \(smarthost.nextHop) with different logins, but Sendmail finds a login by host name",
            hint: "give each login a host name of its own that leads to the smarthost, or use one login for all"
        )
    }
    fileprivate static func twoPolicies(_ smarthost: Smarthost, _ other: Smarthost) -> Failure {
        Failure(
            "the smarthosts `\(smarthost.name)` and `\(other.name)` are one host, \(smarthost.nextHop), with different `tls`, but Sendmail decides on TLS by host name",
            hint: "write the same `tls` for both, or give one of them another host name"
        )
    }
}
