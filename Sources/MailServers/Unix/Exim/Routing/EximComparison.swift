import MTAPlan

/// A host's Exim without anything of ours, compared with the same with a proposal done.
struct EximComparison {
    private let before: EximWalk
    private let after: EximWalk
    private let routes: Routes
    private let host: EximHost
    /// What a panel's own section of the playbook asks to be different.
    private let asked: Set<Handling.Property>

    /// - Throws: Where what is planned cannot be read back.
    init(
        of work: POSIXWork,
        for routes: Routes,
        given facts: Facts,
        ignoring asked: Set<Handling.Property> = []
    ) throws(Failure) {
        if !work.files.isEmpty, work.derived.contains(CPanelGenerated.path), work.foreseen.isEmpty { throw .unforeseen }
        let found = try EximHost(facts)
        let planned = try EximHost(Self.later(facts, work))
        (self.routes, host, self.asked) = (routes, found, asked)
        before = EximWalk(found, withOurs: false, routes: Routes())
        after = EximWalk(planned, withOurs: true, routes: routes)
    }

    /// How messages are handled before and afterwards, or why that cannot be determined.
    static func differential(
        of proposal: Proposal,
        for routes: Routes,
        given facts: Facts,
        ignoring asked: Set<Handling.Property> = [],
        probing: [Probe]
    ) -> Differential? {
        guard case .posix(let work) = proposal.work else { return nil }
        do {
            return try EximComparison(of: work, for: routes, given: facts, ignoring: asked).differential(
                probing: probing
            )
        } catch {
            return Differential([], unknown: ["message handling could not be compared: \(error.problem)"])
        }
    }

    /// What the host would answer afterwards: Debian's list of files too, with those of ours that come and go.
    private static func later(_ facts: Facts, _ work: POSIXWork) -> Facts {
        var later = facts.after(work)
        guard let list = facts.text("exim.sources") else { return later }
        var paths = list.split(separator: "\n").map(String.init)
        for change in work.files where change.path.hasPrefix("/etc/exim4/conf.d/") {
            if case .absent = change.wanted {
                paths.removeAll { $0 == change.path }
            } else if !paths.contains(change.path), let folder = change.path.lastIndex(of: "/") {
                let start = change.path[...folder]
                let next = paths.firstIndex { $0.hasPrefix(start) && change.path < $0 }
                let last = paths.lastIndex { $0.hasPrefix(start) }.map { $0 + 1 }
                paths.insert(change.path, at: next ?? last ?? paths.count)
            }
        }
        later.answers["exim.sources"]?.output = Array(paths.map { $0 + "\n" }.joined().utf8)
        return later
    }

    func differential(probing: [Probe]) -> Differential {
        var seen: Set<Probe> = []
        let probes = (probing + probes).filter { seen.insert($0).inserted }
        let entries = probes.map { probe in
            var (before, isNamed) = before.answer(to: probe)
            var after = after.answer(to: probe).handling
            for property in asked {
                before[property] = nil
                after[property] = nil
            }
            return Differential.Entry(probe, before: before, after: after, isNamed: isNamed)
        }
        return Differential(entries, unknown: unknown)
    }

    // MARK: Probes

    /// A domain that nothing names.
    private static let elsewhere = "anybody@elsewhere.example"

    private var probes: [Probe] {
        let local = "root@\(host.facts.hostName)"
        let hosted = before.lists.ownDomains.filter { $0.contains(".") }
        let own = hosted.map { "anybody@\($0)" }
        let senders = [local, Self.elsewhere, ""] + own.prefix(4)
        var probes = senders.flatMap { sender in
            ([Self.elsewhere, local] + own.prefix(8)).flatMap { recipient in
                [Probe(from: sender, to: recipient), Probe(from: sender, to: recipient, origin: .outside)]
            }
        }
        probes += own.map { Probe(from: Self.elsewhere, to: $0, origin: .outside) }
        let named = before.routers.flatMap { before.lists.names(in: $0.namedDomains) }
        let rows = routes.recipients.map { row in
            switch row.domain {
            case .exactly(let domain): domain
            case .subdomains(let domain): "below.\(domain)"
            }
        }
        for domain in rows + named + host.lines("exim.hubbed").map({ $0.lowercased() }) {
            probes.append(Probe(from: local, to: "anybody@\(domain)"))
        }
        // What a smarthost of the host's own took before has a way of the playbook's.
        probes += Set(named).sorted().map { Probe(from: "", to: "anybody@\($0)") }.filter { probe in
            let (handling, isNamed) = before.answer(to: probe)
            return isNamed || handling.place != .relay
        }
        for sender in self.senders {
            probes.append(Probe(from: sender, to: Self.elsewhere))
            probes.append(Probe(from: sender, to: Self.elsewhere, origin: .outside))
        }
        probes.append(Probe(from: Self.elsewhere, to: Self.elsewhere, origin: .filter))
        return probes + forwarded.map { Probe(from: Self.elsewhere, to: Self.elsewhere, origin: .forwarded(by: $0)) }
    }

    /// Routers whose addresses continue at a router that they name, and those that start again from the top.
    private var forwarded: [String] {
        before.routers.filter { $0.redirection != nil }.map(\.name)
            + (before.routers.contains { $0.kind == .redirects } ? [""] : [])
    }

    /// Senders that a row or a router names.
    private var senders: [String] {
        let rows = routes.senders.map(\.sender.key) + (routes.returnPath?.senders.filter { !$0.contains("*") } ?? [])
        let named = before.routers.compactMap { $0.options["senders"] }.flatMap { EximDomainList($0).items }
        return (rows + named).compactMap { text in
            let bare = text.hasPrefix("!") ? String(text.dropFirst().trimmingBlanks) : text
            guard !bare.contains(where: { $0.isWhitespace || "$;^+\\{".contains($0) }) else { return nil }
            if bare.hasPrefix("@") || bare.hasPrefix("*@") { return "anybody\(bare.drop { $0 == "*" })" }
            return bare.contains("@") ? bare : bare.contains(".") && !bare.contains("*") ? "anybody@\(bare)" : nil
        }
    }

    // MARK: What cannot be determined

    /// How many routers are named in the plan.
    private static let most = 5

    private var unknown: [String] {
        guard routes != Routes() else { return [] }
        var notes: [String] = []
        if !routes.recipients.isEmpty {
            notes += before.lists.opaque.prefix(3).map { item in
                "whether a domain in `recipients` is the host's own cannot be determined where it is in `\(item.escaped)`"
            }
        }
        let probe = Probe(from: Self.elsewhere, to: Self.elsewhere)
        let doubts = before.doubts(of: probe)
        notes += doubts.prefix(Self.most).map { router in
            let conditions = router.conditions.joined(separator: ", ")
            return "mail that `\(router.name)` (\(router.options.place)) takes was not compared, as which that is "
                + "depends on the message or the host: `\(conditions.prefix(160))`"
        }
        if doubts.count > Self.most {
            notes.append("the same is true of \(doubts.count - Self.most) more routers")
        }
        return notes
    }
}

extension Failure {
    fileprivate static let unforeseen = Failure(
        "what cPanel makes of \(CPanelGenerated.path) could not be determined",
        hint: "check its diff after the run"
    )
}
