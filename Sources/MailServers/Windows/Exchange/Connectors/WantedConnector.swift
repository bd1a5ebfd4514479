import MTAPlan

/// A Send connector as a play asks for it.
struct WantedConnector: Sendable, Hashable {
    /// What the playbook calls it, or a name made for it.
    var name: String
    /// Whether the playbook says the name itself.
    var isNamed: Bool
    var way: Way
    /// In lower case: `*`, `example.com`, `*.example.com`.
    var domains: [String]

    enum Way: Sendable, Hashable {
        case smarthost(Smarthost)
        /// By the recipients' own MX records.
        case direct
    }

    var isDefault: Bool { domains.contains("*") }
}

extension WantedConnector {
    /// The connectors that the routes need: one for each smarthost, one for what goes direct besides.
    ///
    /// - Throws: Where what is asked for cannot be said by address spaces.
    static func all(for routes: Routes, _ settings: ExchangeSettings) throws(Failure) -> [WantedConnector] {
        let (order, domains) = try spaces(of: routes)
        let first = order.first { $0 != .direct }
        return order.map { way in
            let isFirst = way == first
            let name =
                switch way {
                case .smarthost(let smarthost):
                    isFirst
                        ? settings.connector ?? "mtactl \(smarthost.name)"
                        : "\(settings.connector ?? "mtactl") \(smarthost.name)"
                case .direct: "\(settings.connector ?? "mtactl") direct"
                }
            return WantedConnector(
                name: name,
                isNamed: isFirst && settings.connector != nil,
                way: way,
                domains: domains[way] ?? []
            )
        }
    }

    private static func spaces(of routes: Routes) throws(Failure) -> (order: [Way], domains: [Way: [String]]) {
        var order: [Way] = []
        var domains: [Way: [String]] = [:]
        func add(_ domain: String, to way: Way) {
            if !order.contains(way) { order.append(way) }
            domains[way, default: []].append(domain)
        }
        let hasDefault = routes.defaultRoute != .direct
        if case .via(let smarthost) = routes.defaultRoute { add("*", to: .smarthost(smarthost)) }
        let exact = Set(routes.recipients.compactMap { if case .exactly(let name) = $0.domain { name } else { nil } })
        let wide = routes.recipients.filter { if case .subdomains = $0.domain { $0.route != .direct } else { false } }
        for row in routes.recipients {
            let isNeeded = hasDefault || row.route != .direct || wide.contains { $0.domain.covers(row.domain) }
            guard isNeeded else { continue }
            let way: Way = if case .via(let smarthost) = row.route { .smarthost(smarthost) } else { .direct }
            switch row.domain {
            case .exactly(let name): add(name, to: way)
            case .subdomains(let name):
                add("*.\(name)", to: way)
                if exact.contains(name) { continue }
                // Exchange's `*.example.com` has `example.com` in it, which is to go the default way.
                guard case .via(let smarthost) = routes.defaultRoute else { throw .withoutParent(name) }
                add(name, to: .smarthost(smarthost))
            }
        }
        return (order, domains)
    }
}

extension DomainPattern {
    /// Whether a domain, or what is below it, is below this one.
    fileprivate func covers(_ other: DomainPattern) -> Bool {
        guard case .subdomains(let name) = self, self != other else { return false }
        switch other {
        case .exactly(let inner), .subdomains(let inner): return inner.hasSuffix(".\(name)") || inner == name
        }
    }
}

extension WantedConnector {
    /// The properties that it is to have, whatever version it is for.
    ///
    /// `found`: The connector that is changed; what the playbook does not say stays as it is there.
    func settings(
        _ settings: ExchangeSettings,
        changing found: SendConnector?,
        spaces: [AddressSpace],
        at computer: String,
        isEdge: Bool
    ) throws(Failure) -> [ConnectorSetting] {
        var wanted = [
            ConnectorSetting(.addressSpaces, .list(spaces.map(\.text))), ConnectorSetting(.enabled, .flag(true)),
        ]
        wanted += try route(settings)
        if let isScoped = settings.isScoped {
            wanted.append(ConnectorSetting(.isScopedConnector, .flag(isScoped)))
        }
        if !isEdge, found == nil || !settings.sourceServers.isEmpty {
            let servers = settings.sourceServers.isEmpty ? [computer] : settings.sourceServers.map(ExchangeSite.short)
            wanted.append(ConnectorSetting(.sourceTransportServers, .list(servers)))
        }
        if let name = settings.heloName { wanted.append(ConnectorSetting(.fqdn, .text(name))) }
        if let log = settings.protocolLog {
            wanted.append(ConnectorSetting(.protocolLoggingLevel, .text(log == .verbose ? "Verbose" : "None")))
        }
        if let bytes = settings.maxMessageBytes {
            wanted.append(ConnectorSetting(.maxMessageSize, .text(bytes == .max ? "unlimited" : String(bytes))))
        }
        return wanted
    }

    private func route(_ settings: ExchangeSettings) throws(Failure) -> [ConnectorSetting] {
        guard case .smarthost(let smarthost) = way else {
            return [
                ConnectorSetting(.dnsRoutingEnabled, .flag(true)), ConnectorSetting(.smartHosts, .nothing),
                ConnectorSetting(.smartHostAuthMechanism, .text("None")),
            ]
        }
        let protection = try SmarthostProtection(smarthost, settings.authentication)
        var wanted = [
            ConnectorSetting(.dnsRoutingEnabled, .flag(false)), ConnectorSetting(.smartHosts, .list(smarthost.hosts)),
            ConnectorSetting(.smartHostAuthMechanism, .text(protection.mechanism)),
            ConnectorSetting(.port, .number(smarthost.port)),
            ConnectorSetting(.requireTLS, .flag(protection.requiresTLS)),
            ConnectorSetting(.ignoreSTARTTLS, .flag(protection.ignoresTLS)),
            ConnectorSetting(.tlsAuthLevel, protection.level.map { .text($0) } ?? .nothing),
            ConnectorSetting(.tlsDomain, protection.domain.map { .text($0) } ?? .nothing),
        ]
        let login = smarthost.login.map {
            PowerShellCall.Value.credential(username: $0.username, password: $0.password)
        }
        if let login { wanted.append(ConnectorSetting(.authenticationCredential, login)) }
        return wanted
    }
}

extension Failure {
    fileprivate static func withoutParent(_ name: String) -> Failure {
        Failure(
            "an address space `*.\(name)` of Exchange has `\(name)` itself in it, but the playbook has only its subdomains",
            hint: "write a row for `\(name)` too, to the same smarthost or another"
        )
    }
}
