import MTAPlan

/// A list of domains such as `mydestination`: names, files of names, tables, and exceptions.
///
/// Source: postconf(5), mydestination and relay_domains; match_list(3): the first pattern that matches decides.
struct DomainList: Sendable {
    /// What of a list is also for the domains below one.
    enum Matching: Sendable {
        /// Nothing: mydestination and the lists of virtual domains.
        case exact
        /// Each name: postconf(5), parent_domain_matches_subdomains.
        case parents
        /// Each that begins with a dot: the same, where the list is not named there.
        case dotted
    }

    private enum Item: Sendable {
        case names(Set<String>, isNot: Bool)
        case table(PostfixTableRows, isNot: Bool)
    }

    private var items: [Item] = []
    /// In the order in which they are written.
    private(set) var names: [String] = []
    /// Tables and files that cannot be read here.
    private(set) var opaque: [String] = []
    let matching: Matching

    init(_ list: String, _ matching: Matching = .exact, on facts: Facts) {
        self.matching = matching
        // Names of one kind in a row are one set, so that thousands are looked up at once.
        var run: Set<String> = []
        var isNotRun = false
        func end(_ items: inout [Item]) {
            if !run.isEmpty { items.append(.names(run, isNot: isNotRun)) }
            run = []
        }
        for text in MapList.texts(list) {
            let isNot = text.hasPrefix("!")
            let item = String(text.drop { $0 == "!" })
            if item.hasPrefix("/") || item.contains(":") {
                end(&items)
                add(table: item, isNot, facts)
                continue
            }
            if isNot != isNotRun { end(&items) }
            isNotRun = isNot
            run.insert(item.lowercased())
            if !isNot { names.append(item.lowercased()) }
        }
        end(&items)
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
        let keys = [domain] + parents(of: domain)
        for item in items {
            switch item {
            case .names(let names, let isNot):
                if keys.contains(where: names.contains) { return !isNot }
            case .table(let table, let isNot):
                // Any answer will do, also one that a pattern would make of what it matches.
                let isIn = keys.indices.contains { table.find(keys[$0], isPart: $0 > 0) != .none }
                if isIn { return !isNot }
            }
        }
        return false
    }

    /// Whether every domain below this one is in the list.
    func containsAll(below domain: String) -> Bool { contains("any.\(domain)") }

    /// The other keys that a domain is looked up by: match_ops.c, match_hostname.
    private func parents(of domain: String) -> [String] {
        guard matching != .exact else { return [] }
        var keys: [String] = []
        var rest = domain[...]
        while let dot = rest.firstIndex(of: ".") {
            rest = rest[rest.index(after: dot)...]
            keys.append(matching == .parents ? String(rest) : ".\(rest)")
        }
        return keys
    }
}
