import Foundation
import MTAPlan
import Testing

@testable import Drivers

/// What the agent is asked for by servers that only add files, and whose log is multilog's.
@Suite("Agent, new files alone and bare addresses")
struct AgentQmailTests {
    @Test(arguments: AgentShell.allCases)
    func `files that were not there are made, and gone when undone`(shell: AgentShell) async throws {
        let host = try AgentHost()
        try host.write("etc/other", "stays\n")
        let path = host.path("etc/smtproutes")

        let talk = try await host.agent(
            shell,
            [
                .with(RestoreProgram.text, "open", "r1", "anna@desk", "qmail"), Call("expect", "absent", path),
                Call("backup", path), .with(Array(":relay:25\n".utf8), "stage", path, "0644", "root", "root"),
                Call("swap"), Call("confirm"),
            ]
        )

        #expect(talk.lines.contains("done confirm"))
        #expect(try host.read("etc/smtproutes") == ":relay:25\n")

        let ended = try await host.restore("r1", under: shell)

        #expect(ended.status == 0)
        #expect(!host.exists("etc/smtproutes"))
        #expect(host.exists("etc/other"))
    }

    @Test(arguments: AgentShell.allCases)
    func `a log that multilog rotates is read on`(shell: AgentShell) async throws {
        let host = try AgentHost()
        try host.write("current", "A1 before\n")
        let log = host.path("current")
        let rotated = host.path("@400000006b022a6e115654e4.s")

        let talk = try await host.agent(
            shell,
            [
                Call("mark", "file", log),
                Call("run", "health", "sh", "-c", "echo A1 one >>\(log); mv \(log) \(rotated); echo A1 two >\(log)"),
                Call("watch", "20", "c", "A1", "u", "two"),
            ]
        )

        #expect(talk.text("log") == "A1 one\nA1 two\n")
    }

    @Test(arguments: AgentShell.allCases)
    func `a name leads to the addresses that the host's resolver has for it`(shell: AgentShell) async throws {
        let host = try AgentHost()

        let talk = try await host.agent(
            shell,
            [
                Call("leads", "localhost", "127.0.0.1"), Call("leads", "localhost", "192.0.2.1"),
                Call("leads", "nowhere.invalid", "127.0.0.1"),
            ]
        )

        #expect(talk.lines.dropFirst() == ["done leads yes", "done leads no", "done leads no"])
    }
}
