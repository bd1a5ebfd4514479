import Foundation
import MTAPlan
import Testing

@testable import Drivers

/// The switch that puts a host back when nobody confirms its run any more, without systemd.
///
/// With systemd it is tried on the lab's hosts.
@Suite("Dead-man switch")
struct DeadManTests {
    private let sample: AgentSample
    /// Of this test alone, so that its sleep is known among others'.
    private let seconds = Int.random(in: 600...90_000)

    init() throws {
        sample = try AgentSample()
        for folder in ["cron.d", "system/multi-user.target.wants"] {
            try FileManager.default.createDirectory(atPath: sample.host.path(folder), withIntermediateDirectories: true)
        }
    }

    /// A program that keeps to the host's folder for what is read at boot, and finds no systemd.
    private func ours(_ program: [UInt8], _ changes: (String, String)...) throws -> [UInt8] {
        var text = String(decoding: program, as: UTF8.self)
        let places = [
            ("/etc/cron.d", sample.host.path("cron.d")), ("/etc/systemd/system", sample.host.path("system")),
            ("/run/systemd/system", sample.host.path("no-systemd")),
        ]
        for (old, new) in places + changes {
            try #require(text.contains(old), "\(old) is not in the program")
            text = text.replacingOccurrences(of: old, with: new)
        }
        return Array(text.utf8)
    }

    private func calls(armedFor seconds: Int) throws -> [Call] {
        var calls = sample.calls([Call("arm", "\(seconds)")], before: "stage")
        calls[0] = .with(try ours(RestoreProgram.text), "open", "r1", "anna@desk", "postfix")
        return calls
    }

    private func settled() async throws -> [String] {
        for _ in 0..<600
        where try sample.host.state(of: "r1") != ["state.restored"] || sample.host.exists("backups/lock") {
            try await Task.sleep(for: .milliseconds(50))
        }
        return try sample.host.state(of: "r1")
    }

    /// What of the switch is still there.
    private func leftovers() async throws -> [String] {
        let files = ["cron.d/mtactl-r1", "backups/r1/armed", "backups/r1/waiting"].filter(sample.host.exists)
        // What was killed is there until the kernel has come to it.
        let end = ContinuousClock.now + .seconds(30)
        let ours = "\(sample.host.backups)/r1/restore|^sleep (\(seconds)|\(seconds - 1))$"
        while true {
            let processes = try await sample.host.console(["pgrep", "-f", ours])
            if processes.status == 1 { return files }
            if .now > end { return files + ["process \(processes.output)"] }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    @Test(arguments: AgentShell.allCases)
    func `a host whose agent was killed puts itself back when the time is over`(shell: AgentShell) async throws {
        let clock = sample.host.path("clock")
        try sample.host.write("clock", "0\n")
        let program = try ours(
            AgentProgram.text,
            ("until - $(clock)", "until - $(cat \(clock))"),
            ("sleep \"$left\"", "sleep 0.05"),
            (
                "\nconfirm() {",
                "\nconfirm() {\n    echo 99999999999 >\(clock).new\n    mv \(clock).new \(clock)\n    kill -9 $$"
            )
        )

        let talk = try await sample.host.agent(shell, program: program, try calls(armedFor: seconds))

        #expect(talk.lines.contains("done arm"), "\(talk.lines) \(talk.text("why"))")
        #expect(talk.lines.last?.hasPrefix("done prints") == true, "\(talk.lines)")
        #expect(try await settled() == ["state.restored"])
        try sample.expectAsFound()
        #expect(sample.host.exists("backups/r1/expired"))
        #expect(!sample.host.exists("backups/lock"))
        #expect(try await leftovers() == [])
    }

    @Test(arguments: AgentShell.allCases)
    func `a run that is confirmed takes its switch away`(shell: AgentShell) async throws {
        let program = try ours(
            AgentProgram.text,
            (
                "\nconfirm() {",
                "\nconfirm() {\n    cp \(sample.host.path("cron.d/mtactl-r1")) \(sample.host.path("seen"))"
            )
        )

        let talk = try await sample.host.agent(shell, program: program, try calls(armedFor: seconds))

        #expect(talk.lines.last == "done confirm", "\(talk.lines) \(talk.text("why"))")
        #expect(try sample.isAsAsked)
        let atBoot = try sample.host.read("seen")
        #expect(
            atBoot.hasPrefix("@reboot root ") && atBoot.hasSuffix("'\(sample.host.backups)/r1/restore' --expired\n")
        )
        #expect(try await leftovers() == [])
    }

    @Test(arguments: AgentShell.allCases)
    func `a run that is put back takes its switch away`(shell: AgentShell) async throws {
        let calls = try calls(armedFor: seconds).map { $0.words == ["confirm"] ? Call("undo") : $0 }

        let talk = try await sample.host.agent(shell, program: try ours(AgentProgram.text), calls)

        #expect(talk.lines.last == "done undo", "\(talk.lines)")
        try sample.expectAsFound()
        #expect(!sample.host.exists("backups/r1/expired"))
        #expect(try await leftovers() == [])
    }

    @Test(arguments: AgentShell.allCases, 1...5)
    func `time that is over between two files ends the agent and puts all of them back`(
        shell: AgentShell,
        file: Int
    ) async throws {
        // What is renamed by one command is so one after another, and the command outlives the agent.
        let hook = """

            due() {
                echo >>"$B/../puts"
                [ "$(wc -l <"$B/../puts")" -ne \(file) ] || sh "$run/restore" --expired >/dev/null 2>&1
            }
            mv() {
                if [ "$1" != -f ]; then
                    command mv "$@"
                    return
                fi
                shift 2
                for into; do :; done
                moved=0
                for one; do
                    [ "$one" != "$into" ] || return $moved
                    due
                    command mv -f -- "$one" "$into" || moved=1
                done
            }
            put() {
                eval "temp=\\$temp_$1"
                [ -n "$temp" ] || due
            """
        let program = try ours(AgentProgram.text, ("\nput() {", hook))

        let talk = try await sample.host.agent(shell, program: program, try calls(armedFor: seconds))

        #expect(talk.lines.last?.hasPrefix("done") == true || talk.lines.last?.hasPrefix("step") == true)
        #expect(!talk.lines.contains("done swap"), "\(talk.lines)")
        #expect(try await settled() == ["state.restored"])
        try sample.expectAsFound("\(talk.lines)")
        #expect(try await leftovers() == [])
    }

    @Test func `what is over for a run that was confirmed changes nothing`() async throws {
        _ = try await sample.host.agent(.dash, program: try ours(AgentProgram.text), try calls(armedFor: seconds))

        let ended = try await sample.host.restore("r1", "--expired")

        #expect(ended.status == 0)
        #expect(ended.output == "r1 is confirmed\n")
        #expect(try sample.isAsAsked)
        #expect(!sample.host.exists("backups/r1/expired"))
    }

    @Test func `a run that is confirmed in the moment in which its time is over stays confirmed`() async throws {
        let confirmed = "mv \"$here/state.pending\" \"$here/state.confirmed\""
        let racing = try ours(RestoreProgram.text, ("\n        stop_agent\n", "\n        \(confirmed)\n"))
        var calls = try calls(armedFor: seconds)
        calls[0] = .with(racing, "open", "r1", "anna@desk", "postfix")
        let program = try ours(AgentProgram.text, ("\nconfirm() {", "\nconfirm() {\n    kill -9 $$"))
        _ = try await sample.host.agent(.dash, program: program, calls)

        let ended = try await sample.host.restore("r1", "--expired")

        #expect(ended.output == "r1 is confirmed\n")
        #expect(try sample.isAsAsked)
        #expect(try sample.host.state(of: "r1") == ["state.confirmed"])
    }

    @Test func `a run whose agent was killed right after the confirmation leaves nothing when its time is over`()
        async throws
    {
        let program = try ours(
            AgentProgram.text,
            ("\n    journal confirmed\n", "\n    journal confirmed\n    kill -9 $$\n")
        )
        _ = try await sample.host.agent(.dash, program: program, try calls(armedFor: seconds))
        #expect(sample.host.exists("backups/lock") && sample.host.exists("cron.d/mtactl-r1"))

        let ended = try await sample.host.restore("r1", "--expired")

        #expect(ended.output == "r1 is confirmed\n")
        #expect(try sample.isAsAsked)
        #expect(!sample.host.exists("backups/lock"))
        #expect(try await leftovers() == [])
    }

    @Test(arguments: AgentShell.allCases)
    func `a run whose agent still works on it is cleared away before the switch is armed, and the agent ended`(
        shell: AgentShell
    ) async throws {
        let program = try ours(
            AgentProgram.text,
            ("\narm() {", "\narm() {\n    sh \"$run/restore\" --expired >/dev/null 2>&1")
        )

        let talk = try await sample.host.agent(shell, program: program, try calls(armedFor: seconds))

        #expect(talk.lines.last == "done backup", "\(talk.lines)")
        // Nothing was changed, so nothing is kept of the run.
        for _ in 0..<600 where sample.host.exists("backups/r1") || sample.host.exists("backups/lock") {
            try await Task.sleep(for: .milliseconds(50))
        }
        #expect(try sample.host.state(of: "r1") == [])
        try sample.expectAsFound()
        #expect(!sample.host.exists("backups/lock"))
        #expect(try await leftovers() == [])
    }

    @Test func `what could not be reloaded is put back once more when the time is over`() async throws {
        let (clock, broken) = (sample.host.path("clock"), sample.host.path("broken"))
        try sample.host.write("clock", "0\n")
        let program = try ours(
            AgentProgram.text,
            ("until - $(clock)", "until - $(cat \(clock))"),
            ("sleep \"$left\"", "sleep 0.05")
        )
        let calls = try calls(armedFor: seconds).flatMap { call in
            switch call.words.prefix(2) {
            case ["run", "reload"]: [Call("run", "reload", "sh", "-c", "touch \"$1\"; exit 1", "x", broken)]
            case ["manifest", "health"]: [Call("manifest", "reload", "test", "!", "-e", broken), call]
            default: [call]
            }
        }

        let talk = try await sample.host.agent(.dash, program: program, calls)

        #expect(talk.lines.contains("undone stranded"), "\(talk.lines)")
        #expect(try sample.host.state(of: "r1") == ["state.stranded"])
        try FileManager.default.removeItem(atPath: broken)
        try Data("99999999999\n".utf8).write(to: URL(filePath: clock), options: .atomic)
        #expect(try await settled() == ["state.restored"])
        try sample.expectAsFound()
        #expect(try await leftovers() == [])
    }

    @Test func `a file that somebody changed meanwhile is not lost when the time is over`() async throws {
        let program = try ours(AgentProgram.text, ("\nconfirm() {", "\nconfirm() {\n    kill -9 $$"))
        _ = try await sample.host.agent(.dash, program: program, try calls(armedFor: seconds))
        try sample.host.write("etc/main.cf", "theirs\n")

        let ended = try await sample.host.restore("r1", "--expired")
        let forced = try await sample.host.restore("r1", "--force")

        #expect(ended.status == 3, "\(ended.output)")
        #expect(ended.output.contains("etc/main.cf: changed since"))
        #expect(forced.status == 0, "\(forced.output)")
        try sample.expectAsFound()
        #expect(try sample.host.read("backups/r1/displaced/1") == "theirs\n")
    }

    @Test func `seconds that are none are refused before anything is changed`() async throws {
        let calls = sample.calls([Call("arm", "soon")], before: "stage")

        let talk = try await sample.host.agent(.dash, calls)

        #expect(talk.lines.contains("failed arm arm"))
        try sample.expectAsFound()
    }
}
