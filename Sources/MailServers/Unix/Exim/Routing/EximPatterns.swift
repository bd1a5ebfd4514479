import MTAPlan

/// The items of a list of domains, read once for many domains: names are looked up, and only the others compared.
struct EximPatterns: Sendable {
    struct Item: Sendable {
        var pattern: String
        var isNegated: Bool
    }

    let items: [Item]
    /// The indexes of the items that are neither a name nor an ending.
    let others: [Int]
    /// The first index of each name, and of each ending of names: `.example.com`.
    private let names: [String: Int]

    init(_ list: [String]) {
        var names: [String: Int] = [:]
        var others: [Int] = []
        items = list.map { item in
            let isNegated = item.hasPrefix("!")
            return Item(pattern: isNegated ? String(item.dropFirst().trimmingBlanks) : item, isNegated: isNegated)
        }
        for (index, item) in items.enumerated() {
            let pattern = item.pattern
            let bare = pattern.hasPrefix("*.") ? String(pattern.dropFirst()) : pattern
            if bare.isPlainName, !bare.hasPrefix("+"), bare == pattern && !bare.hasPrefix(".") || bare != pattern {
                let name = bare.lowercased()
                if names[name] == nil { names[name] = index }
            } else {
                others.append(index)
            }
        }
        (self.names, self.others) = (names, others)
    }

    /// The first item that is the domain's name, or an ending of it.
    func first(for domain: String) -> Int? {
        var first = names[domain]
        for index in domain.indices where domain[index] == "." {
            guard let other = names[String(domain[index...])] else { continue }
            first = first.map { min($0, other) } ?? other
        }
        return first
    }
}

/// The rows of a `route_list`, read once for many domains.
struct EximRows: Sendable {
    let entries: [EximRouteList.Entry]
    private let patterns: EximPatterns

    init(_ entries: [EximRouteList.Entry]) {
        self.entries = entries
        // What is not one name or ending is asked for as a list of its own.
        patterns = EximPatterns(entries.map { $0.domain.hasPrefix("!") ? "\($0.domain):" : $0.domain })
    }

    /// The first row that a domain surely takes.
    func first(for domain: String, _ lists: EximLists) -> EximRouteList.Entry? {
        let known = patterns.first(for: domain)
        let other = patterns.others.first { index in
            known.map { index > $0 } ?? false || lists.contains(domain, entries[index].domain) ?? false
        }
        return [known, other].compactMap(\.self).min().map { entries[$0] }
    }

    /// Whether a row is for a domain.
    func contains(_ domain: String, _ lists: EximLists) -> Bool? {
        if patterns.first(for: domain) != nil { return true }
        var isOpen = false
        for index in patterns.others {
            let row = entries[index].domain
            switch row == "$domain" ? true : lists.contains(domain, row) {
            case true?: return true
            case false?: continue
            case nil: isOpen = true
            }
        }
        return isOpen ? nil : false
    }
}
