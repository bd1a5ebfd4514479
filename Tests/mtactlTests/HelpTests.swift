import ArgumentParser
import Foundation
import Testing

@testable import mtactl

@Suite struct HelpTests {
    /// `backups`, `backups list`, …: every command that there is.
    static let commands = words(of: MTACtl.self).map { $0.joined(separator: " ") }

    private static func words(of command: any ParsableCommand.Type) -> [[String]] {
        command.configuration.subcommands.flatMap { inner in
            let name = inner.configuration.commandName ?? ""
            return [[name]] + words(of: inner).map { [name] + $0 }
        }
    }

    /// `MTACTL_RECORD=1` writes them again.
    @Test(arguments: commands)
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

    /// Those with commands of their own leave it to them.
    @Test(arguments: commands.filter { $0 != "backups" })
    func `each command says what it exits with`(_ command: String) async throws {
        let words = command.split(separator: " ").map(String.init)
        #expect(try await Program.mtactl(["help"] + words).output.contains("EXIT STATUS:"))
    }

    @Test(arguments: ["bash", "zsh", "fish"])
    func `there are completions for the usual shells`(_ shell: String) async throws {
        let script = try await Program.mtactl(["--generate-completion-script", shell])

        #expect(script.status == 0)
        #expect(script.output.contains("rollback"))
    }
}
