import MTAPlan

/// Which connector becomes the one that is asked for.
enum ConnectorChoice: Sendable, Hashable {
    case change(SendConnector)
    /// `beside`: One that would be the right one, but has a login that nobody could put back; it is switched off.
    case make(name: String, beside: SendConnector?)

    /// What the connector is called in the end.
    var name: String {
        switch self {
        case .change(let connector): connector.name
        case .make(let name, _): name
        }
    }

    /// Whose properties are taken over where the playbook says nothing.
    var model: SendConnector? {
        switch self {
        case .change(let connector): connector
        case .make(_, let old): old
        }
    }
}

extension WantedConnector {
    /// The connector of the organisation that this is about; `nil` where there is none.
    ///
    /// - Throws: Where several could be meant, or the one that is named may not be changed.
    func found(among connectors: [SendConnector], keep: [String]) throws(Failure) -> SendConnector? {
        let family = try family(in: connectors)
        if let named = family.last(where: \.isEnabled) ?? family.last {
            if let protection = named.protection { throw .protected(named, protection) }
            if keep.contains(where: { $0.lowercased() == named.name.lowercased() }) { throw .keptAndAsked(named) }
            return named
        }
        if isNamed { return nil }
        let kept = Set(keep.map { $0.lowercased() })
        let fitting = connectors.filter { connector in
            connector.isEnabled && connector.protection == nil && !kept.contains(connector.name.lowercased())
                && fits(connector)
        }
        if fitting.count > 1, isDefault { throw .several(fitting, for: domains[0]) }
        return fitting.count == 1 ? fitting[0] : nil
    }

    /// The connector of this name, and those that were made next to it: `NAME (2)`, in their order.
    private func family(in connectors: [SendConnector]) throws(Failure) -> [SendConnector] {
        let base = name.lowercased()
        let same = connectors.filter { $0.name.lowercased() == base }
        if same.count > 1 { throw .ambiguous(name, same.count) }
        let numbered = connectors.compactMap { connector -> (Int, SendConnector)? in
            let (stem, number) = Self.stem(of: connector.name)
            return number > 1 && stem.lowercased() == base ? (number, connector) : nil
        }
        return same + numbered.sorted { $0.0 < $1.0 }.map(\.1)
    }

    /// `NAME` and 2 of `NAME (2)`.
    private static func stem(of name: String) -> (String, Int) {
        guard name.hasSuffix(")"), let open = name.range(of: " (")?.lowerBound,
            let number = Int(name[name.index(open, offsetBy: 2)...].dropLast()), number > 1
        else { return (name, 1) }
        return (String(name[..<open]), number)
    }

    /// A name for a connector next to another one.
    static func next(after old: String, among connectors: [SendConnector]) -> String {
        let names = Set(connectors.map { $0.name.lowercased() })
        let base = stem(of: old).0
        var number = 2
        while names.contains("\(base) (\(number))".lowercased()) { number += 1 }
        return "\(base) (\(number))"
    }

    private func fits(_ connector: SendConnector) -> Bool {
        let spaces = Set(connector.spaces.filter { $0.type == "SMTP" }.map(\.domain))
        guard connector.smartHosts.isEmpty || way != .direct else { return false }
        return isDefault ? spaces.contains("*") : !spaces.isEmpty && spaces.isSubset(of: domains)
    }
}

extension String {
    /// The last place of a text.
    fileprivate func range(of text: String) -> Range<String.Index>? { ranges(of: text).last }
}

extension Failure {
    fileprivate static func several(_ connectors: [SendConnector], for domain: String) -> Failure {
        let names = connectors.map { "\"\(Printable.line($0.name))\"" }.sorted().prefix(8).joined(separator: ", ")
        return Failure(
            "\(connectors.count) Send connectors are for `\(domain)`, and any of them could be meant: \(names)",
            hint: "choose one with `exchange: {connector: NAME}`; another name creates a new one"
        )
    }

    fileprivate static func ambiguous(_ name: String, _ count: Int) -> Failure {
        Failure("\(count) Send connectors are called \"\(name)\"", hint: "rename all but one of them")
    }

    fileprivate static func protected(_ connector: SendConnector, _ protection: SendConnector.Protection) -> Failure {
        Failure(
            "\"\(Printable.line(connector.name))\" is a connector \(protection.rawValue), and is never changed",
            hint: "write another name after `exchange: connector:`"
        )
    }

    fileprivate static func keptAndAsked(_ connector: SendConnector) -> Failure {
        Failure(
            "\"\(Printable.line(connector.name))\" is to be changed, but is listed under `keep` as well",
            hint: "remove it from `keep`, or name another connector"
        )
    }
}
