import MTAPlan

/// The lists of one configuration: which domains are the host's own, and whether an address or domain is in a list.
struct EximLists: Sendable {
    private let own: [String: OwnList]
    private let named: [String: String]
    /// Files of domains whose keys are known, by path.
    private let tables: [String: Set<String>]

    /// A list of the host's own domains, as Exim itself expanded it.
    private struct OwnList: Sendable {
        var names: Set<String> = []
        var endings: [String] = []
        /// Items that only a server can answer.
        var opaque: [String] = []

        func contains(_ domain: String) -> Bool {
            names.contains(domain) || endings.contains { domain.hasSuffix($0) }
        }
    }

    /// Lists that stand for the host's own domains, by what the host answers of them.
    static let ownNames = ["local_domains", "relay_to_domains"]

    /// Named lists alone, of a host whose own domains are not asked for.
    init(_ named: [String: String]) {
        (self.named, tables) = (named, [:])
        own = Dictionary(Self.ownNames.map { ($0, OwnList()) }) { first, _ in first }
    }

    init(_ host: EximHost) {
        named = host.structure.domainLists
        tables = ["\(host.folder)/hubbed_hosts": Set(host.lines("exim.hubbed").map { $0.lowercased() })]
        var own: [String: OwnList] = [:]
        let read = Set(host.lines("exim.local").map { $0.lowercased() })
        for name in Self.ownNames {
            guard let items = host.domainList(name) else { continue }
            var list = OwnList()
            for item in items {
                if item == "@" {
                    list.names.insert(host.facts.hostName.lowercased())
                } else if item.contains(";") {
                    let isRead = item.contains("lsearch") || item.hasPrefix("dsearch")
                    if isRead { list.names.formUnion(read) } else { list.opaque.append(item) }
                } else if item.hasPrefix("*") {
                    list.endings.append(String(item.dropFirst()))
                } else if item.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || ".-_".contains($0)) }) {
                    list.names.insert(item)
                }
            }
            own[name] = list
        }
        self.own = own
    }

    /// Every name of the host's own, in order.
    var ownDomains: [String] { own.values.reduce(into: Set()) { $0.formUnion($1.names) }.sorted() }

    /// Items of the host's own lists that cannot be determined here.
    var opaque: [String] { own.values.flatMap(\.opaque).sorted() }

    func isOwn(_ domain: String) -> Bool { own.values.contains { $0.contains(domain) } }

    /// Domains that a list names one by one.
    func names(in text: String, depth: Int = 0) -> [String] {
        EximDomainList(text).items.flatMap { item -> [String] in
            if item.hasPrefix("+"), depth < 5 {
                let name = String(item.dropFirst())
                return own[name] != nil ? [] : named[name].map { names(in: $0, depth: depth + 1) } ?? []
            }
            let bare = item.hasPrefix("*.") ? "below\(item.dropFirst())" : item
            return bare.contains(".") && bare.isPlainName ? [bare.lowercased()] : []
        }
    }

    /// Whether a domain is in a list.
    ///
    /// A lookup that stands for what is removed is held not to find it: a domain that it finds is the host's own.
    func contains(_ domain: String, _ text: String, depth: Int = 0) -> Bool? {
        contains(domain, EximPatterns(EximDomainList(text).items), depth: depth)
    }

    /// The same of a list that is read once for many domains.
    func contains(_ domain: String, _ patterns: EximPatterns, depth: Int = 0) -> Bool? {
        let known = patterns.first(for: domain)
        for index in patterns.others {
            if let known, known < index { break }
            let isNegated = patterns.items[index].isNegated
            switch fits(domain, patterns.items[index].pattern, depth) {
            case true?: return !isNegated
            case false?: continue
            case nil: if !isNegated { return nil }
            }
        }
        if let known { return !patterns.items[known].isNegated }
        return patterns.items.last?.isNegated ?? false
    }

    private func fits(_ domain: String, _ pattern: String, _ depth: Int) -> Bool? {
        if pattern.hasPrefix("+") {
            let name = String(pattern.dropFirst())
            if let list = own[name] { return list.contains(domain) }
            return depth < 5 ? named[name].flatMap { contains(domain, $0, depth: depth + 1) } : nil
        }
        if pattern == "*" { return true }
        if let at = pattern.firstIndex(of: ";"), let keys = tables[String(pattern[pattern.index(after: at)...])] {
            return Self.contains(domain, keys, isPartial: pattern.hasPrefix("partial"))
        }
        if pattern.hasPrefix("@") { return pattern == "@" ? isOwn(domain) : nil }
        if pattern.hasPrefix("*") { return domain.hasSuffix(pattern.dropFirst().lowercased()) }
        return pattern.isPlainName ? domain == pattern.lowercased() : nil
    }

    /// Source: Exim specification, chapter 9, "Partial matching": `*.example.com` is a key for all below it, and for itself.
    private static func contains(_ domain: String, _ keys: Set<String>, isPartial: Bool) -> Bool {
        if keys.contains(domain) { return true }
        guard isPartial else { return false }
        var rest = domain[...]
        while !rest.isEmpty {
            if keys.contains("*.\(rest)") { return true }
            rest = rest.drop { $0 != "." }.dropFirst()
        }
        return keys.contains("*")
    }

    /// Whether a sender is in a list of addresses; an empty item is the empty sender.
    func contains(sender: String, _ text: String) -> Bool? {
        let blank = text.trimmingBlanks
        if sender.isEmpty, blank.isEmpty || blank.hasPrefix(":") || blank.hasSuffix(":") { return true }
        let items = EximDomainList(text).items
        let domain = sender.split(separator: "@").last.map { $0.lowercased() } ?? ""
        for item in items {
            let isNegated = item.hasPrefix("!")
            let pattern = (isNegated ? String(item.dropFirst().trimmingBlanks) : item).lowercased()
            let fits: Bool?
            if pattern == "*" {
                fits = true
            } else if pattern.hasPrefix("*@") {
                fits = sender.isEmpty ? false : self.fits(domain, String(pattern.dropFirst(2)), 0)
            } else if pattern.contains("@"), !pattern.contains(";") {
                fits = pattern.replacing("@", with: "").isPlainName ? sender.lowercased() == pattern : nil
            } else {
                fits = sender.isEmpty ? false : self.fits(domain, pattern, 0)
            }
            switch fits {
            case true?: return !isNegated
            case false?: continue
            case nil: return nil
            }
        }
        return items.last?.hasPrefix("!") ?? false
    }

    /// Whether a local part is in a list.
    func contains(localPart: String, _ text: String) -> Bool? {
        let items = EximDomainList(text).items
        for item in items {
            let isNegated = item.hasPrefix("!")
            let pattern = (isNegated ? String(item.dropFirst().trimmingBlanks) : item).lowercased()
            if pattern == "*" || pattern == localPart.lowercased() { return !isNegated }
            if !pattern.isPlainName { return nil }
        }
        return items.last?.hasPrefix("!") ?? false
    }
}

extension String {
    /// Whether it stands for itself in a list.
    var isPlainName: Bool {
        !isEmpty && allSatisfy { $0.isLetter || $0.isNumber || ".-_+=".contains($0) }
    }
}
