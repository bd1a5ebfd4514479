import Foundation
import MTAPlan
import Testing

@testable import Drivers

/// What comes with the session that the agent is started in: a login's environment may be anybody's.
@Suite("Agent, an environment that is not ours")
struct AgentEnvironmentTests {
    private static let tools = [
        "ls", "id", "sha256sum", "mv", "cat", "rm", "stat", "sed", "grep", "cp", "date", "sendmail",
    ]

    private func calls(_ path: String) -> [Call] {
        [
            .with(RestoreProgram.text, "open", "r1", "me", "postfix"), Call("backup", path),
            .with(Array("new".utf8), "stage", path, "0644", "root", "root"), Call("swap"), Call("confirm"),
        ]
    }

    /// Programs of the names that we use, which leave a trace.
    private func plant(_ host: AgentHost, in folder: String) throws {
        try FileManager.default.createDirectory(atPath: host.path(folder), withIntermediateDirectories: true)
        for tool in Self.tools + ["mailer-of-ours"] {
            try host.write("\(folder)/\(tool)", "#!/bin/sh\necho \(tool) >>\(host.path("trace"))\n", mode: 0o755)
        }
    }

    @Test(arguments: AgentShell.allCases)
    func `programs are looked for in the system's folders alone, and words divided as ever`(
        shell: AgentShell
    ) async throws {
        let host = try AgentHost()
        try host.write("etc/main.cf", "old")
        try plant(host, in: "evil")
        try host.write("evil/env", "echo read >>\(host.path("trace"))\n")
        let evil = host.path("evil")
        var wrapper = ["env", "PATH=\(evil):/usr/bin:/bin", "ENV=\(evil)/env", "IFS=/", "CDPATH=\(evil)"]
        // By its own name bash reads it before any program of ours; as sh, which hosts are asked for, it does not: bash(1).
        if shell != .bash { wrapper.append("BASH_ENV=\(evil)/env") }

        let talk = try await host.agent(shell, wrapper: wrapper, calls(host.path("etc/main.cf")))
        let back = try await host.console(wrapper + shell.words + [host.path("backups/r1/restore")])

        #expect(talk.lines.last == "done confirm", "\(talk.lines) \(talk.text("why"))")
        #expect(back.status == 0, "\(back.output)")
        #expect(!host.exists("trace"))
        #expect(try host.read("etc/main.cf") == "old")
    }

    /// Each has a value before it is read.
    @Test(arguments: AgentShell.allCases)
    func `no variable of the programs comes from the environment`(shell: AgentShell) async throws {
        let text = String(decoding: AgentProgram.text + RestoreProgram.text, as: UTF8.self)
        let names = Set(text.matches(of: /[\n ;(]([a-z_]+)=/).map { String($0.1) })
        #expect(names.isSuperset(of: ["workdirs", "state", "hundredths"]))
        let host = try AgentHost()
        let victim = host.path("victim")
        try FileManager.default.createDirectory(atPath: victim, withIntermediateDirectories: true)
        try host.write("etc/main.cf", "old")
        let wrapper = ["env"] + names.sorted().map { "\($0)=\(victim)\n" }

        let talk = try await host.agent(shell, wrapper: wrapper, calls(host.path("etc/main.cf")))
        let restore = wrapper + shell.words + [host.path("backups/r1/restore")]
        let (back, again) = (try await host.console(restore), try await host.console(restore))

        let step = "step swapped \(host.path("etc/main.cf"))"
        #expect(
            talk.lines == [shell.ready, "done open", "done backup", "done stage", step, "done swap", "done confirm"]
        )
        #expect(back.output == "\(host.path("etc/main.cf")): put back\nr1 is undone\n" && back.status == 0)
        #expect(again.output == "r1 is restored\n" && again.status == 0)
        #expect(FileManager.default.fileExists(atPath: victim))
        #expect(try host.read("etc/main.cf") == "old")
    }

    /// Some systems keep their programs elsewhere.
    @Test(.enabled(if: getuid() == 0, "other users need root"), arguments: AgentShell.allCases, [true, false])
    func `of other folders those are asked that root alone can write to`(shell: AgentShell, isRoots: Bool) async throws
    {
        let host = try AgentHost()
        try host.write("etc/main.cf", "old")
        try plant(host, in: "elsewhere")
        if !isRoots { _ = try await host.console(["chown", "games", host.path("elsewhere")]) }
        var calls = calls(host.path("etc/main.cf"))
        calls.insert(Call("run", "health", "mailer-of-ours"), at: 4)

        let talk = try await host.agent(
            shell,
            wrapper: ["env", "PATH=/usr/bin:/bin:\(host.path("elsewhere"))"],
            calls
        )

        #expect(talk.lines.contains("done run") == isRoots, "\(talk.lines)")
        #expect((try? host.read("trace")) == (isRoots ? "mailer-of-ours\n" : nil))
    }
}
