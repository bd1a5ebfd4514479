import Subprocess
import Testing

@testable import MTAPlan

@Suite struct ShellQuotedTests {
    @Test(arguments: ["", "a", "a b", "'", "''", "$x`y`", "\\", "a\"b", "!*?[~", "-n", "é", "#x", "%s"])
    func `a word comes through a real shell as it was`(_ word: String) async throws {
        let result = try await run(
            .name("sh"),
            arguments: ["-c", "printf %s \(word.shellQuoted)"],
            output: .string(limit: 1000)
        )

        #expect(result.standardOutput == word)
    }
}
