import MTAPlan

/// What keeps a Sendmail from doing exactly what is asked, found before anything is changed.
struct SendmailRefusals {
    let routes: Routes
    let host: SendmailHost
    let secrets: Secrets

    func check() throws(Failure) {
        if case .relay = routes.localDomains { throw SendmailRefusal.localDomains }
        if routes.sendersFile != nil { throw SendmailRefusal.sendersFile }
        if routes.returnPath != nil { throw SendmailRefusal.returnPath }
        if host.source.bytes.firstRange(of: [0x0D, 0x0A]) != nil {
            throw SendmailRefusal.carriageReturns(host.source.realPath)
        }
        if SendmailHost.isRunning(in: host.facts) == false { throw SendmailRefusal.notRunning }
        try checkOtherWays()
        for smarthost in routes.usedSmarthosts { try check(smarthost) }
        let logins = routes.usedSmarthosts.compactMap(\.login) + routes.senders.compactMap(\.login)
        if !logins.isEmpty { try checkPlugIns() }
        for login in logins { try check(login) }
        try checkRecipients()
    }

    private func check(_ smarthost: Smarthost) throws(Failure) {
        let name = smarthost.name
        guard !name.isEmpty, name.utf8.allSatisfy({ $0.isPlain || "-_".utf8.contains($0) }) else {
            throw SendmailRefusal.unfitName(name)
        }
        let isHost = { (host: String) in
            !host.isEmpty && host.utf8.allSatisfy { $0.isPlain || ".-:_".utf8.contains($0) }
        }
        guard !smarthost.hosts.isEmpty, smarthost.hosts.allSatisfy(isHost) else {
            throw SendmailRefusal.unfitHost(name)
        }
        guard smarthost.tls != .none else { return }
        guard host.has("STARTTLS") else { throw SendmailRefusal.noTLS }
        if smarthost.port == 465 { throw SendmailRefusal.implicitTLS(name) }
        guard smarthost.tls == .verified else { return }
        if let address = smarthost.hosts.first(where: \.isAddress) {
            throw SendmailRefusal.verifiedAddress(name, address)
        }
        guard host.certificates != nil else { throw SendmailRefusal.noCertificates(name) }
    }

    /// Ways that mail takes besides those of ruleset 0.
    ///
    /// Source: cf/README, confFALLBACK_SMARTHOST, confFALLBACK_MX; op.me, `FallbackSmartHost`.
    private func checkOtherWays() throws(Failure) {
        guard routes != Routes() else { return }
        if let way = SendmailHost.elsewhere(in: host.facts) { throw SendmailRefusal.elsewhere(way) }
        guard !routes.usedSmarthosts.isEmpty else { return }
        for option in ["FallbackSmartHost", "FallbackMXhost"] {
            guard let other = host.made.option(option), !other.isEmpty else { continue }
            throw SendmailRefusal.fallback(option, other, host.source.realPath)
        }
    }

    private func checkPlugIns() throws(Failure) {
        guard host.has("SASLv2") else {
            throw SendmailRefusal.noSASL(host.facts.text("sendmail.program") ?? "sendmail")
        }
        let libraries = host.plugIns
        guard libraries.contains("libplain.so") || libraries.contains("liblogin.so") else {
            throw SendmailRefusal.noPlugIns(OperatingSystem(host.facts).saslPackage)
        }
    }

    /// Sendmail reads a row of a table into buffers of fixed length: MAXNAME, 256 bytes, in conf.h.
    private func check(_ login: Login) throws(Failure) {
        let isOdd = { (byte: UInt8) in byte < 0x20 || byte == 0x7F }
        if login.username.isEmpty || login.username.utf8.contains(where: isOdd) {
            throw SendmailRefusal.unfitUser(login.username)
        }
        let password = try secrets.value(of: login.password).reveal()
        if password.isEmpty { throw SendmailRefusal.unfitPassword(login, "is empty") }
        if password.contains(where: { [0, 0x0A, 0x0D].contains($0) }) {
            throw SendmailRefusal.unfitPassword(login, "has a line break or a NUL byte in it")
        }
        if password.count + login.username.utf8.count > 140 {
            throw SendmailRefusal.unfitPassword(
                login,
                "is, with the user name, longer than the 140 bytes that Sendmail has room for"
            )
        }
    }

    private func checkRecipients() throws(Failure) {
        let asks = routes.defaultRoute != .direct || !routes.senders.isEmpty || !routes.recipients.isEmpty
        guard asks, let map = host.made.map("mailertable") else { return try checkLocal() }
        guard let (path, rows) = host.mailerTable else {
            if routes.recipients.isEmpty { return }
            throw SendmailRefusal.opaqueTable(map.type, map.path)
        }
        if let row = rows.first(where: { $0.key == "." }) { throw SendmailRefusal.wildcard(path, row) }
        let decided = DecidedDomains(rows)
        for wanted in routes.recipients {
            if let row = decided.row(of: wanted.domain) {
                throw SendmailRefusal.foreignRow(path, row, wanted.domain.key)
            }
        }
        try checkLocal()
    }

    /// Mail for names of class w, and of the virtusertable, never gets to a route.
    private func checkLocal() throws(Failure) {
        for row in routes.recipients {
            if case .exactly(let domain) = row.domain, host.localDomains.contains(domain.lowercased()) {
                throw SendmailRefusal.own(domain)
            }
        }
    }
}

/// The domains that rows of a mailertable decide for: a key with a dot before it is for all below.
private struct DecidedDomains {
    private let keys: [String: SendmailTable.Row]
    /// By each `.domain` that a key is below.
    private let below: [String: SendmailTable.Row]

    init(_ rows: [SendmailTable.Row]) {
        keys = Dictionary(rows.map { ($0.key, $0) }) { first, _ in first }
        let ends = rows.flatMap { row in Self.ends(of: row.key).map { ($0, row) } }
        below = Dictionary(ends) { first, _ in first }
    }

    /// `.b.c` and `.c` of `a.b.c`; of `.b.c` itself too.
    private static func ends(of name: String) -> [String] {
        name.indices.filter { name[$0] == "." }.map { String(name[$0...]) }
    }

    func row(of domain: DomainPattern) -> SendmailTable.Row? {
        switch domain {
        case .exactly(let name):
            return ([name] + Self.ends(of: name)).lazy.compactMap { keys[$0] }.first
        case .subdomains(let name):
            return Self.ends(of: ".\(name)").lazy.compactMap { keys[$0] }.first ?? below[".\(name)"]
        }
    }
}

extension UInt8 {
    fileprivate var isPlain: Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20)
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self)
    }
}

extension String {
    /// Whether it is an IP address rather than a name.
    fileprivate var isAddress: Bool { contains(":") || allSatisfy { $0 == "." || $0.isNumber } }
}
