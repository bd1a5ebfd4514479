import MTAPlan

/// From what is asked for and what the organisation has to the calls that lead from the one to the other.
struct ExchangeProposal {
    private let site: ExchangeSite
    private let routes: Routes
    private let settings: ExchangeSettings

    /// - Throws: What Exchange, or this server, cannot do.
    init(_ facts: Facts, _ routes: Routes, _ settings: ExchangeSettings, _ secrets: Secrets) throws(Failure) {
        try routes.checkExchange(secrets)
        site = try ExchangeSite(facts)
        try site.check(settings, routes)
        self.routes = routes
        self.settings = settings
    }

    /// - Throws: Where it is not clear which connector is meant, or the host would refuse a change.
    func made() throws(Failure) -> Proposal {
        let wanted = try WantedConnector.all(for: routes, settings)
        var changes: [ConnectorChange] = []
        var spaces: [(domains: [String], spaces: [AddressSpace], name: String)] = []
        for one in wanted {
            let (change, its) = try change(for: one, others: wanted.filter { $0 != one })
            changes.append(change)
            spaces.append((one.domains, its, change.choice.name))
        }
        let beside = changes.compactMap { if case .make(_, let old?) = $0.choice { old } else { nil } }
        let ours = changes.compactMap { if case .change(let found) = $0.choice { found.guid } else { nil } }
        let others = try OtherConnectors(
            site.connectors,
            besides: spaces,
            ours: Set(ours + beside.map(\.guid)),
            edges: site.edges,
            settings
        )
        let off = beside.filter(\.isEnabled) + others.disabled
        changes += off.map {
            ConnectorChange(choice: .change($0), settings: [ConnectorSetting(.enabled, .flag(false))], usage: .custom)
        }
        let work = try work(changes)
        let notes = ExchangeNotes(site, routes, settings).notes(on: changes, beside: beside, restarts: work.restarts)
        return Proposal(edits: changes.compactMap(\.edit), work: .powerShell(work), notes: notes + others.notes)
    }

    // MARK: One connector

    private func change(
        for wanted: WantedConnector,
        others: [WantedConnector]
    ) throws(Failure) -> (ConnectorChange, [AddressSpace]) {
        let found = try wanted.found(among: site.connectors, keep: settings.keep)
        let spaces = spaces(of: wanted, like: found, others: others)
        let choice: ConnectorChoice = found.map { .change($0) } ?? .make(name: wanted.name, beside: nil)
        let change = try change(to: wanted, choice, spaces)
        guard let found, change.touchesLogin else { return (change, spaces) }
        let name = WantedConnector.next(after: found.name, among: site.connectors)
        return (try self.change(to: wanted, .make(name: name, beside: found), spaces), spaces)
    }

    private func change(
        to wanted: WantedConnector,
        _ choice: ConnectorChoice,
        _ spaces: [AddressSpace]
    ) throws(Failure) -> ConnectorChange {
        var properties = try wanted.settings(
            settings,
            changing: choice.model,
            spaces: spaces,
            at: site.computer,
            isEdge: site.shell.isEdge
        )
        var found: SendConnector?
        switch choice {
        case .change(let connector): found = connector
        case .make(_, let old?): properties += taken(from: old, besides: properties)
        case .make(_, nil): break
        }
        // What is off or absent anyway need not be said to a version that does not know it.
        properties.removeAll { setting in
            let isNothing = setting.value == .nothing || setting.value == .flag(false)
            let isMeant = setting.field == .tlsAuthLevel && setting.canonical == "encryptiononly"
            return !site.shell.knows(setting.field.rawValue, of: "Set-SendConnector") && (isNothing || isMeant)
        }
        try ConnectorRules(choice.name, properties, changing: found).check()
        return ConnectorChange(choice: choice, settings: properties, usage: settings.usage)
    }

    /// What a connector takes over from the one that it is beside, where the playbook says nothing of it.
    private func taken(from old: SendConnector, besides said: [ConnectorSetting]) -> [ConnectorSetting] {
        let fields: [ConnectorField] = [
            .isScopedConnector, .sourceTransportServers, .fqdn, .protocolLoggingLevel, .maxMessageSize,
            .connectionInactivityTimeOut, .smtpMaxMessagesPerConnection, .forceHELO, .useExternalDNSServersEnabled,
            .frontendProxyEnabled, .sourceIPAddress,
        ]
        return fields.compactMap { field in
            let isSaid = said.contains { $0.field == field }
            guard !isSaid, site.shell.knows(field.rawValue, of: "New-SendConnector"),
                let value = old.canonical(field), value != "false", value != "none"
            else { return nil }
            if field == .connectionInactivityTimeOut { return ConnectorSetting(field, .text(old.texts(field)[0])) }
            return ConnectorSetting(field, old.value(field))
        }
    }

    /// Its own address spaces, and, of one that takes all mail, those that it has besides and no other route asks for.
    private func spaces(
        of wanted: WantedConnector,
        like found: SendConnector?,
        others: [WantedConnector]
    ) -> [AddressSpace] {
        let own = wanted.domains.map { domain in
            let there = found?.spaces.first { $0.type == "SMTP" && $0.domain == domain }
            return AddressSpace(domain, cost: settings.cost ?? there?.cost ?? 1)
        }
        let elsewhere = Set(others.flatMap(\.domains) + wanted.domains)
        let more = wanted.isDefault ? (found?.spaces ?? []).filter { !elsewhere.contains($0.domain) } : []
        return own + more
    }

    // MARK: All of it

    private func work(_ changes: [ConnectorChange]) throws(Failure) -> PowerShellWork {
        let controller = settings.domainController ?? site.controller
        let pinned = controller.map { [PowerShellCall.Parameter("DomainController", .text($0))] } ?? []
        let steps = changes.compactMap { $0.step(pinned) }
        let reading = SendConnector.reading(from: controller)
        guard !steps.isEmpty else { return PowerShellWork(expectations: [], snapshot: [], steps: [], checks: []) }
        // Otherwise what one controller has taken would be looked for on another, which has not heard of it yet.
        if controller == nil, !site.shell.isEdge { throw .withoutController }
        // Each domain controller has a time of its own for the last change.
        let when = PowerShellCall.Property("WhenChangedUTC")
        let dated = SendConnector.reading(from: controller, more: controller == site.controller ? [when] : [])
        let changed = changes.filter { !$0.differing.isEmpty }
        let work = PowerShellWork(
            expectations: [
                PowerShellWork.Expectation(
                    ExchangeSite.connectorsKey,
                    dated,
                    changed.map { $0.expectation(dated.properties) }
                )
            ],
            snapshot: [reading],
            steps: steps,
            restarts: restarts(changes),
            checks: [PowerShellWork.Expectation(ExchangeSite.connectorsKey, reading, changed.map(\.check))],
            inquiries: inquiries(changed)
        )
        try work.check(against: site.shell)
        return work
    }

    /// What the smarthosts of connectors that this server sends through are asked.
    private func inquiries(_ changes: [ConnectorChange]) -> [SmarthostInquiry] {
        let ours = changes.filter { change in
            site.shell.isEdge || change.sourceServers.map(ExchangeSite.short).contains(site.computer)
        }
        let hosts = Set(ours.flatMap(\.smartHosts))
        return routes.smarthosts.filter { hosts.isSuperset(of: $0.hosts.map { $0.lowercased() }) }
            .map { smarthost in
                SmarthostInquiry(
                    hosts: smarthost.hosts,
                    port: smarthost.port,
                    requiresTLS: smarthost.tls == .required || smarthost.tls == .verified,
                    // It ignores others: "451 5.7.3 Require basic authentication".
                    mechanism: smarthost.login == nil ? nil : "LOGIN"
                )
            }
    }

    private func restarts(_ changes: [ConnectorChange]) -> [String] {
        let restarted: [ConnectorChange] =
            switch settings.restartTransport {
            case .never: []
            case .always: changes.filter { !$0.differing.isEmpty }
            case .whenPortChanges: changes.filter(\.changesPort)
            }
        if restarted.isEmpty { return [] }
        if site.shell.isEdge { return [site.computer] }
        return Set(restarted.flatMap(\.sourceServers).map(ExchangeSite.short)).sorted()
    }
}

extension Failure {
    fileprivate static let withoutController = Failure(
        "no answer names the domain controller that it came from, so a change could not be read back",
        hint: "write `exchange: {domain-controller: NAME}`"
    )
}
