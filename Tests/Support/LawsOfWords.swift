package import MTAPlan

extension Failure {
    /// How the failure breaks the rules for its words, or `nil` where it keeps them.
    ///
    /// Lower case, no full stop, one line each, a hint. Names of programs and settings keep their own case.
    package var fault: String? {
        guard let hint, !hint.isEmpty else { return "it has no hint" }
        for text in [problem, hint] {
            if text.hasSuffix(".") || text.hasSuffix("!") { return "`\(text)` ends in a full stop" }
            if text.contains("\n") { return "`\(text)` has a line break" }
            let word = text.prefix { $0.isLetter }
            if word.first?.isUppercase == true, word.dropFirst().allSatisfy(\.isLowercase),
                !["Postfix", "Exchange"].contains(word)
            {
                return "`\(text)` begins with a capital"
            }
            if text.lowercased().contains("failed to") { return "`\(text)` says \"failed to\"" }
        }
        return nil
    }
}

/// A secret that no host and no playbook has, to be looked for.
package struct Poison: Sendable {
    package static let password = "p0is0n$(x) with:%colon\\and\"quote"
    /// As it is, and as base64 has it.
    private static let marks = ["p0is0n", "cDBpczBu"].map { Array($0.utf8) }

    package static func isIn(_ bytes: [UInt8]) -> Bool { marks.contains { bytes.firstRange(of: $0) != nil } }

    package static func isIn(_ text: String) -> Bool { isIn(Array(text.utf8)) }
}
