import Foundation
import MTAPlan
import Testing

/// The shell programs of mail servers, which travel as a word of a command, on one line.
@Suite("Programs of mail servers")
struct HostProgramTests {
    private static let servers = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Sources/MailServers/Unix")

    static func programs() throws -> [String] {
        let all = try FileManager.default.subpathsOfDirectory(atPath: servers.path)
        return all.filter { $0.contains("/Programs/") && $0.hasSuffix(".sh") }.sorted()
    }

    private func source(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: Self.servers.appending(path: name)))
    }

    /// bash prints what it has parsed in its own layout.
    @Test(arguments: try programs())
    func `mean the same on one line`(name: String) async throws {
        let host = try AgentHost()
        let source = try source(name)
        let line = ShellProgram.line(source)
        // In a function it has one layout for all.
        try host.write("source", "f() {\n\(String(decoding: source, as: UTF8.self))\n}\n")
        try host.write("line", "f() {\n\(line)\n}\n")

        #expect(!line.contains("\n") && line.utf8.count < source.count)
        let parsed = try await host.console(["bash", "--pretty-print", host.path("source")])
        #expect(parsed == (try await host.console(["bash", "--pretty-print", host.path("line")])))
        #expect(parsed.status == 0 && !parsed.output.isEmpty)
    }

    @Test(arguments: AgentShell.allCases)
    func `can be read by every shell`(shell: AgentShell) async throws {
        let programs = try Self.programs()
        #expect(programs.count > 25)
        for name in programs {
            let read = try await AgentHost().console(shell.words + ["-n", "-c", ShellProgram.line(try source(name))])
            #expect(read.status == 0, "\(name): \(read.output)")
        }
    }

    @Test(.enabled(if: getuid() == 0, "another user needs root"), arguments: AgentShell.allCases)
    func `a folder of another user is changed as that user`(shell: AgentShell) async throws {
        let host = try AgentHost()
        let asOwner = try source("Shared/Programs/as-owner.sh")
        try host.write("secret", "root's", mode: 0o600)
        _ = try await host.console(["chmod", "755", host.folder.path])
        _ = try await host.console(["install", "-d", "-o", "9999", "-g", "0", host.path("queue")])
        _ = try await host.console(["ln", "-s", host.path("secret"), host.path("queue/link")])
        let command = Command(
            program: asOwner + Array("as_owner \"$@\"".utf8),
            [
                host.path("queue"), "sh", "-c", #"id -u; id -g; id -G; cat "$1" 2>&1; echo x >"$1""#, "sh",
                host.path("queue/link"),
            ]
        )

        let ended = try await host.console(shell.words + command.words.dropFirst())

        #expect(ended.output.hasPrefix("9999\n65534\n65534\n"), "\(ended)")
        #expect(ended.output.contains("Permission denied") && ended.status != 0)
        #expect(try host.read("secret") == "root's")
    }

    @Test(.enabled(if: getuid() == 0, "another user needs root"), arguments: AgentShell.allCases)
    func `a link in a folder's place is not followed`(shell: AgentShell) async throws {
        let host = try AgentHost()
        _ = try await host.console(["ln", "-s", "/", host.path("queue")])
        let program = try source("Shared/Programs/as-owner.sh") + Array("as_owner \"$@\"".utf8)
        let command = Command(program: program, [host.path("queue"), "echo", "done"])

        let ended = try await host.console(shell.words + command.words.dropFirst())

        #expect(ended.status != 0 && !ended.output.contains("done\n"))
    }
}
