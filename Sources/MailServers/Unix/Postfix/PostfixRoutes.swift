import MTAPlan

/// The wanted routes in Postfix's notation.
struct PostfixRoutes: Sendable {
    struct Row: Sendable, Hashable {
        var key: String
        var value: String
    }

    /// A login and what it is looked up by: a next hop, or a sender.
    struct LoginRow: Sendable, Hashable {
        var key: String
        var login: Login
    }

    /// `default_transport`; `nil` where the playbook asks for no change.
    private(set) var defaultTransport: String?
    /// Rows of `mtactl_recipients`.
    private(set) var recipients: [Row] = []
    /// Rows of `mtactl_senders`.
    private(set) var senders: [Row] = []
    /// The table that reads the list of senders that others maintain.
    private(set) var sendersFile: String?
    /// Lines of `mtactl_return_path`.
    private(set) var returnPath: [String] = []
    /// `relay_transport`, where mail for relay_domains is to go on through the relay that the host has for all mail.
    private(set) var relayTransport: String?
    /// The service for direct mail, where it is to be another than the host's own.
    private(set) var direct: DirectService?
    /// In the order in which the playbook first needs them.
    private(set) var services: [SmarthostService] = []

    /// - Throws: What cannot be said in Postfix's notation.
    init(_ routes: Routes, on host: PostfixHost) throws(Failure) {
        directService = DirectService(on: host)
        directRoute = "\(directService == nil ? host.client?.name ?? "smtp" : DirectService.name):"
        if case .via = routes.defaultRoute {
            defaultTransport = use(routes.defaultRoute)
            relayTransport = Self.relayTransport(on: host)
        }
        for row in routes.recipients {
            recipients.append(Row(key: try Self.key(row.domain.key), value: use(row.route)))
        }
        recipients += try LocalDomains(host).exceptions(to: routes.recipients).map { Row(key: $0, value: ":") }
        for row in routes.senders {
            let logins = row.login == nil ? SmarthostService.Logins.smarthost : .senders
            senders.append(Row(key: try Self.key(row.sender.key), value: use(row.route, logins)))
        }
        if routes.bounces == .direct, defaultTransport != nil {
            // The key that stands for the empty sender: postconf(5), empty_address_default_transport_maps_lookup_key.
            let key = host.own("empty_address_default_transport_maps_lookup_key")
            senders.append(Row(key: try Self.key(key), value: use(.direct)))
        }
        if let file = routes.sendersFile {
            let list = try SendersList(file, on: host)
            let logins = list.loginTable.map(SmarthostService.Logins.file) ?? .smarthost
            // static: gives every sender that the list has the one route: DATABASE_README, pipemap.
            sendersFile = "pipemap:{\(list.table),static:{\(use(.via(file.smarthost), logins))}}"
        }
        returnPath = try routes.returnPath.map { rewrite throws(Failure) in try rewrite.lines } ?? []
        try refuseDoubles()
        for rows in [recipients, senders] { try Self.refuseRepeated(rows) }
    }

    /// Postfix folds keys to lower case and takes the first of equal ones: postmap(1), "TABLE FORMAT".
    private static func refuseRepeated(_ rows: [Row]) throws(Failure) {
        var seen: Set<String> = []
        for row in rows where !seen.insert(row.key.lowercased()).inserted { throw .repeated(row.key) }
    }

    /// The route's notation; a service that it needs is noted.
    private mutating func use(_ route: Route, _ logins: SmarthostService.Logins = .smarthost) -> String {
        guard case .via(let smarthost) = route else {
            direct = directService
            return directRoute
        }
        let service = SmarthostService(smarthost: smarthost, logins: logins)
        if !services.contains(service) { services.append(service) }
        return service.route
    }

    private let directService: DirectService?
    private let directRoute: String

    /// Mail for relay_domains takes relayhost too where its transport has no next hop: resolve.c.
    private static func relayTransport(on host: PostfixHost) -> String? {
        let relay = host.own("relayhost")
        let route = PostfixRoute(host.own("relay_transport"), "")
        let domains = PostfixDomains(host.own, on: host.facts)
        let isOther = { (name: String) in !domains.local.contains(name) && !domains.hosted.contains(name) }
        let hasDomains = !domains.relayed.opaque.isEmpty || domains.relayed.names.contains(where: isOther)
        guard !relay.isEmpty, route.nextHop.isEmpty, hasDomains else { return nil }
        return "\(route.transport):\(relay)"
    }

    /// The tables of logins that are ours, by path.
    func logins(for routes: Routes, in folder: String) -> [(path: String, rows: [LoginRow])] {
        var tables: [(path: String, rows: [LoginRow])] = []
        for service in services where service.hasLogin {
            let path = service.loginFile(in: folder)
            let rows =
                switch service.logins {
                case .smarthost, .file:
                    service.smarthost.login.map { login in
                        service.smarthost.nextHops.map { LoginRow(key: $0, login: login) }
                    } ?? []
                case .senders: routes.loginRows(via: service.smarthost)
                }
            if !rows.isEmpty, !tables.contains(where: { $0.path == path }) { tables.append((path, rows)) }
        }
        return tables
    }

    /// A key of a table, if it can be one.
    ///
    /// Source: postmap(1), "TABLE FORMAT": white space ends a key, `"` quotes it, `#` begins a comment.
    private static func key(_ key: String) throws(Failure) -> String {
        let isPlain = key.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "\"") }
        guard isPlain, !key.isEmpty, !key.hasPrefix("#") else { throw .noKey(key) }
        return key
    }

    /// Names are made of the smarthost's and an ending, so two smarthosts can come to the same.
    private func refuseDoubles() throws(Failure) {
        for (index, service) in services.enumerated() {
            let others = services[..<index].filter { $0.smarthost != service.smarthost }
            let isDouble = others.contains {
                $0.name == service.name || $0.loginFile(in: "") == service.loginFile(in: "")
            }
            if isDouble { throw .doubleName(service.smarthost.name) }
        }
        if let double = services.first(where: { $0.name == DirectService.name }) {
            throw .doubleName(double.smarthost.name)
        }
    }
}

extension Routes {
    /// The logins of senders that go to this smarthost with a login of their own.
    fileprivate func loginRows(via smarthost: Smarthost) -> [PostfixRoutes.LoginRow] {
        senders.compactMap { row in
            guard row.route == .via(smarthost), let login = row.login else { return nil }
            return PostfixRoutes.LoginRow(key: row.sender.key, login: login)
        }
    }
}

extension DomainPattern {
    /// transport(5): `example.org` is the domain alone, `.example.org` all below it.
    var key: String {
        switch self {
        case .exactly(let domain): domain
        case .subdomains(let domain): ".\(domain)"
        }
    }
}

extension SenderPattern {
    /// postconf(5), sender_dependent_default_transport_maps: a full address, or `@domain`.
    var key: String {
        switch self {
        case .address(let address): address
        case .domain(let domain): "@\(domain)"
        }
    }
}

extension Failure {
    fileprivate static func noKey(_ key: String) -> Failure {
        Failure(
            "`\(key.escaped)` cannot be a key of a Postfix table",
            hint: "use an address or a domain without spaces and quotes"
        )
    }
    fileprivate static func repeated(_ key: String) -> Failure {
        Failure(
            "`\(key)` has two rows for Postfix, which ignores case",
            hint: "keep one of them"
        )
    }
    fileprivate static func doubleName(_ name: String) -> Failure {
        Failure(
            "the smarthost `\(name)` gets a service name that is already used in master.cf",
            hint: "give it another name that does not end in `-senders` or `-file` and is not `direct`"
        )
    }
}
