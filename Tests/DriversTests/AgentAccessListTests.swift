import Foundation
import MTAPlan
import Testing

@testable import Drivers

/// Access lists (acl(5)): a file's own stays with it, and nobody gets to read a secret by one.
@Suite("Agent, access lists", .enabled(if: getuid() == 0, "other owners need root"))
struct AgentAccessListTests {
    private let host: AgentHost

    init() throws { host = try AgentHost() }

    /// Lets one user more (5, which is `games`) read what is there, or each new file of a folder.
    private func let5Read(_ name: String, byDefault: Bool = false) async throws {
        let script = """
            import os, struct, sys
            tags = [(1, 6, -1), (2, 4, 5), (4, 4, -1), (16, 4, -1), (32, 0, -1)]
            acl = struct.pack('<I', 2) + b''.join(struct.pack('<HHi', *tag) for tag in tags)
            os.setxattr(sys.argv[1], 'system.posix_acl_' + sys.argv[2], acl)
            """
        let set = try await host.console(["python3", "-c", script, host.path(name), byDefault ? "default" : "access"])
        try #require(set.status == 0, "\(set.output)")
    }

    /// The names of the files that have an access list.
    private func listed() async throws -> [String] {
        let script = """
            import os, sys
            os.chdir(sys.argv[1])
            print(*sorted(name for name in os.listdir() if 'system.posix_acl_access' in os.listxattr(name)))
            """
        return try await host.console(["python3", "-c", script, host.path("etc")]).output.split(separator: " ").map {
            $0.trimmingCharacters(in: .newlines)
        }.filter { !$0.isEmpty }
    }

    private func open() -> Call { .with(RestoreProgram.text, "open", "r1", "anna@desk", "postfix") }

    private func stage(_ name: String, _ mode: String, group: String = "root", isSecret: Bool = false) -> Call {
        var call = Call.with(Array("new".utf8), "stage", host.path("etc/\(name)"), mode, "root", group)
        if isSecret { call.words.append("secret") }
        return call
    }

    @Test(arguments: AgentShell.allCases)
    func `the list that a folder gives to new files reaches none of ours, nor what is put back`(shell: AgentShell)
        async throws
    {
        try host.write("etc/edited", "old", mode: 0o640, group: 8)
        try await let5Read("etc", byDefault: true)
        let found = try host.files()
        let paths = ["edited", "secret", "secret.db"].map { host.path("etc/\($0)") }
        var backup = Call("backup")
        backup.words += paths

        let talk = try await host.agent(
            shell,
            [
                open(), backup, stage("secret", "0640", group: "mail", isSecret: true),
                Call("build", "1", paths[1], ".db", "cp", "{}", "{}.db"), stage("edited", "0640", group: "mail"),
                Call("swap"), Call("confirm"),
            ]
        )
        let staged = try await listed()
        let files = try host.files()
        let back = try await host.restore("r1", under: shell)

        #expect(talk.lines.last == "done confirm", "\(talk.lines) \(talk.text("why"))")
        #expect(staged == [])
        let asked = FileState.Asked(text: "new", mode: 0o640, group: 8)
        #expect(files.mapValues(\.asked) == ["edited": asked, "secret": asked, "secret.db": asked])
        #expect(back.status == 0, "\(back.output)")
        #expect(try await listed() == [])
        #expect(try host.files() == found)
    }

    /// Under such a list the mask of the process counts for nothing (acl(5)).
    @Test(arguments: AgentShell.allCases)
    func `the list that a folder gives to new ones opens no backup`(shell: AgentShell) async throws {
        try host.write("etc/file", "old")
        try await let5Read("etc", byDefault: true)
        let inEtc = "B=\(host.path("etc/backups").quoted)"

        let talk = try await host.agent(
            shell,
            prelude: inEtc,
            [open(), Call("backup", host.path("etc/file")), stage("file", "0644"), Call("swap"), Call("confirm")]
        )
        let mode = try await host.console(["stat", "-c", "%a", host.path("etc/backups")])

        #expect(talk.lines.last == "done confirm", "\(talk.lines) \(talk.text("why"))")
        #expect(mode.output == "700\n")
    }

    @Test(arguments: AgentShell.allCases, [false, true])
    func `a file's own list stays with it and comes back, unless it would let somebody read a secret`(
        shell: AgentShell,
        isSecret: Bool
    ) async throws {
        try host.write("etc/file", "old", mode: 0o640)
        try await let5Read("etc/file")
        let found = try host.files()

        let talk = try await host.agent(
            shell,
            [
                open(), Call("backup", host.path("etc/file")), stage("file", "0640", isSecret: isSecret), Call("swap"),
                Call("confirm"),
            ]
        )
        let after = try await listed()
        let back = try await host.restore("r1", under: shell)

        #expect(talk.lines.last == "done confirm", "\(talk.lines) \(talk.text("why"))")
        #expect(after == (isSecret ? [] : ["file"]))
        #expect(back.status == 0, "\(back.output)")
        #expect(try await listed() == ["file"])
        #expect(try host.files() == found)
    }
}
