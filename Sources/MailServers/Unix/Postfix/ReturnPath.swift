import MTAPlan

/// `mtactl_return_path`: a regexp table that puts another envelope sender in place of those asked for.
///
/// Source: regexp_table(5): matching is without regard to case, `/` ends the pattern, `$` in a result is `$$`.
extension ReturnPathRewrite {
    /// - Throws: Where an address cannot stand in the table.
    var lines: [String] {
        get throws(Failure) {
            for address in senders + [to]
            where address.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7F }) || address.isEmpty {
                throw .noAddress(address)
            }
            let result = to.replacing("$", with: "$$")
            return senders.map { "/^\(Self.pattern($0))$/ \(result)" }
        }
    }

    private static func pattern(_ address: String) -> String {
        address.map { character in
            switch character {
            case "*": ".*"
            case "\\", "/", ".", "[", "]", "(", ")", "{", "}", "+", "?", "^", "$", "|": "\\\(character)"
            default: String(character)
            }
        }.joined()
    }
}

/// An address in which `*` stands for any run of characters.
struct AddressGlob: Sendable {
    private let parts: [Substring]

    init(_ text: some StringProtocol) {
        parts = text.lowercased().split(separator: "*", omittingEmptySubsequences: false)
    }

    var isExact: Bool { parts.count == 1 }

    func matches(_ address: some StringProtocol) -> Bool {
        var rest = address.lowercased()[...]
        guard let first = parts.first, let last = parts.last, rest.hasPrefix(first) else { return false }
        if isExact { return rest.count == first.count }
        rest = rest.dropFirst(first.count)
        guard rest.hasSuffix(last) else { return false }
        rest = rest.dropLast(last.count)
        for part in parts.dropFirst().dropLast() where !part.isEmpty {
            guard let range = rest.firstRange(of: part) else { return false }
            rest = rest[range.upperBound...]
        }
        return true
    }
}

extension Failure {
    fileprivate static func noAddress(_ address: String) -> Failure {
        Failure(
            "`\(address.escaped)` cannot stand in a table of return paths",
            hint: "use an address without blanks, such as `noreply@example.com`"
        )
    }
}
