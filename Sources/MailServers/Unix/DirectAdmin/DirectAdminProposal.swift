import MTAPlan

/// From wanted routes to the changes of one host's DirectAdmin: blocks in the files that exim.conf includes.
struct DirectAdminProposal {
    let routes: Routes
    let extras: DirectAdminSettings
    let panel: DirectAdminHost
    let secrets: Secrets

    func make() throws(Failure) -> Proposal {
        let other = OtherSmarthost(among: try panel.drivers(), on: try EximHost(panel.facts.withoutRouters))
        try other.check(extras.replaceOthers, section: "directadmin")
        try panel.check(routes)
        var texts = panel.texts
        for include in DirectAdminHost.Include.allCases {
            texts[include]?.remove(other.drivers.filter { $0.part == include.part }.map(\.lines))
        }

        let exim = EximProposal(routes: routes, host: try host(with: texts), secrets: secrets)
        let site = try DirectAdminSite(
            routes: routes,
            host: exim.host,
            extras: extras,
            forwarding: other.forwarding
        ).site(try exim.site()).closed(to: exim.host.user)
        let blocks = EximBlocks(routes, on: site)
        let senders = Set(EximRouting(exim.host).senders.map(\.driver.name)).union(other.shadowed)
        var files = try exim.lookupFiles(blocks)
        for include in DirectAdminHost.Include.allCases {
            let lines =
                switch include {
                case .authenticators: blocks.authenticators()
                case .routers: blocks.routers
                case .transports: blocks.transports
                }
            guard var text = texts[include] else { continue }
            do { try text.removeBlocks() } catch { throw .unpairedMarks(at: "\(include.rawValue):\(error.line)") }
            let place = try place(of: include, in: text, before: senders, site, exim.host)
            if !lines.isEmpty { text.insert([EximText.begin] + lines + [EximText.end], at: place) }
            if let change = try change(to: text, of: include) { files.append(change) }
        }
        var proposal = Proposal(changeSet(files, exim, blocks), notes: other.notes)
        proposal.besides = Handling.Property.besides(
            hasHeader: extras.identityHeader != nil,
            ignoresLimits: extras.sendingLimits == .ignore,
            replaced: other
        )
        return proposal
    }

    private func place(
        of include: DirectAdminHost.Include,
        in text: EximText,
        before senders: Set<String>,
        _ site: EximSite,
        _ host: EximHost
    ) throws(Failure) -> Int {
        if include == .routers { return try panel.place(in: text, before: senders) }
        let definitions = EximDefinitions(host)
        guard include == .transports, try definitions.isLate(site.twins, in: text) else { return 0 }
        return text.lines.count
    }

    /// Exim as it would be without the other smarthost: what it refuses is about the rest.
    private func host(with texts: [DirectAdminHost.Include: EximText]) throws(Failure) -> EximHost {
        var facts = panel.facts.withoutRouters
        for (include, text) in texts {
            guard case .file(var file)? = facts.files[include.rawValue] else { continue }
            file.bytes = text.bytes
            facts.files[include.rawValue] = .file(file)
        }
        return try EximHost(facts)
    }

    /// A file of which nothing is left goes, unless it was empty before.
    private func change(to text: EximText, of include: DirectAdminHost.Include) throws(Failure) -> FileChange? {
        let file = panel.facts.file(include.rawValue)
        if text.bytes == (file?.bytes ?? []) { return nil }
        let isOurs = text.bytes.isEmpty
        let wanted: FileChange.Wanted =
            isOurs
            ? .absent
            : .file(
                Content(text.bytes),
                mode: file?.mode ?? FileMode(rawValue: 0o644),
                owner: file?.owner ?? "root",
                group: file?.group ?? "root"
            )
        return try FileChange(
            path: file?.realPath ?? include.rawValue,
            found: file.map(FileChange.Found.file) ?? .absent,
            wanted: wanted,
            kind: .configuration,
            secrets: secrets
        )
    }

    private func changeSet(_ files: [FileChange], _ exim: EximProposal, _ blocks: EximBlocks) -> POSIXWork {
        // A transport is there before a router refers to it.
        let order = files.sorted { a, b in (a.kind, a.isRouters ? 1 : 0) < (b.kind, b.isRouters ? 1 : 0) }
        var set = POSIXWork(files: order, reload: [], expectations: exim.expectations(blocks))
        guard !files.isEmpty else { return set }
        set.reload = exim.forgetting(blocks) + exim.signal("HUP", to: "restart Exim")
        if exim.pidFile != nil { set.start = [.starting(exim.service)] }
        set.health = exim.signal("0", to: "check that Exim is running")
        set.check = DirectAdminCheck(panel: panel, blocks: blocks, host: exim.host, files: order).staged
        return set
    }
}

extension FileChange {
    fileprivate var isRouters: Bool { path == DirectAdminHost.Include.routers.rawValue }
}
