import MTAPlan

/// A list of domains such as `mydestination`: names, files of names, tables, and exceptions.
///
/// Source: postconf(5), mydestination and relay_domains; match_list(3): the first pattern that matches decides.
struct DomainList: Sendable {
    private enum Item: Sendable {
        case names(Set<String>, isNot: Bool)
        case table(PostfixTableRows, isNot: Bool)
    }

    private var items: [Item] = []
    /// In the order in which they are written.
    private(set) var names: [String] = []
    /// Tables and files that cannot be read here.
    private(set) var opaque: [String] = []
    /// Whether a name is also its subdomains: postconf(5), parent_domain_matches_subdomains.
    private let withSubdomains: Bool

    init(_ list: String, withSubdomains: Bool = false, on facts: Facts) {
        self.withSubdomains = withSubdomains
        var written: [String] = []
        for text in MapList.texts(list) {
            let isNot = text.hasPrefix("!")
            let item = String(text.drop { $0 == "!" })
            if item.hasPrefix("/") || item.contains(":") {
                add(table: item, isNot, facts)
            } else if isNot {
                items.append(.names([item.lowercased()], isNot: true))
            } else {
                written.append(item.lowercased())
            }
        }
        names = written + names
        items.append(.names(Set(written), isNot: false))
    }

    private mutating func add(table item: String, _ isNot: Bool, _ facts: Facts) {
        if item.hasPrefix("/") {
            guard let file = facts.file(item) else { return opaque.append(item) }
            let text = ConfigLines(file.bytes)
            let found = text.logical.flatMap { MapList.texts(text.content(of: $0).text) }.map { $0.lowercased() }
            if !isNot { names += found }
            items.append(.names(Set(found), isNot: isNot))
        } else {
            let table = PostfixTableRows(item, on: facts)
            if table.isOpaque { return opaque.append(item) }
            if !isNot { names += table.keys.filter { !$0.contains("@") }.sorted() }
            items.append(.table(table, isNot: isNot))
        }
    }

    /// Whether the domain is in the list, as far as the list can be read here.
    func contains(_ domain: String) -> Bool {
        let keys = withSubdomains ? Self.withParents(domain) : [domain]
        for item in items {
            switch item {
            case .names(let names, let isNot):
                if keys.contains(where: names.contains) { return !isNot }
            case .table(let table, let isNot):
                let isIn = keys.contains { if case .found = table.find($0, isPart: false) { true } else { false } }
                if isIn { return !isNot }
            }
        }
        return false
    }

    private static func withParents(_ domain: String) -> [String] {
        var keys = [domain]
        var rest = domain[...]
        while let dot = rest.firstIndex(of: ".") {
            rest = rest[rest.index(after: dot)...]
            keys.append(String(rest))
        }
        return keys
    }
}
