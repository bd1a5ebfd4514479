import MTAPlan

/// From wanted routes to the changes of one host's cPanel: sections of exim.conf.local, and cPanel's own rebuild.
struct CPanelProposal {
    let routes: Routes
    let extras: CPanelSettings
    let panel: CPanelHost
    let secrets: Secrets

    func make() throws(Failure) -> Proposal {
        let other = OtherSmarthost(among: try panel.drivers(), on: try EximHost(panel.facts.withoutRouters))
        try other.check(extras.replaceOthers, section: "cpanel")
        try panel.check(routes)
        var local = panel.local
        local.remove(other.drivers.map(\.lines))

        let exim = EximProposal(routes: routes, host: try host(without: other, local), secrets: secrets)
        let site = try CPanelSite(
            routes: routes,
            host: exim.host,
            extras: extras,
            forwarding: other.forwarding
        ).site(try exim.site()).closed(to: exim.host.user)
        let blocks = EximBlocks(routes, on: site)
        let senders = Set(EximRouting(exim.host).senders.map(\.driver.name)).union(other.shadowed)
        try local.setOurs(
            before: senders,
            isLast: EximDefinitions(exim.host).isLate(site.twins, in: local.text),
            [
                (.authenticators, blocks.authenticators()),
                (extras.hourlyLimits == .count ? .postMailCount : .routerStart, blocks.routers),
                (.transportStart, blocks.transports),
            ]
        )
        var files = try exim.lookupFiles(blocks)
        if let change = try change(to: local) { files.append(change) }
        var proposal = Proposal(
            changeSet(files, local, exim, blocks),
            notes: notes(other, local, files, exim, blocks)
        )
        proposal.besides = Handling.Property.besides(
            hasHeader: extras.identityHeader != nil,
            ignoresLimits: extras.hourlyLimits == .ignore,
            replaced: other
        )
        return proposal
    }

    /// Exim as it would be without the other smarthost: what it refuses is about the rest.
    private func host(without other: OtherSmarthost, _ local: CPanelLocal) throws(Failure) -> EximHost {
        guard other.isThere else { return try EximHost(panel.facts.withoutRouters) }
        guard let generated = panel.generated, let bytes = generated.changed(from: panel.local, to: local),
            case .file(var file)? = panel.facts.files[CPanelGenerated.path]
        else { throw .unforeseen }
        var facts = panel.facts.withoutRouters
        file.bytes = bytes
        facts.files[CPanelGenerated.path] = .file(file)
        return try EximHost(facts)
    }

    private func change(to local: CPanelLocal) throws(Failure) -> FileChange? {
        let file = panel.file
        if local.text.bytes == file.bytes { return nil }
        return try FileChange(
            path: file.realPath,
            found: .file(file),
            wanted: .file(Content(local.text.bytes), mode: file.mode, owner: file.owner, group: file.group),
            kind: .configuration,
            secrets: secrets
        )
    }

    private func changeSet(_ files: [FileChange], _ local: CPanelLocal, _ exim: EximProposal, _ blocks: EximBlocks)
        -> POSIXWork
    {
        var set = POSIXWork(files: files, reload: [], expectations: exim.expectations(blocks))
        guard !files.isEmpty else { return set }
        // The rebuild writes exim.pl.local as well.
        set.derived = [CPanelGenerated.path, "/etc/exim.pl.local"]
        set.rebuild = [[CPanelHost.build]]
        set.reload = exim.forgetting(blocks) + [[CPanelHost.restart]]
        if exim.pidFile != nil { set.start = [[CPanelHost.restart]] }
        set.health = [Self.isBack(exim)].compactMap { $0 }
        if let file = panel.facts.file(CPanelGenerated.path),
            let bytes = panel.generated?.changed(from: panel.local, to: local)
        {
            set.foreseen = [ForeseenFile(file, becomes: bytes)]
        }
        return set
    }

    /// Whether the daemon is there again: the restart may be over before it has written its process id.
    private static func isBack(_ exim: EximProposal) -> Command? {
        guard let path = exim.pidFile else { return nil }
        return Command(to: "check that Exim is running", program: PackageResources.cpanel_health_sh, [path])
    }

    private func notes(
        _ other: OtherSmarthost,
        _ local: CPanelLocal,
        _ files: [FileChange],
        _ exim: EximProposal,
        _ blocks: EximBlocks
    ) -> [String] {
        var notes = other.notes
        if local.text.bytes != panel.file.bytes, panel.generated?.changed(from: panel.local, to: local) == nil {
            notes.append(
                "where cPanel puts this in \(CPanelGenerated.path) could not be determined, so its diff is not shown"
            )
        }
        if extras.dkim == .sign, !blocks.services.isEmpty { notes += keyNotes(exim.host) }
        return notes
    }

    /// Where Exim could not look into the folder of keys, mail would leave unsigned.
    private func keyNotes(_ host: EximHost) -> [String] {
        let words = (panel.facts.text("cpanel.keys") ?? "").split(separator: " ").map(String.init)
        guard words.count == 3, let mode = FileMode(octal: words[0]) else {
            return ["there is no folder \(CPanelSite.keys), so mail is not signed"]
        }
        let values = EximHost.values(in: panel.facts)
        let bits =
            words[1] == values["exim_user"]
            ? mode.rawValue >> 6 : words[2] == host.group ? mode.rawValue >> 3 : mode.rawValue
        if bits & 0o5 == 0o5 { return [] }
        return ["exim's user cannot read \(CPanelSite.keys) (\(mode) \(words[1]):\(words[2])), so mail is not signed"]
    }
}

extension Failure {
    fileprivate static let unforeseen = Failure(
        "what /etc/exim.conf would be without the other smarthost cannot be determined",
        hint: "remove the other smarthost in WHM's Advanced Editor, and try again"
    )
}
