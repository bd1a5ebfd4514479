import Foundation
import MTAPlan
import Testing

@testable import Drivers

/// What a host keeps of its runs.
@Suite("Agent, what is kept")
struct AgentKeptTests {
    private func calls(_ run: String, _ host: AgentHost, end: Call) -> [Call] {
        let path = host.path("etc/file")
        return [
            .with(RestoreProgram.text, "open", run, "me", "postfix"), Call("backup", path),
            .with(Array(run.utf8), "stage", path, "0644", "root", "root"),
        ] + (end.words == ["close"] ? [end] : [Call("swap"), end])
    }

    /// The file of the first run could be read by everybody, that of the second not; that of the third has not changed since.
    @Test(arguments: AgentShell.allCases)
    func `backups with what may be an old password are taken away, and no others`(shell: AgentShell) async throws {
        let host = try AgentHost()
        let names = ["a1": "open", "a2": "login", "a3": "same"]
        for name in names.values { try host.write("etc/\(name)", "old", mode: name == "open" ? 0o644 : 0o640) }
        for (run, name) in names.sorted(by: { $0.key < $1.key }) {
            let mode = name == "open" ? "0644" : "0640"
            _ = try await host.agent(
                shell,
                [
                    .with(RestoreProgram.text, "open", run, "me", "postfix"), Call("backup", host.path("etc/\(name)")),
                    .with(Array("new".utf8), "stage", host.path("etc/\(name)"), mode, "root", "root"), Call("swap"),
                    Call("confirm"),
                ]
            )
        }
        try host.write("etc/same", "old", mode: 0o640)

        let talk = try await host.agent(shell, [Call("rotated"), Call("list")])

        #expect(talk.lines.dropFirst().prefix(2) == ["step pruned a2", "done rotated"], "\(talk.lines)")
        #expect(talk.lines.filter { $0.hasPrefix("run ") }.map { $0.split(separator: " ")[1] } == ["a1", "a3"])
    }

    @Test(arguments: AgentShell.allCases)
    func `runs that changed nothing, or were undone, push out no backup, and the first one stays`(
        shell: AgentShell
    ) async throws {
        let host = try AgentHost()
        try host.write("etc/file", "from before")
        var all = calls("a00", host, end: Call("confirm"))
        // A hundred runs that changed nothing or were undone.
        let failing = shell == .dash ? 10..<60 : 10..<25
        for index in failing {
            all += calls("b\(index)", host, end: Call("close"))
            all += calls("c\(index)", host, end: Call("undo"))
        }
        let talk = try await host.agent(shell, all)
        #expect(talk.lines.filter { $0 == "undone restored" }.count == failing.count, "\(talk.lines)")
        let kept = try await host.agent(shell, [Call("audit")])
        #expect(kept.lines.first { $0.hasPrefix("run a00 confirmed") } != nil)
        #expect(!kept.lines.contains { $0.hasPrefix("run b") || $0.hasPrefix("damage") }, "\(kept.lines)")
        #expect(try host.files(in: "backups").keys.filter { $0.contains("/files/") } == ["a00/files/1"])

        let more = try await host.agent(shell, (10..<25).flatMap { calls("d\($0)", host, end: Call("confirm")) })
        let after = try await host.agent(shell, [Call("audit")])

        #expect(more.lines.filter { $0 == "done confirm" }.count == 15)
        let runs = after.lines.filter { $0.contains(" confirmed ") }.map { $0.split(separator: " ")[1] }
        #expect(runs == ["a00"] + (15..<25).map { "d\($0)" })
        // Of what was put back ten journals.
        #expect(after.lines.filter { $0.contains(" restored ") }.count == 10, "\(after.lines)")
        // From before mtactl, by way of every later run.
        for run in runs.reversed().dropLast() { _ = try await host.restore(String(run), under: shell) }
        #expect(try await host.restore("a00", "--force", under: shell).status == 0)
        #expect(try host.read("etc/file") == "from before")
    }

    /// What happens to it is written behind the manifest's first `end`, and counts only up to another.
    @Test(arguments: AgentShell.allCases)
    func `what the server derived, and others made anew since, stays`(shell: AgentShell) async throws {
        let sample = try AgentSample()
        _ = try await sample.host.agent(shell, sample.calls())
        try sample.host.write("etc/derived.db", "regenerated")

        let refused = try await sample.host.restore("r1", under: shell)
        let manifest = try sample.host.read("backups/r1/manifest")
        let end = try #require(manifest.range(of: "\nend\n"))
        let cutOff =
            manifest[..<end.upperBound] + manifest[end.upperBound...].replacingOccurrences(of: "end\n", with: "")
        try sample.host.write("backups/r1/manifest", String(cutOff), mode: 0o600)
        let restored = try await sample.host.restore("r1", under: shell)

        #expect(refused.status == 3 && refused.output.contains("derived.db: changed since"), "\(refused.output)")
        #expect(!refused.output.contains("not found"))
        #expect(restored.status == 0, "\(restored.output)")
        try sample.expectAsFound()
    }
}
