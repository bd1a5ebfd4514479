import MTAPlan

/// The domains that a host delivers itself or relays inwards, by name, in files and in tables.
///
/// A row of transport_maps also takes hold of these: transport(5). So none may be asked for, and those below a
/// domain whose subdomains are asked for get a row that leaves them as they are.
struct LocalDomains: Sendable {
    private let domains: PostfixDomains

    init(_ host: PostfixHost) { domains = PostfixDomains(host.own, on: host.facts) }

    /// Keys of rows that leave mail for these domains as it is.
    ///
    /// - Throws: Where the domain of a row is the host's own.
    func exceptions(to rows: [RecipientRow]) throws(Failure) -> [String] {
        for row in rows {
            let domain = row.domain.domain
            let own = domains.all.first { _, list in
                if case .exactly = row.domain { list.contains(domain) } else { list.containsAll(below: domain) }
            }
            if let own { throw .own(row.domain.key, own.setting) }
        }
        let above = Set(
            rows.compactMap { row in
                if case .subdomains = row.domain { row.domain.domain } else { nil }
            }
        )
        var seen = Set(rows.map(\.domain.key))
        var keys: [String] = []
        for (_, list) in above.isEmpty ? [] : domains.all {
            for name in list.names where Self.parents(of: name).contains(where: above.contains) {
                keys += list.matching == .parents ? [name, ".\(name)"] : [name]
            }
        }
        return keys.filter { seen.insert($0).inserted }
    }

    private static func parents(of domain: String) -> [String] {
        var result: [String] = []
        var rest = domain[...]
        while let dot = rest.firstIndex(of: ".") {
            rest = rest[rest.index(after: dot)...]
            result.append(String(rest))
        }
        return result
    }
}

extension DomainPattern {
    fileprivate var domain: String {
        switch self {
        case .exactly(let domain), .subdomains(let domain): domain.lowercased()
        }
    }
}

extension Failure {
    fileprivate static func own(_ key: String, _ setting: String) -> Failure {
        Failure(
            "`\(key)` is one of the host's own domains: it is in `\(setting)`",
            hint: "remove the row from `recipients`, or the domain from `\(setting)` on the host"
        )
    }
}
