import Foundation
import Testing

@Suite struct HelpTests {
    /// `MTACTL_RECORD=1` writes them again.
    @Test(
        arguments: [
            "facts", "plan", "apply", "verify", "check", "rollback", "backups", "backups list", "backups show",
            "backups check", "backups prune", "leave", "script", "report", "lint", "doctor", "schema",
        ]
    )
    func `the help of each command is as it was read last`(_ command: String) async throws {
        let words = command.split(separator: " ").map(String.init)
        let file = "\(Program.root)/Tests/mtactlTests/Help/\(words.joined(separator: "-")).txt"

        let help = try await Program.mtactl(["help"] + words)
        if ProcessInfo.processInfo.environment["MTACTL_RECORD"] == "1" {
            try help.output.write(toFile: file, atomically: true, encoding: .utf8)
        }

        #expect(help.status == 0)
        #expect(help.output == (try String(contentsOfFile: file, encoding: .utf8)))
    }

    @Test(arguments: [
        "facts", "plan", "apply", "verify", "check", "rollback", "script", "report", "lint", "doctor", "schema",
    ])
    func `each command says what it exits with`(_ command: String) async throws {
        #expect(try await Program.mtactl(["help", command]).output.contains("EXIT STATUS:"))
    }

    @Test(arguments: ["bash", "zsh", "fish"])
    func `there are completions for the usual shells`(_ shell: String) async throws {
        let script = try await Program.mtactl(["--generate-completion-script", shell])

        #expect(script.status == 0)
        #expect(script.output.contains("rollback"))
    }
}
