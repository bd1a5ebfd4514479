import MTAPlan

/// The wanted routes as accounts of msmtp.
///
/// Each smarthost and login has an account with its settings; accounts that begin as its copies take the mail of one
/// sender each, and the default account that of all others. msmtp takes the first account whose `from` fits.
///
/// Source: msmtp(1), `account`, `from`; find_account_by_envelope_from in conf.c of 1.8.28.
struct MsmtpAccounts {
    private(set) var lines = SecretLines()
    private(set) var expectations: [POSIXWork.Expectation] = []
    /// Smarthosts that get a password over a connection without TLS.
    private(set) var clearLogins: [Smarthost] = []
    private(set) var hasLogin = false
    /// Whether ours has the host's default account replaced.
    private(set) var hasDefault = false
    /// Whether an account of ours is a copy of the host's default account.
    private(set) var needsDefault = false
    private var ways: [Way] = []

    var isEmpty: Bool { lines.lines.isEmpty }

    private struct Way: Hashable {
        var smarthost: Smarthost
        var login: Login?
    }

    /// `own`: The host's own settings, of which what decides no route is kept.
    ///
    /// - Throws: What cannot be said in accounts.
    init(_ routes: Routes, beside own: MsmtpSettings, secrets: Secrets) throws(Failure) {
        var rows: [(pattern: String, example: String, way: Way?)] = []
        let isAddress = { (row: SenderRow) in if case .address = row.sender { true } else { false } }
        for row in routes.senders.filter(isAddress) + routes.senders.filter({ !isAddress($0) }) {
            let way = try Self.way(row)
            switch row.sender {
            case .address(let address):
                // Else the account of `boss@` would take the mail from `boss+list@` too.
                if let detailed = Self.detailed(address) {
                    let other = try routes.senderRow("\(detailed.example)").map(Self.way) ?? Self.way(routes)
                    rows.append((detailed.pattern, detailed.example, other))
                }
                rows.append((Self.plain(address), address, way))
            case .domain(let domain): rows.append(("*@\(Self.folded(domain))", "mtactl@\(domain)", way))
            }
        }
        let standard = Self.way(routes)
        for way in rows.compactMap(\.way) + (standard.map { [$0] } ?? []) where !ways.contains(way) {
            try check(way, secrets)
            ways.append(way)
        }
        hasDefault = standard != nil
        needsDefault = rows.contains { $0.way == nil }
        hasLogin = ways.contains { $0.login != nil }
        clearLogins = ways.filter { $0.login != nil && $0.smarthost.tls == .none }.map(\.smarthost)
        for way in ways { append(way, own) }
        for (index, row) in rows.enumerated() {
            lines.append("account mtactl-sender-\(index + 1) : \(row.way.map(name) ?? "default")")
            lines.append("from \(row.pattern)")
            if let way = row.way { expect(way, from: row.example) }
        }
        if let standard {
            lines.append("account default : \(name(standard))")
            if let from = own.defaultFrom { lines.append("from \(from)") }
            expect(standard, from: "mtactl@mtactl.invalid")
        }
    }

    // MARK: Senders

    private static func way(_ routes: Routes) -> Way? {
        guard case .via(let smarthost) = routes.defaultRoute else { return nil }
        return Way(smarthost: smarthost, login: smarthost.login)
    }

    private static func way(_ row: SenderRow) throws(Failure) -> Way {
        guard case .via(let smarthost) = row.route else { throw .direct(row.sender) }
        return Way(smarthost: smarthost, login: row.login ?? smarthost.login)
    }

    /// What takes mail from an address with a detail, for one that has none itself.
    private static func detailed(_ address: String) -> (pattern: String, example: String)? {
        guard let (local, domain) = MailAddress.split(address), !local.contains("+") else { return nil }
        return ("\(folded(local))+*@\(folded(domain))", "\(local)+mtactl@\(domain)")
    }

    /// An address is compared without regard to case, unless it looks like a pattern.
    private static func plain(_ address: String) -> String {
        address.contains { "?*[".contains($0) } ? folded(address) : address
    }

    /// A glob(7) pattern for a text in upper or lower case: patterns are compared letter by letter.
    private static func folded(_ text: String) -> String {
        text.map { character in
            let (upper, lower) = (character.uppercased(), character.lowercased())
            if upper != lower { return "[\(lower)\(upper)]" }
            return "?*[".contains(character) ? "[\(character)]" : String(character)
        }.joined()
    }

    /// A pattern as people write it: what stands for a letter in either case, as that letter.
    static func readable(_ pattern: String) -> String {
        pattern.replacing(/\[([^A-Z\]])([^a-z\]])\]/) { found in
            found.1 != found.2 && found.1.uppercased() == found.2 ? String(found.1) : String(found.0)
        }
    }

    // MARK: Accounts

    private func name(_ way: Way) -> String {
        let alike = ways.filter { $0.smarthost.name == way.smarthost.name }
        let number = alike.firstIndex(of: way).map { $0 + 1 } ?? 1
        return "mtactl-\(way.smarthost.name)" + (number > 1 ? "-\(number)" : "")
    }

    private mutating func append(_ way: Way, _ own: MsmtpSettings) {
        let smarthost = way.smarthost
        lines.append("account \(name(way))")
        for setting in own.kept { lines.append("\(setting.name) \(setting.value)") }
        for setting in own.toBeEmptied { lines.append(setting) }
        for host in smarthost.hosts { lines.append("host \(host)") }
        lines.append("port \(smarthost.port)")
        lines.append("tls \(smarthost.tls == .none ? "off" : "on")")
        if smarthost.tls != .none {
            lines.append("tls_starttls \(smarthost.port == 465 ? "off" : "on")")
            lines.append("tls_certcheck \(smarthost.tls == .verified ? "on" : "off")")
        }
        guard let login = way.login else { return lines.append("auth off") }
        // Without TLS `on` chooses no mechanism that shows the password, and fails where there is no other.
        lines.append("auth \(smarthost.tls == .none ? "plain" : "on")")
        lines.append("user \(login.username)")
        lines.append("password \"", login.password, as: .plain, "\"")
    }

    /// What msmtp has to say of the way that mail from this sender takes.
    private mutating func expect(_ way: Way, from sender: String) {
        let lines = [
            "host \(way.smarthost.hosts.first ?? "")", "port \(way.smarthost.port)",
            "user \(way.login?.username ?? "(not set)")", "tls \(way.smarthost.tls == .none ? "off" : "on")",
        ]
        expectations.append(
            .init(Command(program: PackageResources.msmtp_way_sh, [sender]), prints: lines.joined(separator: "\n"))
        )
    }

    private func check(_ way: Way, _ secrets: Secrets) throws(Failure) {
        try way.smarthost.checkHosts(on: "msmtp")
        if way.smarthost.tls == .opportunistic {
            throw .noSuchTLS(
                "msmtp",
                way.smarthost,
                why: "it sends nothing if TLS was asked for and is not offered",
                hint: "write `tls: required`, or `tls: none`"
            )
        }
        guard let login = way.login else { return }
        try LoginLimits(server: "msmtp").check(login, secrets: secrets)
        if login.username.first?.isWhitespace == true || login.username.last?.isWhitespace == true
            || login.username.hasPrefix("\"")
        {
            throw .oddUser(login.username)
        }
        // A line of its own, which conf.c reads into 500 bytes.
        if try secrets.value(of: login.password).reveal().count > 400 { throw .longPassword(login) }
    }
}

extension Failure {
    fileprivate static func direct(_ sender: SenderPattern) -> Failure {
        Failure(
            "msmtp sends nothing directly, but `\(sender)` is to go `direct`",
            hint: "remove the row from `senders`, or install Postfix, Exim or OpenSMTPD on the host"
        )
    }
    fileprivate static func oddUser(_ user: String) -> Failure {
        Failure(
            "msmtp would not read back the user name `\(user.escaped)`",
            hint: "ask the smarthost's operator for another user name"
        )
    }
    fileprivate static func longPassword(_ login: Login) -> Failure {
        Failure(
            "msmtp cannot store the password of `\(login.username.escaped)` (\(login.password)): it is longer than 400 bytes",
            hint: "have the password changed"
        )
    }
}
