import Foundation
import MTAPlan
import Testing

@testable import Drivers

/// Somebody sets the host's clock in the middle of a run: only the `date` of the agent knows of it.
@Suite("Agent, a clock that jumps")
struct AgentClockTests {
    private let sample: AgentSample

    init() throws {
        sample = try AgentSample()
        for folder in ["bin", "cron.d", "system"] {
            try FileManager.default.createDirectory(atPath: sample.host.path(folder), withIntermediateDirectories: true)
        }
        try sample.host.write("offset", "0\n")
        let date = "#!/bin/sh\nexec /bin/date -d \"now $(cat \(sample.host.path("offset"))) seconds\" \"$@\"\n"
        try sample.host.write("bin/date", date, mode: 0o755)
    }

    /// A program with that `date`, which finds no systemd.
    private func ours(_ program: [UInt8], _ changes: (String, String)...) throws -> [UInt8] {
        var text = String(decoding: program, as: UTF8.self)
        let places = [
            ("/etc/cron.d", sample.host.path("cron.d")), ("/etc/systemd/system", sample.host.path("system")),
            ("/run/systemd/system", sample.host.path("no-systemd")),
            ("\nPATH=/usr/sbin:", "\nPATH=\(sample.host.path("bin")):/usr/sbin:"),
        ]
        for (old, new) in places + changes {
            try #require(text.contains(old), "\(old) is not in the program")
            text = text.replacingOccurrences(of: old, with: new)
        }
        return Array(text.utf8)
    }

    /// A transaction whose clock is set by so many seconds once the switch is armed.
    private func calls(armedFor seconds: Int, jump: Int, _ others: Call...) throws -> [Call] {
        let set = Call("run", "health", "sh", "-c", "echo \(jump) >\(sample.host.path("offset"))")
        var calls = sample.calls([Call("arm", "\(seconds)"), set] + others, before: "stage")
        calls[0] = .with(try ours(RestoreProgram.text), "open", "r1", "anna@desk", "postfix")
        return calls
    }

    @Test(arguments: AgentShell.allCases, [-86_400, 86_400])
    func `neither puts a run back that is confirmed in time, nor leaves one that nobody confirms`(
        shell: AgentShell,
        jump: Int
    ) async throws {
        let confirmed = try await sample.host.agent(
            shell,
            program: try ours(AgentProgram.text),
            try calls(armedFor: 600, jump: jump)
        )
        #expect(confirmed.lines.last == "done confirm", "\(confirmed.lines) \(confirmed.text("why"))")
        #expect(try sample.isAsAsked)
        #expect(try await sample.host.restore("r1").status == 0)
        try FileManager.default.removeItem(atPath: sample.host.path("backups/r1"))
        try sample.host.write("offset", "0\n")

        _ = try await sample.host.agent(
            shell,
            program: try ours(AgentProgram.text, ("\nconfirm() {", "\nconfirm() {\n    kill -9 $$")),
            try calls(armedFor: 2, jump: jump)
        )
        // The restore program may take long on a busy machine.
        for _ in 0..<2_400 where try sample.host.state(of: "r1") != ["state.restored"] {
            try await Task.sleep(for: .milliseconds(50))
        }
        #expect(try sample.host.state(of: "r1") == ["state.restored"])
        try sample.expectAsFound()
    }

    @Test(.timeLimit(.minutes(5)), arguments: AgentShell.allCases)
    func `is not counted to the seconds that are left, nor to those for which a log is read`(shell: AgentShell)
        async throws
    {
        try sample.host.write("log", "")

        let talk = try await sample.host.agent(
            shell,
            program: try ours(AgentProgram.text),
            try calls(
                armedFor: 600,
                jump: -86_400,
                Call("state", "r1"),
                Call("mark", "file", sample.host.path("log")),
                Call("watch", "1", "c", "nothing", "u", "nothing")
            )
        )

        #expect(talk.lines.contains("state preparing 600"), "\(talk.lines)")
        #expect(talk.lines.contains("done watch timeout"), "\(talk.lines)")
    }

    @Test(arguments: AgentShell.allCases)
    func `the time after which a host ends idle shells is none of the agent's`(shell: AgentShell) async throws {
        let host = try AgentHost()

        let talk = try await host.agent(
            shell,
            prelude: "TMOUT=1; export TMOUT",
            [Call("run", "health", "sh", "-c", "echo \"${TMOUT-no limit}\"; exit 1")]
        )

        #expect(talk.text("why").contains("no limit"))
    }
}
