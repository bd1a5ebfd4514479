/// A list of domains as an option has it: `! +local_domains : *.example.com`.
///
/// Source: Exim specification, chapter 10, "Domain, host, address, and local part lists": the first item that fits
/// decides; past the last one, a list that ends in a negated item fits, and any other does not.
struct EximDomainList: Sendable, Equatable {
    let items: [String]

    init(_ text: String) { items = Self.split(text) }

    init(_ items: [String]) { self.items = items }

    /// The items of a list, with the separator that it names: `<; a ; b`.
    ///
    /// A separator that is doubled stands for itself.
    static func split(_ text: String) -> [String] {
        var rest = Substring(text).drop(while: \.isWhitespace)
        var separator: Character = ":"
        if rest.hasPrefix("<"), let other = rest.dropFirst().first, !other.isWhitespace, !other.isLetter {
            separator = other
            rest = rest.dropFirst(2)
        }
        var items: [String] = [""]
        var depth = 0
        var index = rest.startIndex
        while index < rest.endIndex {
            let character = rest[index]
            let next = rest.index(after: index)
            if character == "{" { depth += 1 } else if character == "}" { depth -= 1 }
            if character != separator || depth > 0 {
                items[items.count - 1].append(character)
            } else if next < rest.endIndex, rest[next] == separator {
                items[items.count - 1].append(character)
                index = next
            } else {
                items.append("")
            }
            index = rest.index(after: index)
        }
        return items.map { String($0.trimmingBlanks) }.filter { !$0.isEmpty }
    }

    /// Whether the list fits a domain that nobody named.
    ///
    /// `named`: What a named list has; `nil` where there is none.
    func fitsAnyDomain(_ named: (String) -> String?, depth: Int = 0) -> Bool {
        for item in items {
            let isNegated = item.hasPrefix("!")
            let pattern = isNegated ? item.dropFirst().trimmingBlanks : item[...]
            if Self.fits(pattern, named, depth) { return !isNegated }
        }
        return items.last?.hasPrefix("!") ?? false
    }

    private static func fits(_ pattern: Substring, _ named: (String) -> String?, _ depth: Int) -> Bool {
        if pattern == "*" { return true }
        // A regular expression that says nothing.
        if pattern.hasPrefix("^") { return pattern.allSatisfy { "^.*+?$\\N".contains($0) } }
        if pattern.hasPrefix("+") {
            let name = String(pattern.dropFirst())
            if ["local_domains", "relay_to_domains"].contains(name) || depth > 5 { return false }
            return named(name).map { EximDomainList($0).fitsAnyDomain(named, depth: depth + 1) } ?? false
        }
        // What only a lookup finds is named there; of another expression it cannot be determined.
        if pattern.hasPrefix("$") {
            return !["lookup", "lsearch", "dsearch", "$value"].contains { pattern.contains($0) }
        }
        return false
    }

    /// Whether every item takes something away, so that what is left is everything else.
    var isOnlyNegated: Bool { items.allSatisfy { $0.hasPrefix("!") } }
}

extension StringProtocol {
    /// Without blanks and tabs at either end.
    var trimmingBlanks: SubSequence {
        let start = drop { $0 == " " || $0 == "\t" }
        guard let last = start.lastIndex(where: { $0 != " " && $0 != "\t" }) else { return start }
        return start[...last]
    }
}
