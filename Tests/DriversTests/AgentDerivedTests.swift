import MTAPlan
import Testing

@testable import Drivers

/// Backups that are damaged where that does no harm, and backups that are removed.
@Suite("Agent, what can be regenerated or is not needed")
struct AgentDerivedTests {
    private func calls(_ host: AgentHost) -> [Call] {
        let (table, main, derived) = (host.path("etc/table"), host.path("etc/main"), host.path("etc/derived"))
        let rebuild = ["sh", "-c", "cp -- \"$1\" \"$2\"", "x", main, derived]
        var manifest = Call("manifest", "rebuild")
        manifest.words += rebuild
        var run = Call("run", "rebuild")
        run.words += rebuild
        return [
            .with(RestoreProgram.text, "open", "r1", "me", "postfix"), .with(Array("[]".utf8), "note"), manifest,
            Call("backup", table, "\(table).db", main, derived),
            .with(Array("new table".utf8), "stage", table, "0644", "root", "root"),
            Call("build", "1", table, ".db", "cp", "--", "{}", "{}.db"),
            .with(Array("new main".utf8), "stage", main, "0644", "root", "root"), Call("swap"), run, Call("confirm"),
        ]
    }

    private func prepared() throws -> AgentHost {
        let host = try AgentHost()
        try host.write("etc/table", "old table")
        try host.write("etc/table.db", "old table", mode: 0o640, group: 8)
        try host.write("etc/main", "old main")
        try host.write("etc/derived", "old main", mode: 0o600)
        return host
    }

    @Test(arguments: AgentShell.allCases)
    func `a damaged backup of what is made of others blocks nothing`(shell: AgentShell) async throws {
        let host = try prepared()
        let found = try host.files().mapValues(\.asked)
        let talk = try await host.agent(shell, calls(host))
        #expect(talk.lines.last == "done confirm", "\(talk.lines) \(talk.text("why"))")
        for number in [2, 4] { try host.write("backups/r1/files/\(number)", "damaged") }

        let (status, said) = try await host.restore("r1", under: shell)

        #expect(status == 0, "\(said)")
        #expect(said.contains("\(host.path("etc/table.db")): regenerated, as its backup is damaged"))
        #expect(said.contains("\(host.path("etc/derived")): regenerated"))
        #expect(try host.files().mapValues(\.asked) == found)
    }

    @Test(arguments: AgentShell.allCases)
    func `a damaged backup of what nothing else makes does`(shell: AgentShell) async throws {
        let host = try prepared()
        _ = try await host.agent(shell, calls(host))
        let after = try host.files()
        try host.write("backups/r1/files/3", "damaged")

        let (status, said) = try await host.restore("r1", "--force", under: shell)

        #expect(status == 4, "\(said)")
        #expect(try host.files() == after)
    }

    @Test(arguments: AgentShell.allCases)
    func `runs are dropped by name, all of them erased, and none that is unfinished`(shell: AgentShell) async throws {
        let host = try prepared()
        _ = try await host.agent(shell, calls(host))
        try host.makeFolder(of: "r0")
        try host.write("backups/r0/state.pending", "")

        let refused = try await host.agent(shell, [Call("drop", "r0"), Call("erase"), Call("drop", "../etc")])
        #expect(
            refused.lines.suffix(3) == ["failed drop unfinished", "failed erase unfinished", "failed drop drop"],
            "\(refused.lines)"
        )
        #expect(host.exists("backups/r1/state.confirmed"))
        _ = try await host.console(["rm", "-r", host.path("backups/r0")])
        let dropped = try await host.agent(shell, [Call("list"), Call("show", "r1"), Call("drop", "r1", "r2")])
        #expect(dropped.lines.contains { $0.hasPrefix("by r1 by me since ") }, "\(dropped.lines)")
        #expect(dropped.text("edits") == "[]")
        #expect(dropped.lines.suffix(2) == ["step pruned r1", "done drop"])
        let erased = try await host.agent(shell, [Call("erase"), Call("erase")])
        #expect(erased.lines.suffix(2) == ["done erase", "done erase"])
        #expect(!host.exists("backups"))
    }
}
