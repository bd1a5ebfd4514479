import Foundation
import MTAPlan
import Testing

@testable import Drivers

/// What is kept on a host, and who may change it.
@Suite("Agent, kept runs")
struct AgentRunsTests {
    private func opening(_ run: String) -> Call {
        .with(RestoreProgram.text, "open", run, "berta@desk", "exim")
    }

    @Test(arguments: AgentShell.allCases)
    func `who comes second is told who has the host, and since when`(shell: AgentShell) async throws {
        let sample = try AgentSample()
        try sample.host.makeFolder(of: "r0")
        try sample.host.write("backups/lock", "r0 by anna@desk since 2026-11-21T18:40:02Z\n")

        let talk = try await sample.host.agent(shell, sample.calls() + [Call("list")])

        #expect(talk.text("why").hasPrefix("r0 by anna@desk since 2026-11-21T18:40:02Z"))
        #expect(talk.lines.prefix(2) == [shell.ready, "failed open locked"])
        #expect(talk.lines.contains("lock r0 by anna@desk since 2026-11-21T18:40:02Z"))
        #expect(talk.lines.filter { $0.hasPrefix("skipped") }.count == sample.calls().count - 1)
        #expect(!sample.host.exists("backups/r1"))
        try sample.expectAsFound()
    }

    @Test(arguments: ["preparing", "pending", "restoring", "stranded"])
    func `a run that did not end holds up the next one`(state: String) async throws {
        let sample = try AgentSample()
        try sample.host.makeFolder(of: "r0")
        try sample.host.write("backups/r0/state.\(state)", "")

        let talk = try await sample.host.agent(.dash, sample.calls())

        #expect(talk.lines.prefix(2) == [AgentShell.dash.ready, "failed open unfinished"])
        #expect(talk.text("why").hasPrefix("r0 is \(state)"))
        #expect(!sample.host.exists("backups/r1"))
        #expect(!sample.host.exists("backups/lock"))
    }

    @Test(arguments: AgentShell.allCases)
    func `a file that was changed since is not overwritten unless that is asked for`(shell: AgentShell) async throws {
        let sample = try AgentSample()
        _ = try await sample.host.agent(shell, sample.calls())
        try sample.host.write("etc/main.cf", "somebody's own", mode: 0o600)
        let before = try sample.host.files()

        let refused = try await sample.host.agent(shell, [Call("restore", "r1")])

        #expect(refused.lines.last == "failed restore conflict")
        #expect(refused.restoreReport.changed == [sample.path("main.cf")])
        #expect(refused.restoreReport.records.last == .conflict)
        #expect(try sample.host.files() == before)
        #expect(!sample.host.exists("backups/lock"))

        let forced = try await sample.host.agent(shell, [Call("restore", "r1", "--force")])

        #expect(forced.lines.last == "done restore")
        try sample.expectAsFound()
        #expect(try sample.host.files(in: "backups/r1/displaced").values.map(\.asked.text) == ["somebody's own"])
    }

    @Test func `a symbolic link in a file's place is not followed`() async throws {
        let sample = try AgentSample()
        _ = try await sample.host.agent(.dash, sample.calls())
        try FileManager.default.removeItem(atPath: sample.path("main.cf"))
        try FileManager.default.createSymbolicLink(
            atPath: sample.path("main.cf"),
            withDestinationPath: sample.path("bystander")
        )

        #expect(try await sample.host.restore("r1").status == 3)
        #expect(try await sample.host.restore("r1", "--force").status == 0)
        try sample.expectAsFound()
    }

    @Test func `a symbolic link is not expected, backed up or staged`() async throws {
        let sample = try AgentSample()
        try FileManager.default.createSymbolicLink(
            atPath: sample.path("link"),
            withDestinationPath: sample.path("main.cf")
        )
        let talk = try await sample.host.agent(.dash, [opening("r1"), Call("backup", sample.path("link"))])

        #expect(talk.lines.contains("failed backup moved"))
        #expect(talk.text("why").contains("is a symbolic link"))
    }

    @Test(arguments: ["files/2", "manifest"], AgentShell.allCases)
    func `a damaged backup is noticed before anything is written`(part: String, shell: AgentShell) async throws {
        let sample = try AgentSample()
        _ = try await sample.host.agent(shell, sample.calls())
        let text = try Data(contentsOf: sample.host.folder.appending(path: "backups/r1/\(part)"))
        // What follows the manifest's first `end` may be missing: it tells only what the server has derived since.
        let end = text.firstRange(of: Data("\nend\n".utf8))?.lowerBound ?? text.endIndex - 3
        try text[..<end].write(to: sample.host.folder.appending(path: "backups/r1/\(part)"))

        let talk = try await sample.host.agent(shell, [Call("restore", "r1")])

        #expect(talk.lines.last == "failed restore damaged")
        #expect(try sample.isAsAsked)
        #expect(try sample.host.state(of: "r1") == ["state.confirmed"])
    }

    @Test func `a run is put back once, and once more without harm`() async throws {
        let sample = try AgentSample()
        _ = try await sample.host.agent(.dash, sample.calls())

        let first = try await sample.host.restore("r1")
        let second = try await sample.host.restore("r1")

        #expect(first.output.contains("\(sample.path("main.cf")): put back"))
        #expect(second.status == 0)
        #expect(!second.output.contains("put back"))
        try sample.expectAsFound()
    }

    @Test func `a run is not put back while another has the host`() async throws {
        let sample = try AgentSample()
        _ = try await sample.host.agent(.dash, sample.calls())
        try sample.host.write("backups/lock", "r2 by anna@desk since 2026-11-21T18:40:02Z\n")

        let talk = try await sample.host.agent(.dash, [Call("restore", "r1"), Call("restore", "r7")])

        #expect(talk.lines.suffix(2) == ["failed restore locked", "failed restore none"])
        #expect(try sample.isAsAsked)
    }

    @Test(arguments: AgentShell.allCases)
    func `a transaction that is closed leaves nothing`(shell: AgentShell) async throws {
        let sample = try AgentSample()
        let untilSwap = sample.calls().prefix { $0.words[0] != "swap" }

        let talk = try await sample.host.agent(shell, Array(untilSwap) + [Call("close"), Call("state", "r1")])

        #expect(talk.lines.suffix(3) == ["done close", "state none", "done state"])
        try sample.expectAsFound()
        #expect(try sample.host.files(in: "backups").isEmpty)
    }

    @Test(arguments: AgentShell.allCases)
    func `a daemon that died is started again, and waited for, when what was put back cannot be reloaded`(
        shell: AgentShell
    ) async throws {
        let sample = try AgentSample()
        let daemon = sample.path("daemon")
        let daemonWords = [
            Call("manifest", "reload", "test", "-e", daemon),
            Call("manifest", "start", "sh", "-c", "{ sleep 1; touch \"$1\"; } &", "x", daemon),
        ]
        let calls = sample.calls(daemonWords, before: "expect").map { $0.words == ["confirm"] ? Call("undo") : $0 }

        let talk = try await sample.host.agent(shell, calls)

        #expect(talk.lines.suffix(2) == ["undone restored", "done undo"], "\(talk.lines)")
        #expect(talk.restoreReport.trouble?.hasPrefix("failed: 'test' '-e'") == true)
        #expect(sample.host.exists("etc/daemon"))
        #expect(try sample.host.state(of: "r1") == ["state.restored"])
    }

    @Test func `what Berkeley DB leaves of an index is removed too`() async throws {
        let sample = try AgentSample()
        let left = Call(
            "build",
            "1",
            sample.path("secret"),
            ".db",
            "sh",
            "-c",
            "touch \"${1%/*}/__db.${1##*/}.db\"; exit 1",
            "x",
            "{}"
        )
        let calls = sample.calls().map { $0.words[0] == "build" ? left : $0 }

        let talk = try await sample.host.agent(.dash, calls)

        #expect(talk.lines.contains("failed build build"))
        try sample.expectAsFound()
    }

    @Test func `undo puts back, and nothing after it is done`() async throws {
        let sample = try AgentSample()

        let talk = try await sample.host.agent(.dash, sample.calls([Call("undo")], before: "confirm"))

        #expect(talk.lines.suffix(3) == ["undone restored", "done undo", "skipped confirm"])
        try sample.expectAsFound()
    }

    @Test func `confirming what somebody else has put back fails`() async throws {
        let sample = try AgentSample()
        let restore = Call("run", "health", "sh", sample.host.path("backups/r1/restore"))

        let talk = try await sample.host.agent(.dash, sample.calls([restore], before: "confirm"))

        #expect(talk.lines.contains("failed confirm expired"))
        #expect(talk.lines.last == "undone restored")
        try sample.expectAsFound()
    }

    @Test(arguments: AgentShell.allCases)
    func `the oldest runs go, but never one that may be needed`(shell: AgentShell) async throws {
        let host = try AgentHost()
        for (run, state) in [
            ("a1", "stranded"), ("a2", "confirmed"), ("a3", "confirmed"), ("a4", "restored"), ("a5", "pending"),
            ("a6", "preparing"), ("a7", "restoring"), ("a8", "restored"), ("a9", "restored"),
        ] {
            try host.makeFolder(of: run)
            try host.write("backups/\(run)/state.\(state)", "")
            try host.write("backups/\(run)/manifest", "server postfix\nfound 1 absent /x\n")
        }

        let some = try await host.agent(shell, [Call("prune", "1")])
        let all = try await host.agent(shell, [Call("prune", "0"), Call("list")])

        #expect(some.lines == [shell.ready, "step pruned a2", "step pruned a4", "step pruned a8", "done prune"])
        #expect(all.lines.prefix(3) == [shell.ready, "step pruned a9", "done prune"])
        #expect(
            all.lines.dropFirst(3)
                == [
                    "run a1 stranded postfix 1 0", "run a3 confirmed postfix 1 0", "run a5 pending postfix 1 0",
                    "run a6 preparing postfix 1 0", "run a7 restoring postfix 1 0", "done list",
                ]
        )
    }

    @Test func `what was done is kept in words, and the secret only in the backups`() async throws {
        let sample = try AgentSample()
        try sample.host.write("etc/main.cf", AgentSample.secret, mode: 0o600)
        let calls = [
            opening("r1"), Call("backup", sample.path("main.cf")),
            .with(Array("new \(AgentSample.secret)".utf8), "stage", sample.path("main.cf"), "0600", "root", "root"),
            Call("swap"), Call("confirm"), Call("show", "r1"),
        ]

        let talk = try await sample.host.agent(.dash, prelude: "set -x", calls)

        let secret = Array(AgentSample.secret.utf8)
        let holders = try ["etc", "backups"].flatMap { folder in
            try sample.host.files(in: folder).filter { $0.value.bytes.firstRange(of: secret) != nil }.map { $0.key }
        }
        #expect(holders.sorted() == ["main.cf", "r1/files/1"])
        #expect(talk.text("journal").contains("swapping \(sample.path("main.cf"))"))
        #expect(talk.text("manifest").contains("server exim"))
        // What the shell did, with all arguments of all commands, is among the noise of the session.
        #expect(!String(describing: talk.frames).contains(AgentSample.secret))
        let modes = try FileManager.default.attributesOfItem(atPath: sample.host.path("backups/r1"))
        #expect(modes[.posixPermissions] as? Int == 0o700)
    }
}
