import MTAPlan

/// `mtactl_return_path`: a regexp table that puts another envelope sender in place of those asked for.
///
/// Source: regexp_table(5): matching is without regard to case, `/` ends the pattern, `$` in a result is `$$`.
extension ReturnPathRewrite {
    /// - Throws: Where an address cannot be in the table.
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

extension Failure {
    fileprivate static func noAddress(_ address: String) -> Failure {
        Failure(
            "`\(address.escaped)` cannot be used in a table of return paths",
            hint: "use an address without spaces, such as `noreply@example.com`"
        )
    }
}
