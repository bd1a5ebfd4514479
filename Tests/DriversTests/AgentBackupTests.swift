import Foundation
import MTAPlan
import Testing

@testable import Drivers

/// Backups that can be trusted, and locks that nobody will open.
@Suite("Agent, backups and locks")
struct AgentBackupTests {
    @Test(arguments: AgentShell.allCases)
    func `a whole backup is found whole, and each kind of damage is named`(shell: AgentShell) async throws {
        let sample = try AgentSample()
        _ = try await sample.host.agent(shell, sample.calls())
        let whole = try await sample.host.agent(shell, [Call("audit")])
        let path = sample.host.path("backups/r1")
        _ = try await sample.host.console([
            "sh", "-c",
            "printf x >>\"$1/files/2\"; rm \"$1/files/3\"; printf 'if' >\"$1/restore\"; sed -i '/^end$/,$d' \"$1/manifest\"",
            "x", path,
        ])
        let damaged = try await sample.host.agent(shell, held: true, [Call("audit")])

        #expect(whole.lines.filter { $0.hasPrefix("damage") } == [])
        #expect(whole.lines.contains { $0.hasPrefix("run r1 confirmed postfix 6 ") }, "\(whole.lines)")
        #expect(
            damaged.lines.filter { $0.hasPrefix("damage") } == [
                "damage r1 the restore program is missing or cut off",
                "damage r1 files/2 is not \(sample.path(AgentSample.awkward)) as found",
                "damage r1 the backup of \(sample.path("gone")) is missing",
                "damage r1 the manifest is cut off",
            ]
        )
        #expect(damaged.lines.last == "done audit")
        #expect(try sample.isAsAsked)
    }

    @Test(arguments: AgentShell.allCases)
    func `the newest backup that is whole stays, whatever is newer`(shell: AgentShell) async throws {
        let host = try AgentHost()
        try host.write("etc/file", "0")
        for run in ["a1", "a2", "a3"] {
            _ = try await host.agent(
                shell,
                [
                    .with(RestoreProgram.text, "open", run, "me", "postfix"),
                    Call("backup", host.path("etc/file")),
                    .with(Array(run.utf8), "stage", host.path("etc/file"), "0644", "root", "root"), Call("swap"),
                    Call("confirm"),
                ]
            )
        }
        try host.write("backups/a3/files/1", "damaged")

        let talk = try await host.agent(shell, [Call("prune", "1")])

        #expect(talk.lines == [shell.ready, "step pruned a1", "step pruned a3", "done prune"])
        #expect(try await host.restore("a2", "--force").status == 0)
        #expect(try host.read("etc/file") == "a1")
    }

    @Test(arguments: [nil, "confirmed", "restored"], AgentShell.allCases)
    func `the lock of a run that is over is broken, and its owner named`(state: String?, shell: AgentShell) async throws
    {
        let host = try locked(by: state)
        if state == nil { _ = try await host.console(["touch", "-d", "2 minutes ago", host.path("backups/lock")]) }

        let talk = try await host.agent(shell, [Call("break_lock"), Call("break_lock")])

        let told = "step unlocked r1 by anna@desk since 2026-11-21T18:40:02Z"
        #expect(talk.lines == [shell.ready, told, "done break_lock", "done break_lock"])
        #expect(try FileManager.default.contentsOfDirectory(atPath: host.backups) == ["r1"])
    }

    @Test(arguments: [nil, "preparing", "pending", "restoring", "stranded"], AgentShell.allCases)
    func `the lock of a run that may still be at work stays`(state: String?, shell: AgentShell) async throws {
        let host = try locked(by: state)

        let talk = try await host.agent(shell, [Call("break_lock")])

        #expect(talk.lines.last == "failed break_lock \(state == nil ? "locked" : "unfinished")")
        #expect(talk.text("why").hasPrefix("r1 "))
        #expect(host.exists("backups/lock"))
    }

    /// A host with a run in this state, which has the lock.
    private func locked(by state: String?) throws -> AgentHost {
        let host = try AgentHost()
        try host.makeFolder(of: "r1")
        try host.write("backups/r1/manifest", "server postfix\n")
        if let state { try host.write("backups/r1/state.\(state)", "") }
        try host.write("backups/lock", "r1 by anna@desk since 2026-11-21T18:40:02Z\n")
        if state == nil {
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSinceNow: 3600)],
                ofItemAtPath: host.path("backups/lock")
            )
        }
        return host
    }

    @Test(arguments: AgentShell.allCases)
    func `a conflict is told with what was, what was written and what is, and the run that came later`(
        shell: AgentShell
    ) async throws {
        let host = try AgentHost()
        try host.write("etc/file", "zero", mode: 0o640)
        for run in ["a1", "a2"] {
            _ = try await host.agent(
                shell,
                [
                    .with(RestoreProgram.text, "open", run, "me", "postfix"),
                    Call("backup", host.path("etc/file")),
                    .with(Array("secret \(run)".utf8), "stage", host.path("etc/file"), "0600", "root", "root"),
                    Call("swap"), Call("confirm"),
                ]
            )
        }

        let (status, said) = try await host.restore("a1", under: shell)

        #expect(status == 3)
        #expect(said.contains("\(host.path("etc/file")): changed since\n  before the run: 640 0:0\n"))
        #expect(said.contains("\n  by the run: written\n"))
        #expect(said.contains("\n  now: 600 0 0 "))
        // By a hash a weak password could be guessed.
        for bytes in ["zero", "secret a1", "secret a2"] { #expect(!said.contains(sha256(Array(bytes.utf8)))) }
        #expect(said.contains("\n  later changed by run a2\n"))
        #expect(!said.contains("secret"))
        // One after the other, and then the first again: as it was before anything.
        #expect(try await host.restore("a2", under: shell).status == 0)
        #expect(try await host.restore("a1", under: shell).status == 0)
        #expect(try await host.restore("a2", under: shell).output == "a2 is restored\n")
        #expect(try host.read("etc/file") == "zero")
    }
}
