import MTAPlan

/// What keeps a qmail from doing exactly what is asked, found before anything is changed.
struct QmailRefusals {
    let routes: Routes
    let host: QmailHost
    let secrets: Secrets

    func check() throws(Failure) {
        if routes != Routes() {
            let paths = ["smtproutes", "authsenders"].map(host.path)
            try host.facts.checkRelied(on: paths)
        }
        if case .relay = routes.localDomains {
            throw Self.unable("send local mail through a smarthost", "local-domains: relay")
        }
        if routes.returnPath != nil { throw Self.unable("rewrite return paths", "rewrite-return-path") }
        if routes.sendersFile != nil { throw Self.unable("look senders up in a list of the host", "senders-file") }
        if host.facts.text("qmail.running") == "no" { throw Self.notRunning }
        for smarthost in routes.usedSmarthosts {
            try check(smarthost)
            if let login = smarthost.login { try check(login, of: smarthost) }
        }
        for case (let login?, .via(let smarthost)) in routes.senders.map({ ($0.login, $0.route) }) {
            try check(login, of: smarthost)
        }
        try checkSenders()
        try checkRecipients()
        try routes.checkBounces(on: "qmail")
    }

    // MARK: Smarthosts

    private func check(_ smarthost: Smarthost) throws(Failure) {
        guard smarthost.hosts.count == 1, let name = smarthost.hosts.first else { throw Self.severalHosts(smarthost) }
        // Stock qmail looks up and connects to IPv4 alone, and a colon ends the relay: qmail-remote.c, dns.c.
        if name.contains(":") { throw Self.notIPv4(smarthost, name) }
        let isVerified = host.build.tls == .byHost && host.verifiedHosts.contains(name.lowercased())
        if smarthost.port == 465, host.build.tls != .byHost { throw Self.tlsFromTheStart(smarthost) }
        switch (smarthost.tls, host.build.tls) {
        case (.none, .none), (.opportunistic, .offered), (.opportunistic, .byHost): break
        case (.required, .byHost) where !host.build.logsTLS, (.verified, .byHost) where !host.build.logsTLS:
            throw Self.tlsNotLogged(smarthost)
        case (.required, .byHost) where isVerified || smarthost.port == 465: break
        case (.verified, .byHost) where isVerified: break
        case (_, .none): throw Self.withoutTLS(smarthost, host.build)
        case (.none, _): throw Self.alwaysTLS(smarthost)
        case (.opportunistic, _), (.required, _), (.verified, _):
            throw Self.tlsNotRequired(smarthost, host.build, host.home)
        }
    }

    private func check(_ login: Login, of smarthost: Smarthost) throws(Failure) {
        let mark: Character
        switch host.build.logins {
        case .bars: mark = "|"
        case .blanks: mark = " "
        case .elsewhere(let file): throw Self.loginsElsewhere(smarthost, file)
        case .none: throw Self.withoutLogins(smarthost, host.build)
        }
        let user = login.username
        let isOdd = user.utf8.contains { $0 < 0x20 || $0 == 0x7F }
        if user.isEmpty || isOdd || user.contains(mark) || (mark == " " && user.hasPrefix("-")) {
            throw Self.unfitUser(user, mark)
        }
        let password = try secrets.value(of: login.password).reveal()
        if password.isEmpty { throw Self.unfitPassword(login, "is empty") }
        if password.contains(where: { [0, 0x0A, 0x0D].contains($0) }) {
            throw Self.unfitPassword(login, "has a line break or a NUL byte in it")
        }
        if mark == "|" && password.contains(UInt8(ascii: "|")) {
            throw Self.unfitPassword(login, "has a `|` in it, which ends it for qmail-remote")
        }
        if mark == " " && password.contains(0x20) {
            throw Self.unfitPassword(login, "has a space in it, which ends it for qmail-remote")
        }
        if [0x20, 0x09].contains(password.last) {
            throw Self.unfitPassword(login, "ends in a space, which qmail cuts off")
        }
    }

    // MARK: Rows

    private func checkSenders() throws(Failure) {
        guard host.build.logins == .bars else {
            if routes.senders.isEmpty { return }
            throw Self.withoutSenders(host.build)
        }
        if !routes.senders.isEmpty, !routes.recipients.isEmpty { throw Self.sendersFirst }
        let direct = routes.senders.first { $0.route == .direct }
        if let direct, routes.defaultRoute != .direct { throw Self.senderNotDirect(direct.sender) }
        let all = host.senders.effective.first { $0.key.isEmpty && !$0.isOurs && !$0.value.isEmpty }
        if let all, !routes.usedSmarthosts.isEmpty { throw Self.everySender(host.path("authsenders"), all.line) }
    }

    private func checkRecipients() throws(Failure) {
        for row in routes.recipients {
            guard case .exactly(let domain) = row.domain else { continue }
            if let own = host.own(domain) { throw Self.own(row.domain, host.path(own.file), own.domain) }
        }
        let passedOn = Set(host.passedOn)
        if let row = routes.recipients.first(where: {
            passedOn.contains($0.domain.smtproutesKey) && $0.route != .direct
        }) {
            throw Self.own(row.domain, host.path("rcpthosts"), row.domain.smtproutesKey)
        }
        // Every domain is virtual then, so that no mail would ever leave.
        if let own = host.own(""), !routes.usedSmarthosts.isEmpty {
            throw Self.everythingLocal(host.path(own.file))
        }
    }
}
