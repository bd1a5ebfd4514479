import MTAPlan

/// What keeps a Postfix from doing exactly what is asked, found before anything is changed.
struct PostfixRefusals {
    let routes: Routes
    let host: PostfixHost
    let secrets: Secrets

    func check() throws(Failure) {
        if case .relay = routes.localDomains { throw .localDomains }
        guard host.version >= .init(3, 0) else { throw .tooOld(host.facts.text("postfix.version") ?? "") }
        if Postfix.isRunning(in: host.facts) == false { throw .notRunning }
        for smarthost in routes.usedSmarthosts { try check(smarthost) }
        let logins = routes.usedSmarthosts.compactMap(\.login) + routes.senders.compactMap(\.login)
        for login in logins { try check(login) }
        if !logins.isEmpty || routes.sendersFile?.logins != nil { try checkPlugins() }
        try checkServices()
        try checkTables()
        try checkDirect()
        try checkInstances()
        try ReturnPathRefusals(routes: routes, host: host).check()
    }

    private func check(_ smarthost: Smarthost) throws(Failure) {
        let name = smarthost.name
        let isPlain = { (text: String, extra: String) in
            !text.isEmpty && text.utf8.allSatisfy { ($0 | 0x20).isLetter || $0.isDigit || extra.utf8.contains($0) }
        }
        guard isPlain(name, "-_") else { throw .unfitName(name) }
        guard !smarthost.hosts.isEmpty, smarthost.hosts.allSatisfy({ isPlain($0, ".-:_") }) else {
            throw .unfitHost(name)
        }
        if smarthost.hosts.count > 1, host.version < .init(3, 5) { throw .severalHosts(name) }
        guard smarthost.tls == .verified else { return }
        if let address = smarthost.hosts.first(where: \.isAddress) { throw .verifiedAddress(name, address) }
        if host.setting("smtp_tls_CAfile") == nil, host.lines("postfix.bundles").isEmpty { throw .noBundle(name) }
    }

    /// A login is kept as `USER:PASSWORD` at the end of a line: postconf(5), smtp_sasl_password_maps.
    private func check(_ login: Login) throws(Failure) {
        let user = login.username
        let isOdd = { (byte: UInt8) in byte < 0x20 || byte == 0x7F || byte == UInt8(ascii: ":") }
        if user.isEmpty || user.utf8.first == UInt8(ascii: " ") || user.utf8.contains(where: isOdd) {
            throw .unfitUser(user)
        }
        let password = try secrets.value(of: login.password).reveal()
        if password.isEmpty { throw .unfitPassword(login, "is empty") }
        if password.contains(where: { [0, 0x0A, 0x0D].contains($0) }) {
            throw .unfitPassword(login, "has a line break or a NUL byte in it")
        }
        if password.last?.isBlank == true {
            throw .unfitPassword(login, "ends in white space, which Postfix drops")
        }
        if host.value("smtputf8_enable") != "no", String(validating: password, as: UTF8.self) == nil {
            throw .unfitPassword(login, "is not UTF-8, which Postfix's tables do not accept")
        }
    }

    private func checkPlugins() throws(Failure) {
        guard host.lines("postfix.sasl").contains("cyrus") else { throw .noSASL }
        let libraries = host.lines("postfix.plugins")
        guard libraries.contains("libplain.so") || libraries.contains("liblogin.so") else {
            throw .noPlugins(OperatingSystem(host.facts).saslPackage)
        }
    }

    private func checkServices() throws(Failure) {
        let path = host.masterFile.realPath
        let hasDirect =
            routes.recipients.contains { $0.route == .direct } || routes.senders.contains { $0.route == .direct }
            || (routes.bounces == .direct && routes.defaultRoute != .direct)
        if hasDirect, host.client == nil { throw .noClient(path) }
        let foreign = host.services.filter { !$0.isOurs }
        if let service = foreign.first(where: { $0.name.hasPrefix("mtactl-") }) { throw .foreignService(path, service) }
        let decided = [
            "trivial-rewrite": [
                "default_transport", "relayhost", "transport_maps", "sender_dependent_default_transport_maps",
            ],
            "cleanup": routes.returnPath == nil ? [] : ["sender_canonical_maps", "sender_canonical_classes"],
        ]
        guard routes != Routes() else { return }
        for service in foreign {
            let name = decided[service.command]?.first { service.option($0) != nil }
            if let name { throw .ownSetting(path, service, name) }
        }
    }
}

extension PostfixRefusals {
    /// Tables of the host that would decide before ours.
    private func checkTables() throws(Failure) {
        let asksForSenders = routes.defaultRoute != .direct || !routes.senders.isEmpty || routes.sendersFile != nil
        if asksForSenders {
            let maps = host.foreignTables("transport_maps")
            for table in maps.map({ PostfixTableRows($0, on: host.facts) }) {
                if let value = table.catchAll { throw .wildcard(table.item, value) }
            }
            try checkSenderTables()
        }
        let parents = MapList.texts(host.value("parent_domain_matches_subdomains"))
        if !routes.recipients.isEmpty, parents.contains("transport_maps") { throw .parentDomains }
    }

    /// Postfix looks for the whole address in every table before it looks for the domain in any: resolve.c, maps.c.
    private func checkSenderTables() throws(Failure) {
        let maps = host.foreignTables("sender_dependent_default_transport_maps")
        let (rows, opaque) = PostfixTable.rows(of: maps, on: host)
        let empty = host.own("empty_address_default_transport_maps_lookup_key")
        let ours = Set(routes.senders.map { $0.sender.key.lowercased() } + [empty.lowercased()])
        if let table = opaque.first { throw .opaqueSenders(table) }
        for (table, row) in rows where !ours.contains(row.key) && row.value.uppercased() != "DUNNO" {
            let domain = "@" + (row.key.split(separator: "@").last ?? "")
            if routes.defaultRoute != .direct || ours.contains(domain) { throw .foreignSender(table, row) }
        }
    }
}

extension PostfixRefusals {
    /// In a table of senders `smtp:` leaves the next hop to relayhost, so that is in the way where it stays.
    private func checkDirect() throws(Failure) {
        guard routes.defaultRoute == .direct, let row = routes.senders.first(where: { $0.route == .direct }) else {
            return
        }
        for name in PostfixProposal.relays where !host.own(name).isEmpty { throw .notDirect(row, name, host.own(name)) }
    }

    /// Each instance has its own configuration, and mail may leave by another than this one.
    private func checkInstances() throws(Failure) {
        let others = MapList.texts(host.value("multi_instance_directories"))
        guard !others.isEmpty, routes != Routes() else { return }
        throw .instances(host.folder, others)
    }
}

extension PostfixHost {
    /// The tables of a list in main.cf that are not ours, macros expanded where that can be determined.
    func foreignTables(_ name: String) -> [String] {
        let written = MapList.texts(main.value(of: name) ?? "").filter { !Postfix.isOurs($0) }
        let expanded = MapList.texts(value(name)).filter { !Postfix.isOurs($0) }
        return written.contains { $0.contains("$") } && written.count == expanded.count ? expanded : written
    }
}

extension Routes {
    /// Every smarthost that some mail is to take, each once.
    var usedSmarthosts: [Smarthost] {
        let all = [defaultRoute] + recipients.map(\.route) + senders.map(\.route)
        var used = all.compactMap { if case .via(let smarthost) = $0 { smarthost } else { nil } }
        if let file = sendersFile { used.append(file.smarthost) }
        var seen: Set<Smarthost> = []
        return used.filter { seen.insert($0).inserted }
    }
}

extension UInt8 {
    fileprivate var isLetter: Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self) }
    fileprivate var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
}

extension String {
    /// Whether it is an IP address rather than a name.
    fileprivate var isAddress: Bool {
        contains(":") || utf8.allSatisfy { $0.isDigit || $0 == UInt8(ascii: ".") }
    }
}
