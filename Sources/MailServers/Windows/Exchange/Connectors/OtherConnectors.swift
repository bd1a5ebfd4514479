import MTAPlan

/// What happens to connectors that mail would take as well.
struct OtherConnectors: Sendable {
    /// Those that are switched off.
    private(set) var disabled: [SendConnector] = []
    private(set) var notes: [String] = []

    /// What the organisation's other connectors have to do with the ones that are asked for.
    ///
    /// `wanted`: Each with its address spaces and its name in the end. `ours`: GUIDs of connectors that are changed.
    /// `edges`: The subscribed Edge servers.
    ///
    /// - Throws: Where one cannot be switched off without taking away another route.
    init(
        _ connectors: [SendConnector],
        besides wanted: [(domains: [String], spaces: [AddressSpace], name: String)],
        ours: Set<String>,
        edges: [String],
        _ settings: ExchangeSettings
    ) throws(Failure) {
        let kept = Set(settings.keep.map { $0.lowercased() })
        let domains = Set(wanted.flatMap(\.domains))
        for connector in connectors.sorted(by: { $0.name.lowercased() < $1.name.lowercased() })
        where connector.isEnabled && !ours.contains(connector.guid) {
            let shared = connector.spaces.filter { $0.type == "SMTP" && domains.contains($0.domain) }
            let shown = "\"\(Printable.line(connector.name))\""
            if let protection = connector.protection ?? connector.isOfEdge(edges) {
                notes.append(
                    "\(shown), \(protection.rawValue), stays as it is"
                        + (shared.isEmpty ? "" : ", though it is for `\(Printable.line(shared[0].domain))` as well")
                )
            } else if shared.isEmpty {
                notes += Self.exact(connector, domains).map { "\(shown) still takes mail to \($0)" }
            } else if kept.contains(connector.name.lowercased()) {
                notes.append("\(shown) stays, as `keep` says; \(Self.relation(of: shared, to: wanted))")
            } else {
                try decide(connector, shared, wanted, domains, settings)
            }
        }
        let names = Set(connectors.map { $0.name.lowercased() })
        for name in settings.keep where !names.contains(name.lowercased()) {
            notes.append("there is no Send connector \"\(name)\", which `keep` names")
        }
    }

    private mutating func decide(
        _ connector: SendConnector,
        _ shared: [AddressSpace],
        _ wanted: [(domains: [String], spaces: [AddressSpace], name: String)],
        _ domains: Set<String>,
        _ settings: ExchangeSettings
    ) throws(Failure) {
        let shown = "\"\(Printable.line(connector.name))\""
        switch settings.replaceOthers {
        case .ignore: break
        case .warn:
            notes.append(
                "\(shown) is enabled too: \(Self.relation(of: shared, to: wanted)); "
                    + "`exchange: {replace-others: disable}` switches it off"
            )
        case .disable:
            let left = connector.spaces.filter { !domains.contains($0.domain) }
            if let space = left.first, !domains.contains("*") { throw .needed(connector, space) }
            disabled.append(connector)
            if let space = left.first {
                notes.append(
                    "\(shown) was also for `\(Printable.line(space.domain))`, which takes the default route now"
                )
            }
        }
    }

    /// What mail a connector takes because it is for more exact addresses.
    private static func exact(_ connector: SendConnector, _ domains: Set<String>) -> [String] {
        guard domains.contains("*") else { return [] }
        let names = connector.spaces.filter { $0.type == "SMTP" && $0.domain != "*" }.map {
            "`\(Printable.line($0.domain))`"
        }
        guard !names.isEmpty else { return [] }
        return [names.prefix(4).joined(separator: ", ") + (names.count > 4 ? " and \(names.count - 4) more" : "")]
    }

    /// Which of two connectors for the same addresses Exchange takes.
    private static func relation(
        of shared: [AddressSpace],
        to wanted: [(domains: [String], spaces: [AddressSpace], name: String)]
    ) -> String {
        let space = shared[0]
        let domain = "`\(Printable.line(space.domain))`"
        guard let mine = wanted.lazy.flatMap(\.spaces).first(where: { $0.domain == space.domain }) else { return "" }
        if space.cost < mine.cost {
            return "mail to \(domain) takes it, as it costs \(space.cost) and the new route \(mine.cost)"
        }
        if space.cost == mine.cost { return "mail to \(domain) may take it, as it costs the same" }
        return "mail to \(domain) takes it only where the new route does not, as it costs more"
    }
}

extension Failure {
    fileprivate static func needed(_ connector: SendConnector, _ space: AddressSpace) -> Failure {
        Failure(
            "\"\(Printable.line(connector.name))\" cannot be switched off: mail to `\(Printable.line(space.domain))` takes it too",
            hint: "put it under `exchange: keep:`, or remove the shared address space from it first"
        )
    }
}
