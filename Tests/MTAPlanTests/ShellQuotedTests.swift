import Subprocess
import Testing

@testable import MTAPlan

/// Quotes that are other Characters, by the marks behind them, and the same bytes to a shell.
private let marked = "a'\u{301}; echo broken; '\u{20DD} b'\u{200D}"

@Suite struct ShellQuotedTests {
    @Test(arguments: ["", "a", "a b", "'", "''", "$x`y`", "\\", "a\"b", "!*?[~", "-n", "é", "#x", "%s", marked])
    func `a word comes through a real shell as it was`(_ word: String) async throws {
        let result = try await run(
            .name("sh"),
            arguments: ["-c", "printf %s \(word.shellQuoted)"],
            output: .string(limit: 1000)
        )

        #expect(result.standardOutput == word)
    }

    /// No PowerShell is at hand: read as about_Quoting_Rules says.
    @Test(arguments: ["", "a b", "it's", "‘a’", "$x`n", marked, "‘\u{301}; Remove-Item C:\\ ;’\u{301}"])
    func `a word is one text to PowerShell, and the same`(_ word: String) {
        let quotes = "'‘’‚‛".unicodeScalars
        let inner = Array(word.powerShellQuoted.unicodeScalars.dropFirst().dropLast())
        var read = String.UnicodeScalarView()
        var index = 0
        while index < inner.count {
            read.append(inner[index])
            if quotes.contains(inner[index]) {
                #expect(index + 1 < inner.count && quotes.contains(inner[index + 1]), "the text ends in the middle")
                index += 1
            }
            index += 1
        }

        #expect(String(read) == word)
    }
}
