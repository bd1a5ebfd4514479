import MTAPlan

/// What keeps an Exim from doing exactly what is asked, found before anything is changed.
struct EximRefusals {
    let routes: Routes
    let host: EximHost
    let secrets: Secrets

    /// What the blocks have to know of the host.
    func checked() throws(Failure) -> EximSite {
        guard host.version >= .init(4, 90) else { throw .tooOldExim(EximHost.version(in: host.facts) ?? "") }
        guard !host.group.isEmpty else { throw .noGroup }
        try EximBlocks.check(routes, secrets: secrets)
        if let file = routes.sendersFile { _ = try EximSendersList(file, on: host) }
        try checkGenerated()
        try checkNames()
        try EximDoubts(host: host).check()
        let local = try localDomains()
        var site = EximSite(folder: host.folder, group: host.group)
        if let relayed = host.domainList("relay_to_domains") {
            site.relayedDomains = ["+relay_to_domains"]
            try check(relayed, "relay_to_domains")
        }
        try check(local + host.lines("exim.local").map { $0.lowercased() }, "local_domains")
        try checkHubbed()
        try carry(into: &site)
        try checkMacros(site)
        return site
    }

    private func localDomains() throws(Failure) -> [String] {
        guard let local = host.domainList("local_domains") else { throw .noLocalDomains(host.sources.last?.path ?? "") }
        return local
    }

    /// Names of ours that are taken.
    private func checkNames() throws(Failure) {
        for section in EximEditor.Section.allCases {
            for driver in host.structure.drivers(in: section.rawValue) where driver.name.hasPrefix("mtactl_") {
                throw .foreignDriver(driver)
            }
        }
        try host.structure.checkNames()
        let known = Set(host.structure.allDrivers(in: "routers").map(\.name))
        let unseen = host.lines("exim.routers").first { !known.contains($0) && !$0.hasPrefix("mtactl_") }
        if let unseen { throw .unseenRouter(unseen, host.sources.last?.path ?? host.folder) }
    }

    /// What was written into the generated file by hand would be lost.
    private func checkGenerated() throws(Failure) {
        guard host.layout != .oneFile else { return }
        let macros = host.debianMacros
        let lines = host.lines("exim.strange").filter { line in
            !Self.isGenerated(line) && !macros.contains(String(line.prefix { $0 != "=" }))
        }
        if let line = lines.first { throw .editedByHand(line) }
    }

    /// The macros that update-exim4.conf(8) puts in, and its words.
    private static func isGenerated(_ line: String) -> Bool {
        if line.isEmpty || line.hasPrefix("#") || line.hasPrefix(".ifndef ") || line == ".endif" { return true }
        let names = ["MAIN_", "ETC_MAILNAME=", "LOCAL_DELIVERY=", "DC", "HIDE_MAILNAME="]
        return names.contains { line.hasPrefix($0) }
    }

    /// A domain of the host's own would not take the route of its row.
    private func check(_ items: [String], _ list: String) throws(Failure) {
        let items = Set(items)
        for row in routes.recipients {
            guard case .exactly(let domain) = row.domain, items.contains(domain) else { continue }
            throw .ownDomain(domain, list)
        }
    }

    private func checkHubbed() throws(Failure) {
        let hubbed = Set(host.lines("exim.hubbed").map { $0.lowercased() })
        for row in routes.recipients {
            guard case .exactly(let domain) = row.domain, hubbed.contains(domain) else { continue }
            throw .hubbed(domain)
        }
    }

    // MARK: The host's own remote transport

    private func carry(into site: inout EximSite) throws(Failure) {
        let routing = EximRouting(host)
        let routers = routing.models
        try checkSenders(routing)
        let isDirect = sendsRowsDirectly ? routing.sendsDirectly : routing.sendsBouncesDirectly
        let needsDirect = !isDirect && (sendsRowsDirectly || sendsBouncesDirectly)
        let direct = EximRemoteTransport(host, of: routers.filter { $0.option("driver") == "dnslookup" })
        if needsDirect, direct == nil { throw .noRemoteTransport(host.sources.last?.path ?? "") }
        guard let transport = EximRemoteTransport(host, of: routers) else { return }
        if routes.returnPath != nil, let option = transport.activeOption("return_path", host) {
            throw .ownReturnPath(option)
        }
        let own = EximBlocks.notCarried.union(routes.returnPath == nil ? [] : ["return_path"])
        let models = try EximModels(of: routers, main: transport.driver, on: host, without: own)
        (site.models, site.twins) = (models.models, models.twins)
        if !isDirect { site.directTransport = direct?.driver.name }
        try checkWay(routing)
        try EximDefinitions(host).check(site, routing)
    }

    /// What no router sends is refused by the host on purpose, and a default for all mail would send it.
    private func checkSenders(_ routing: EximRouting) throws(Failure) {
        let senders = (routing.above + routing.senders).map(\.driver)
        guard routes.defaultRoute != .direct, let first = senders.first,
            senders.allSatisfy({ $0.option("senders") != nil })
        else { return }
        throw .onlySomeSenders(first)
    }

    /// Whether the playbook asks that some mail is sent to the domains' own mail servers.
    private var sendsRowsDirectly: Bool {
        let rows = routes.recipients.map(\.route) + routes.senders.map(\.route)
        return routes.defaultRoute != .direct && rows.contains(.direct)
    }

    private var sendsBouncesDirectly: Bool { routes.defaultRoute != .direct && routes.bounces == .direct }

    /// What a router before ours leaves in `$address_data` for a transport would be ours after `mtactl_way`.
    private func checkWay(_ routing: EximRouting) throws(Failure) {
        guard EximBlocks(routes, on: EximSite(folder: "", group: "")).firstRouter == "mtactl_way" else { return }
        let setter = routing.deciding.map(\.driver).first { router in
            router.option("address_data") != nil && router.option("driver") == "redirect"
        }
        let senders = routing.senders.map(\.driver)
        let reads = (host.structure.drivers(in: "transports") + senders).contains { driver in
            driver.items.contains { item in
                guard case .option(let name, let value?) = item.kind else { return false }
                return name != "address_data" && value.contains("address_data")
            }
        }
        if let setter, reads, !senders.allSatisfy({ $0.option("address_data") != nil }) {
            throw .ownAddressData(setter)
        }
    }

    /// A macro's name in our text would be replaced by its value, whatever it is in.
    private func checkMacros(_ site: EximSite) throws(Failure) {
        var site = site
        for index in site.models.indices { (site.models[index].lines, site.models[index].writtenDomains) = ([], []) }
        for index in site.twins.indices { site.twins[index].lines = [] }
        let blocks = EximBlocks(routes, on: site)
        let text = (blocks.routers + blocks.transports + blocks.authenticators()).joined(separator: "\n")
        let names = host.lines("exim.macros").compactMap { $0.split { $0 == " " || $0 == "=" }.first.map(String.init) }
        let taken = names.first { name in
            name != "PASSWDLINE" && name.first?.isUppercase == true && text.contains(name)
        }
        if let taken { throw .macro(taken) }
    }
}

extension EximRemoteTransport {
    /// Where an option is that the host has in its transport, unless its condition is one that does not hold.
    fileprivate func activeOption(_ name: String, _ host: EximHost) -> EximStructure.Place? {
        let macros = Set(
            host.lines("exim.macros").compactMap { $0.split { $0 == " " || $0 == "=" }.first.map(String.init) }
        )
        var conditions: [Bool] = []
        for item in driver.items {
            switch item.kind {
            case .directive("ifdef", let words): conditions.append(macros.contains { words.contains($0) })
            case .directive("ifndef", let words): conditions.append(!macros.contains { words.contains($0) })
            case .directive("else", _): if let last = conditions.popLast() { conditions.append(!last) }
            case .directive("endif", _): _ = conditions.popLast()
            case .option(name, _) where !conditions.contains(false): return item.place
            default: break
            }
        }
        return nil
    }
}

extension EximBlocks {
    /// What no Exim can do, or keep in its lookup files.
    static func check(_ routes: Routes, secrets: Secrets) throws(Failure) {
        let services = routes.eximServices
        for (index, service) in services.enumerated() {
            let isDouble = services[..<index].contains { $0.name == service.name }
            if isDouble { throw .doubleEximName(service.smarthost.name) }
            let hosts = service.smarthost.hosts
            let isPlain = { (text: String, extra: String) in
                !text.isEmpty && text.utf8.allSatisfy { $0.isAlphanumeric || extra.utf8.contains($0) }
            }
            guard isPlain(service.smarthost.name, "-_") else { throw .unfitEximName(service.smarthost.name) }
            guard !hosts.isEmpty, hosts.allSatisfy({ isPlain($0, ".-:_") }) else {
                throw .unfitEximHost(service.smarthost.name)
            }
        }
        let logins = routes.usedSmarthosts.compactMap(\.login) + routes.senders.compactMap(\.login)
        for login in logins { try check(login, secrets: secrets) }
        if let file = routes.sendersFile {
            for path in [file.path] + (file.logins.map { [$0] } ?? []) {
                let isFit = path.utf8.allSatisfy { $0.isAlphanumeric || "/._-+@".utf8.contains($0) }
                guard path.hasPrefix("/"), isFit else { throw .unfitEximPath(path) }
            }
        }
    }

    private static func check(_ login: Login, secrets: Secrets) throws(Failure) {
        let user = Array(login.username.utf8)
        // Debian's authenticators take the user name up to the first colon.
        if user.isEmpty || user.contains(where: { $0 < 0x20 || $0 == 0x7F || $0 == UInt8(ascii: ":") })
            || user.first == UInt8(ascii: "^")
        {
            throw .unfitEximUser(login.username)
        }
        let password = try secrets.value(of: login.password).reveal()
        if password.isEmpty { throw .unfitEximPassword(login, "is empty") }
        if password.contains(where: { [0, 0x0A, 0x0D].contains($0) }) {
            throw .unfitEximPassword(login, "has a line break or a NUL byte in it")
        }
        if password.first == UInt8(ascii: "^") {
            throw .unfitEximPassword(login, "begins with `^`, which Exim's PLAIN cannot send")
        }
    }
}

extension UInt8 {
    fileprivate var isAlphanumeric: Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20)
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self)
    }
}
