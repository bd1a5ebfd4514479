import MTAPlan

/// A host's Postfix without anything of ours, compared with the same with a proposal done.
struct PostfixComparison {
    private let before: PostfixRouting
    private let after: PostfixRouting
    private let routes: Routes
    private let host: String

    /// - Throws: Where what is planned cannot be read back.
    init(of work: POSIXWork, for routes: Routes, given facts: Facts) throws(Failure) {
        let found = try PostfixHost(facts)
        let later = facts.after(work)
        let planned = try found.planned(in: later)
        self.routes = routes
        host = facts.hostName
        before = PostfixRouting(
            main: found.ownMain,
            services: found.services.filter { !$0.isOurs },
            facts: facts,
            on: found
        )
        after = PostfixRouting(main: planned.main, services: planned.services, facts: later, on: found)
    }

    func differential(probing: [Probe]) -> Differential {
        var seen: Set<Probe> = []
        let probes = (probing + probes).filter { seen.insert($0).inserted }
        let entries = probes.map { probe in
            Differential.Entry(
                probe,
                before: before.handling(of: probe),
                after: after.handling(of: probe),
                isNamed: before.isNamed(probe.recipient)
            )
        }
        return Differential(entries, unknown: unknown)
    }

    // MARK: Probes

    /// A domain that nothing names.
    private static let elsewhere = "anybody@elsewhere.example"

    private var probes: [Probe] {
        let local = "root@\(host)"
        let own = before.domains.all.compactMap { $0.list.names.first }.map { Self.address(in: $0) }
        let senders = [local, Self.elsewhere, ""] + own.prefix(4)
        var probes = senders.flatMap { sender in
            ([Self.elsewhere] + own).flatMap { recipient in
                [Probe(from: sender, to: recipient), Probe(from: sender, to: recipient, origin: .outside)]
            }
        }
        let domains = before.domains.all.flatMap { $0.list.names }
        probes += domains.map { Probe(from: Self.elsewhere, to: Self.address(in: $0), origin: .outside) }
        let rows = routes.recipients.map { $0.domain.key }
        let keys = before.transportMaps.keys.sorted()
        for key in rows + keys where key != "*" { probes.append(Probe(from: local, to: Self.address(in: key))) }
        let named = routes.senders.map(\.sender.key) + before.namedSenders.sorted()
        for sender in named {
            let address = sender.hasPrefix("@") ? "anybody\(sender)" : sender
            probes.append(Probe(from: address, to: Self.elsewhere))
            probes.append(Probe(from: address, to: Self.elsewhere, origin: .outside))
            // relayhost and its table are for relayed domains too: resolve.c.
            let relayed = before.domains.relayed.names.first.map { Self.address(in: $0) }
            if let relayed { probes.append(Probe(from: address, to: relayed, origin: .outside)) }
        }
        probes.append(Probe(from: Self.elsewhere, to: Self.elsewhere, origin: .filter))
        return probes
    }

    /// An address to which a key of a table is looked up.
    private static func address(in key: String) -> String {
        key.contains("@") ? key : key.hasPrefix(".") ? "anybody@below\(key)" : "anybody@\(key)"
    }

    // MARK: What cannot be determined

    private var unknown: [String] {
        guard routes != Routes() else { return [] }
        var notes: [String] = []
        if !routes.recipients.isEmpty {
            for (setting, list) in before.domains.all {
                for table in list.opaque.prefix(3) {
                    notes.append(
                        "whether a domain in `recipients` is the host's own cannot be determined, as \(setting) asks `\(table.escaped)`: its mail would no longer stay on the host"
                    )
                }
            }
        }
        for table in before.transportMaps.opaque.prefix(3) {
            notes.append("which mail `\(table.escaped)` of transport_maps decides for cannot be determined")
        }
        return notes
    }
}
