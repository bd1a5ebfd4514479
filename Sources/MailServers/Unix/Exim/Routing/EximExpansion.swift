import MTAPlan

/// Exim's expansion of a string, as far as it can be determined without the host.
///
/// Known are variables that a message gives, comparisons, and lookups in files whose content was read. All else is unknown,
/// and never guessed at.
///
/// Source: Exim specification, chapter 11, "String expansions".
struct EximExpansion {
    /// Those that are not here are unknown.
    var variables: [String: EximValue]
    let files: EximFiles
    /// The host's lists of domains; without them what asks for one is unknown.
    var lists: EximLists?

    func value(of text: String) -> EximValue {
        guard text.contains("$") || text.contains("\\") else { return .known(text) }
        var reader = EximReader(text: Array(text), expansion: self)
        return reader.string(isInBraces: false)
    }

    func variable(_ name: String) -> EximValue { variables[name] ?? .unknown }
}

/// Goes through one string.
struct EximReader {
    let text: [Character]
    var position = 0
    var expansion: EximExpansion

    init(text: [Character], expansion: EximExpansion) {
        self.text = text
        self.expansion = expansion
    }

    var next: Character? { position < text.count ? text[position] : nil }

    /// The rest of the string, or all up to the brace that ends it.
    mutating func string(isInBraces: Bool) -> EximValue {
        var value = EximValue.known("")
        var plain = ""
        while let character = next, !(isInBraces && character == "}") {
            position += 1
            switch character {
            case "\\": plain += escaped()
            case "$":
                value = value + .known(plain)
                plain = ""
                value = value + item()
            default: plain.append(character)
            }
        }
        return value + .known(plain)
    }

    /// What is behind a backslash; `\N` protects all up to the next one.
    private mutating func escaped() -> String {
        guard let character = next else { return "" }
        position += 1
        guard character == "N" else { return String(character) }
        var protected = ""
        while position < text.count {
            if text[position] == "\\", position + 1 < text.count, text[position + 1] == "N" {
                position += 2
                break
            }
            protected.append(text[position])
            position += 1
        }
        return protected
    }

    private mutating func item() -> EximValue {
        guard next == "{" else {
            let name = word()
            return name.isEmpty ? .unknown : expansion.variable(name)
        }
        let start = position
        position += 1
        skipBlanks()
        let name = word()
        let value: EximValue
        switch (name, next) {
        case ("if", _): value = conditional()
        case ("lookup", _): value = lookup()
        case (_, "}"?): value = expansion.variable(name)
        case (_, ":"?):
            position += 1
            value = operated(name, string(isInBraces: true))
        default: value = .unknown
        }
        skipBlanks()
        if next == "}" {
            position += 1
            return value
        }
        position = start
        skipBraces()
        return .unknown
    }

    private func operated(_ name: String, _ value: EximValue) -> EximValue {
        guard let text = value.text else { return value }
        let parts = text.split(separator: "@", omittingEmptySubsequences: false).map(String.init)
        switch name {
        case "lc": return .known(text.lowercased())
        case "uc": return .known(text.uppercased())
        case "domain": return .known(parts.count > 1 ? parts.last ?? "" : "")
        case "local_part": return .known(parts.dropLast().joined(separator: "@"))
        default: return .unknown
        }
    }

    // MARK: Conditions

    private mutating func conditional() -> EximValue {
        let holds = condition()
        skipBlanks()
        guard next == "{" else {
            let isFailure = word() == "fail"
            if isFailure { return EximTruth.choose(holds, .unknown, .failed) }
            return EximTruth.choose(holds, .known("true"), .known(""))
        }
        let yes = braced()
        return EximTruth.choose(holds, yes, otherwise())
    }

    /// The branch that a conditional takes, as it is written; `nil` where that is not known.
    mutating func takenBranch() -> String? {
        guard text.starts(with: "${if ") else { return nil }
        position = 5
        guard let holds = condition() else { return nil }
        if !holds { _ = braced() }
        skipBlanks()
        let start = position + 1
        _ = braced()
        return start < position ? String(text[start..<(position - 1)]) : nil
    }

    /// The second of two branches: a string, `fail`, or nothing.
    private mutating func otherwise() -> EximValue {
        skipBlanks()
        if next == "{" { return braced() }
        return word() == "fail" ? .failed : .known("")
    }

    mutating func condition() -> Bool? {
        skipBlanks()
        if next == "!" {
            position += 1
            return condition().map { !$0 }
        }
        let name = conditionName()
        switch name {
        case "def":
            if next == ":" { position += 1 }
            let holds = isDefined(word())
            // The rest of a header's name.
            while let character = next, !"{}".contains(character), !character.isWhitespace { position += 1 }
            return holds
        case "and": return EximTruth.and(conditions())
        case "or": return EximTruth.or(conditions())
        case "exists": return braced().text.flatMap(expansion.files.exists)
        case "bool": return braced().holds
        case "queue_running", "first_delivery": return nil
        case "isip", "isip4", "isip6", "bool_lax", "pam", "radius", "ldapauth", "pwcheck", "acl", "saslauthd":
            _ = braced()
            return nil
        default:
            let (a, b) = (braced(), braced())
            return compared(name, a, b)
        }
    }

    private func isDefined(_ name: String) -> Bool? {
        switch expansion.variable(name) {
        case .known(let text): !text.isEmpty
        case .any: true
        case .failed, .unknown: nil
        }
    }

    private mutating func conditions() -> [Bool?] {
        skipBlanks()
        guard next == "{" else { return [nil] }
        position += 1
        var values: [Bool?] = []
        while true {
            skipBlanks()
            guard next == "{" else { break }
            position += 1
            values.append(condition())
            skipBlanks()
            guard next == "}" else { return [nil] }
            position += 1
        }
        if next == "}" { position += 1 }
        return values
    }

    private func compared(_ name: String, _ a: EximValue, _ b: EximValue) -> Bool? {
        if a == .any || b == .any { return true }
        guard let a = a.text, let b = b.text else { return nil }
        switch name {
        case "eq": return a == b
        case "eqi": return a.lowercased() == b.lowercased()
        case "match_ip": return EximAddressList(b).contains(a)
        case "match_domain": return expansion.lists?.contains(a.lowercased(), b)
        case "match_local_part": return expansion.lists?.contains(localPart: a, b)
        case "match_address": return expansion.lists?.contains(sender: a, b)
        default: return nil
        }
    }

    // MARK: Lookups

    /// `${lookup {key} type {file} {found} {not found}}`; the other form asks a server.
    private mutating func lookup() -> EximValue {
        skipBlanks()
        guard next == "{" else { return .unknown }
        let key = braced()
        skipBlanks()
        let type = String(text[position...].prefix { $0 != "{" && !$0.isWhitespace })
        position += type.count
        let path = braced()
        let found: EximFiles.Found =
            if let key = key.text, let path = path.text { expansion.files.find(key, type, path) } else { .unknown }
        skipBlanks()
        if next == "}" { return found.value }
        var inside = expansion
        inside.variables["value"] = found.value
        let outside = expansion
        expansion = inside
        let yes = next == "{" ? braced() : .known("")
        expansion = outside
        let no = otherwise()
        return EximTruth.choose(found.isThere, yes, no)
    }

    // MARK: Words

    mutating func braced() -> EximValue {
        skipBlanks()
        guard next == "{" else { return .unknown }
        position += 1
        let value = string(isInBraces: true)
        if next == "}" { position += 1 }
        return value
    }

    mutating func word() -> String {
        let name = text[position...].prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
        position += name.count
        return String(name)
    }

    private mutating func conditionName() -> String {
        let name = text[position...].prefix { $0 != "{" && $0 != ":" && $0 != "}" && !$0.isWhitespace }
        position += name.count
        return String(name)
    }

    mutating func skipBlanks() {
        while let character = next, character.isWhitespace { position += 1 }
    }

    /// Past the brace that ends what begins here.
    private mutating func skipBraces() {
        var depth = 0
        while let character = next {
            position += 1
            if character == "\\" { position = min(position + 1, text.count) }
            if character == "{" { depth += 1 }
            if character == "}" { depth -= 1 }
            if depth == 0 { break }
        }
    }
}
