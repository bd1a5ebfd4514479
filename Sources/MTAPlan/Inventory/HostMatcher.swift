/// Finds the hosts that one term of a pattern means.
struct HostMatcher {
    private let inventory: Inventory
    private let groups: [String: [String]]
    private let hosts: Set<String>

    init(_ inventory: Inventory) {
        self.inventory = inventory
        groups = Dictionary(inventory.groups.map { ($0.name, $0.hosts) }) { first, _ in first }
        hosts = Set(inventory.hosts.map(\.name))
    }

    /// The hosts, in Ansible's order.
    ///
    /// `prefersHost`: Whether a name that is a host's and a group's means the host.
    func names(_ term: String, prefersHost: Bool = true) throws(Failure) -> [String] {
        if term == "all" || term == "*" { return inventory.hosts.map(\.name) }
        if prefersHost, hosts.contains(term) { return [term] }
        if let names = exactly(term) { return names }
        if term.hasPrefix("~") {
            let regex = try HostPattern.regex(term)
            // Anchored at the start only, as Python's `match`. A name on which the pattern gives up does not match.
            return matching { (try? regex.prefixMatch(in: $0)) != nil }
        }
        if let (base, range) = Self.subscripted(term), let names = try known(base) { return Self.slice(names, range) }
        if let expanded = try ranged(term) { return expanded }
        if Glob.isPattern(term) { return matching { Glob.matches(term, $0) } }
        throw unknown(term)
    }

    private func exactly(_ name: String) -> [String]? { groups[name] ?? (hosts.contains(name) ? [name] : nil) }

    /// What a subscript is taken of.
    private func known(_ base: String) throws(Failure) -> [String]? {
        if base == "all" || base == "*" { return inventory.hosts.map(\.name) }
        if let names = exactly(base) { return names }
        guard base.hasPrefix("~") || Glob.isPattern(base) else { return nil }
        return try names(base)
    }

    /// Names with ranges in them, every one of which must be there.
    private func ranged(_ term: String) throws(Failure) -> [String]? {
        guard let open = term.firstIndex(of: "["), let close = term[open...].firstIndex(of: "]"),
            term[open..<close].contains(":"), !term.contains("*"), !term.contains("?")
        else { return nil }
        var found: [String] = []
        let names: [String]
        do throws(TextForm.Fault) { names = try HostRange.expand(term).names } catch {
            throw Failure("`\(term.shortened)` \(error.problem)", hint: error.hint)
        }
        for name in names {
            guard let hosts = exactly(name) else { throw unknown(name) }
            found += hosts
        }
        return found
    }

    /// Hosts of groups whose name matches, and then hosts whose own does.
    private func matching(_ matches: (String) -> Bool) -> [String] {
        let ofGroups = inventory.groups.filter { matches($0.name) }.flatMap(\.hosts)
        var known: Set<String> = []
        return (ofGroups + inventory.hosts.map(\.name).filter(matches)).filter { known.insert($0).inserted }
    }

    private func unknown(_ name: String) -> Failure {
        let known = inventory.groups.map(\.name) + inventory.hosts.map(\.name)
        let isHere = ["localhost", "127.0.0.1", "::1"].contains(name)
        let hint =
            isHere
            ? "this machine is only in the inventory if you add it"
            : Spelling.nearest(to: name, in: known).map { "did you mean `\($0)`?" }
        return Failure("the inventory has no host or group `\(name.shortened)`", hint: hint)
    }

    /// `web[0]`, `web[-1]`, `web[1:3]`, `web[2:]`; the end is taken in.
    private static func subscripted(_ term: String) -> (base: String, range: (from: Int, to: Int?))? {
        guard term.hasSuffix("]"), let open = term.lastIndex(of: "["), open > term.startIndex else { return nil }
        let base = String(term[..<open])
        let inner = term[term.index(after: open)...].dropLast()
        if let index = Int(inner), !inner.hasPrefix("+") { return (base, (index, index)) }
        let parts = inner.split(maxSplits: 1, omittingEmptySubsequences: false) { $0 == ":" || $0 == "-" }
        guard parts.count == 2, let from = Int(parts[0]), from >= 0 else { return nil }
        if parts[1].isEmpty { return (base, (from, nil)) }
        guard let to = Int(parts[1]), to >= 0 else { return nil }
        return (base, (from, to))
    }

    private static func slice(_ names: [String], _ range: (from: Int, to: Int?)) -> [String] {
        let from = range.from < 0 ? names.count + range.from : range.from
        let to = min(range.to.map { $0 < 0 ? names.count + $0 : $0 } ?? names.count - 1, names.count - 1)
        return from >= 0 && from <= to ? Array(names[from...to]) : []
    }
}

/// Shell patterns, as Python's fnmatch has them: `*`, `?`, `[a-c]`, `[!a-c]`.
enum Glob {
    static func isPattern(_ text: String) -> Bool { text.contains { "*?[".contains($0) } }

    static func matches(_ pattern: String, _ text: String) -> Bool {
        let pattern = Array(pattern.unicodeScalars)
        let text = Array(text.unicodeScalars)
        var (p, t) = (0, 0)
        // Where to take up again, with one more scalar for the last star.
        var star: (p: Int, t: Int)?
        while t < text.count {
            if p < pattern.count, pattern[p] == "*" {
                star = (p + 1, t)
                p += 1
            } else if let length = one(pattern, p, text[t]) {
                p += length
                t += 1
            } else if let last = star {
                star = (last.p, last.t + 1)
                (p, t) = (last.p, last.t + 1)
            } else {
                return false
            }
        }
        return pattern[p...].allSatisfy { $0 == "*" }
    }

    /// How much of the pattern the scalar takes, if it fits.
    private static func one(_ pattern: [Unicode.Scalar], _ p: Int, _ scalar: Unicode.Scalar) -> Int? {
        guard p < pattern.count else { return nil }
        if pattern[p] == "?" { return 1 }
        guard pattern[p] == "[" else { return pattern[p] == scalar ? 1 : nil }
        let isNegated = p + 1 < pattern.count && pattern[p + 1] == "!"
        let start = p + (isNegated ? 2 : 1)
        // A `]` that is first is one of the set.
        guard start < pattern.count, let end = pattern[(start + 1)...].firstIndex(of: "]") else {
            return pattern[p] == scalar ? 1 : nil
        }
        var isIn = false
        var at = start
        while at < end {
            if at + 2 < end, pattern[at + 1] == "-" {
                isIn =
                    isIn || (pattern[at].value...max(pattern[at].value, pattern[at + 2].value)).contains(scalar.value)
                at += 3
            } else {
                isIn = isIn || pattern[at] == scalar
                at += 1
            }
        }
        return isIn != isNegated ? end - p + 1 : nil
    }
}
