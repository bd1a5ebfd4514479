import MTAPlan

/// The domains that a host delivers itself or relays inwards, as far as its settings name them one by one.
///
/// A row of transport_maps also takes hold of these: transport(5). So none may be asked for, and those below a
/// domain whose subdomains are asked for get a row that leaves them as they are.
struct LocalDomains: Sendable {
    private let final: [(domain: String, setting: String)]
    /// With their subdomains: postconf(5), parent_domain_matches_subdomains.
    private let relayed: [String]

    init(_ host: PostfixHost) {
        final = ["mydestination", "virtual_mailbox_domains", "virtual_alias_domains"].flatMap { setting in
            Self.names(host.value(setting)).map { ($0, setting) }
        }
        relayed = Self.names(host.value("relay_domains"))
    }

    /// Keys of rows that leave mail for these domains as it is.
    ///
    /// - Throws: Where the domain of a row is the host's own.
    func exceptions(to rows: [RecipientRow]) throws(Failure) -> [String] {
        var keys: [String] = []
        for row in rows {
            let domain = row.domain.domain
            if let name = relayed.first(where: { domain == $0 || domain.hasSuffix(".\($0)") }) {
                throw .own(row.domain.key, "relay_domains", name)
            }
            switch row.domain {
            case .exactly:
                if let own = final.first(where: { $0.domain == domain }) {
                    throw .own(row.domain.key, own.setting, own.domain)
                }
            case .subdomains:
                keys += final.map(\.domain).filter { $0.hasSuffix(".\(domain)") }
                keys += relayed.filter { $0.hasSuffix(".\(domain)") }.flatMap { [$0, ".\($0)"] }
            }
        }
        var seen = Set(rows.map(\.domain.key))
        return keys.filter { seen.insert($0).inserted }
    }

    /// The names in a list; tables and files, which cannot be read here, and exceptions are left out.
    static func names(_ list: String) -> [String] {
        MapList.texts(list).filter { !$0.contains(":") && !$0.contains("/") && !$0.hasPrefix("!") }.map {
            $0.lowercased()
        }
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
    fileprivate static func own(_ key: String, _ setting: String, _ name: String) -> Failure {
        Failure(
            "`\(key)` is among the host's own domains: `\(setting)` has `\(name)`",
            hint: "take the row out of `recipients`, or the domain out of `\(setting)` on the host"
        )
    }
}
