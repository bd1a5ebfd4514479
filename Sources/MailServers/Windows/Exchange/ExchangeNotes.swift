import MTAPlan

/// What should be known of a change before it is made: one sentence each.
struct ExchangeNotes {
    private let site: ExchangeSite
    private let routes: Routes
    private let settings: ExchangeSettings

    init(_ site: ExchangeSite, _ routes: Routes, _ settings: ExchangeSettings) {
        self.site = site
        self.routes = routes
        self.settings = settings
    }

    /// `beside`: Connectors with a login, that a new one takes the place of.
    func notes(on changes: [ConnectorChange], beside: [SendConnector], restarts: [String]) -> [String] {
        var notes = beside.map { old in
            "\"\(Printable.line(old.name))\" has a stored login, which could not be put back: "
                + "a new connector takes its place, and it is switched off"
        }
        notes += changes.compactMap(storedLogin)
        for smarthost in routes.smarthosts {
            if smarthost.hosts.count > 1 {
                notes.append("the hosts of `\(smarthost.name)` are used in turn, not in the given order")
            }
            notes += provider(of: smarthost)
        }
        let isChanging = changes.contains { !$0.differing.isEmpty }
        return notes + (isChanging ? effects(of: changes, restarts: restarts) : [])
    }

    /// What the change brings with it.
    private func effects(of changes: [ConnectorChange], restarts: [String]) -> [String] {
        var notes: [String] = []
        if !site.shell.isEdge {
            notes.append("connectors belong to the whole organisation: the change reaches all its servers")
        }
        if let asked = settings.domainController, let read = site.controller, !Self.isSame(asked, read) {
            notes.append(
                "connectors were read from \(Printable.line(read)), and are compared on \(asked) before the change"
            )
        }
        if settings.restartTransport == .never, changes.contains(where: \.changesPort) {
            notes.append(
                "the new port takes effect when the transport service is restarted, which `restart-transport: never` leaves to you"
            )
        }
        let isProxied = changes.contains { change in
            if case .change(let found) = change.choice {
                found.isOn(.frontendProxyEnabled) && change.changesPort
            } else {
                false
            }
        }
        if isProxied {
            notes.append(
                "this connector sends through the front end service, which mtactl does not restart: restart MSExchangeFrontEndTransport too"
            )
        }
        if restarts.count > 1 {
            notes.append("mail waits for a moment on each server while its transport service restarts")
        }
        return notes
    }

    /// A login that stays is not compared: nobody can read the password that is stored.
    private func storedLogin(_ change: ConnectorChange) -> String? {
        guard case .change(let found) = change.choice,
            let login = change.settings.first(where: { $0.field == .authenticationCredential }),
            login.canonical == found.username, found.username != nil
        else { return nil }
        return "the password that \"\(Printable.line(found.name))\" has stored cannot be compared, and is kept"
    }

    /// What a provider wants first, and how long its own settings take.
    private func provider(of smarthost: Smarthost) -> [String] {
        guard let name = smarthost.provider, let preset = ProviderPreset.named(name) else { return [] }
        var notes = preset.prerequisites.map { "before the first message \(preset.title) requires this: \($0)" }
        if let settling = preset.settling {
            let minutes = settling.components.seconds / 60
            notes.append(
                "settings at \(preset.title) take up to \(minutes) minutes to take effect; until then it may refuse mail"
            )
        }
        if name == "mimecast", settings.replaceOthers != .disable {
            notes.append(
                "\(preset.title) advises switching other outbound connectors off: write `replace-others: disable`"
            )
        }
        return notes
    }

    private static func isSame(_ one: String, _ other: String) -> Bool {
        ExchangeSite.short(one) == ExchangeSite.short(other)
    }
}
