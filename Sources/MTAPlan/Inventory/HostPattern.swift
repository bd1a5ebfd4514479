/// Which hosts are meant, in Ansible's notation: `web:!staging`, `all:&debian`, `~mx[0-9]+`, `web[0:4]`.
///
/// All that is named is taken together, then what is after `&` kept, then what is after `!` left out, wherever
/// they are. Source: ansible-core 2.19, “Patterns: targeting hosts and groups”, `InventoryManager.get_hosts`.
package struct HostPattern: Sendable, Hashable {
    package let text: String
    let terms: [Term]

    struct Term: Sendable, Hashable {
        var sign: Sign
        var text: String

        enum Sign: Sendable, Hashable { case add, keep, leaveOut }
    }

    /// - Throws: Where the pattern is none, whatever the inventory.
    package init(_ text: String) throws(Failure) {
        self.text = text
        var terms: [Term] = []
        for part in Self.parts(text) {
            switch part.first {
            case "!": terms.append(Term(sign: .leaveOut, text: Self.trimmed(part.dropFirst())))
            case "&": terms.append(Term(sign: .keep, text: Self.trimmed(part.dropFirst())))
            default: terms.append(Term(sign: .add, text: Self.trimmed(part[...])))
            }
        }
        terms.removeAll { $0.text.isEmpty && $0.sign == .add }
        guard !terms.isEmpty else { throw Failure("the host pattern is empty", hint: "write `all` for all hosts") }
        for term in terms {
            if term.text.isEmpty { throw Failure("`\(text.shortened)` has a `!` or `&` without a name") }
            if term.text.hasPrefix("@") {
                throw Failure("`\(term.text.shortened)` names a file", hint: "only `--limit` can name a file")
            }
            if term.text.hasPrefix("~") { _ = try Self.regex(term.text) }
        }
        if !terms.contains(where: { $0.sign == .add }) { terms.insert(Term(sign: .add, text: "all"), at: 0) }
        self.terms = terms
    }

    /// A pattern for `--limit`, in which `@FILE` stands for the patterns on the lines of a file.
    ///
    /// `files` has, by name, what is in the files that `filesNamed(in:)` gives.
    package init(limit text: String, files: [String: String]) throws(Failure) {
        var parts: [String] = []
        for part in Self.parts(text) {
            guard part.hasPrefix("@") else {
                parts.append(part)
                continue
            }
            let name = String(part.dropFirst())
            guard let content = files[name] else { throw Failure("there is no file `\(name.shortened)`") }
            let lines = content.split(whereSeparator: \.isNewline).map { Self.trimmed($0) }
            let patterns = lines.filter { !$0.isEmpty && !$0.hasPrefix("#") }
            guard !patterns.isEmpty else { throw Failure("there is no host in `\(name.shortened)`") }
            parts += patterns
        }
        try self.init(parts.joined(separator: ","))
    }

    /// The files that a `--limit` refers to.
    package static func filesNamed(in limit: String) -> [String] {
        parts(limit).filter { $0.hasPrefix("@") }.map { String($0.dropFirst()) }
    }

    /// The hosts that are meant, in the order in which the pattern names them; none where the pattern leaves none.
    ///
    /// - Throws: When a name is neither a host nor a group, also after `!`, where it would go unnoticed.
    package func hosts(in inventory: Inventory) throws(Failure) -> [InventoryHost] {
        let matcher = HostMatcher(inventory)
        var chosen: [String] = []
        var known: Set<String> = []
        for term in terms where term.sign == .add {
            chosen += try matcher.names(term.text).filter { known.insert($0).inserted }
        }
        for term in terms where term.sign != .add {
            let names = Set(try matcher.names(term.text, prefersHost: false))
            chosen.removeAll { names.contains($0) == (term.sign == .leaveOut) }
        }
        return chosen.compactMap { inventory.host($0) }
    }

    static func regex(_ term: String) throws(Failure) -> Regex<AnyRegexOutput> {
        do { return try Regex(String(term.dropFirst())) } catch {
            throw Failure(
                "`\(term.shortened)` is not a regular expression",
                hint: "what follows `~` must be one; a plain `*` needs no `~`"
            )
        }
    }

    /// Commas divide, and colons outside brackets, but not those of an IPv6 address or of a regular expression's `(?:`.
    ///
    /// Ansible takes colons for part of a name where there are commas too; no name has any.
    private static func parts(_ text: String) -> [String] {
        text.split(separator: ",").flatMap { part -> [String] in
            let bare = part.drop { $0 == "!" || $0 == "&" || $0 == " " }
            if HostAddress.isIPv6(bare) || bare.hasPrefix("@") { return [trimmed(part)] }
            var parts = [""]
            var depth = 0
            for character in part {
                switch character {
                case "[": depth += 1
                case "]": depth -= 1
                default: break
                }
                let last = parts[parts.count - 1]
                if character == ":", depth <= 0, !last.hasSuffix("(?") {
                    parts.append("")
                } else {
                    parts[parts.count - 1] = last + String(character)
                }
            }
            return parts.map { trimmed($0[...]) }
        }
    }

    private static func trimmed(_ text: Substring) -> String {
        let start = text.drop { $0.isWhitespace }
        guard let last = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(start[...last])
    }
}

extension TextForm {
    static let hostPattern = TextForm("a host pattern such as `web:!staging`") { text in
        do throws(Failure) {
            _ = try HostPattern(text)
            return nil
        } catch {
            return Fault("is not a host pattern: \(error.problem)", hint: error.hint)
        }
    }
}
