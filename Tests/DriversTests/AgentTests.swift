import Foundation
import MTAPlan
import Testing

@testable import Drivers

@Suite("Agent")
struct AgentTests {
    @Test(arguments: AgentShell.allCases)
    func `what is asked is done, confirmed and undone`(shell: AgentShell) async throws {
        let sample = try AgentSample()

        let talk = try await sample.host.agent(
            shell,
            held: true,
            sample.calls() + [Call("state", "r1"), Call("list"), Call("audit")]
        )

        #expect(talk.lines.first == (shell == .mksh ? "ready 1 \(getuid())" : "ready 1 \(getuid()) text"))
        #expect(talk.lines.contains("done confirm"))
        #expect(!talk.lines.contains { $0.hasPrefix("failed") })
        #expect(
            talk.lines.filter { $0.hasPrefix("step swapped") }
                == ["secret", "secret.db", AgentSample.awkward, "main.cf", "gone"].map {
                    "step swapped \(sample.path($0))"
                }
        )
        #expect(talk.lines.contains("state confirmed"))
        #expect(talk.lines.contains { $0.hasPrefix("run r1 confirmed postfix 6 ") })
        #expect(try sample.isAsAsked)
        #expect(!sample.host.exists("backups/lock"))

        let ended = try await sample.host.restore("r1", under: shell)

        #expect(ended.status == 0)
        try sample.expectAsFound(ended.output)
        #expect(try sample.host.state(of: "r1") == ["state.restored"])
        #expect(!sample.host.exists("backups/lock"))
    }

    @Test(arguments: AgentShell.allCases)
    func `answers travel together, but none waits for a command that runs`(shell: AgentShell) async throws {
        let sample = try AgentSample()
        let sent = sample.host.path("sent")
        let noting = """
            printf() {
                case ${2-} in @*) command printf '%s.\\n' "$2" >>\(sent) ;; esac
                command printf "$@"
            }
            """
        let looking = Call("run", "health", "grep", "-q", "done swap", sent)

        let talk = try await sample.host.agent(
            shell,
            prelude: noting,
            held: true,
            sample.calls([looking], before: "confirm")
        )

        #expect(talk.lines.contains("done run"))
        #expect(talk.lines.contains("done confirm"))
        let log = try sample.host.read("sent")
        let packets = log.split(separator: "\n.\n").count
        // Ready, those before each of the three commands, and the rest; a slow host may be a second over them.
        #expect(packets < talk.lines.count / 2, "\(log)")
    }

    private struct Failing: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var answer: String
        var before: String
        var calls: @Sendable (AgentSample) -> [Call]
    }

    private static let refusals = [
        Failing(testDescription: "other bytes", answer: "failed backup moved", before: "backup") {
            [Call("expect", "sha256", sha256([1]), $0.path("main.cf"))]
        },
        Failing(testDescription: "there already", answer: "failed expect moved", before: "backup") {
            [Call("expect", "absent", $0.path("main.cf"))]
        },
        Failing(testDescription: "not there", answer: "failed expect moved", before: "backup") {
            [Call("expect", "sha256", sha256([]), $0.path("none"))]
        },
        Failing(testDescription: "other inode", answer: "failed expect moved", before: "backup") {
            [Call("expect", "inode", "1", "now", $0.path("main.cf"))]
        },
        Failing(testDescription: "a folder", answer: "failed backup backup", before: "stage") {
            [Call("backup", $0.host.path("etc"))]
        },
        Failing(testDescription: "a path that is not whole", answer: "failed backup backup", before: "stage") { _ in
            [Call("backup", "main.cf")]
        },
        Failing(testDescription: "not backed up", answer: "failed stage stage", before: "build") {
            [.with([1], "stage", $0.path("bystander"), "0600", "root", "root")]
        },
        Failing(testDescription: "no such owner", answer: "failed stage stage", before: "build") {
            [.with([1], "stage", $0.path("gone"), "0600", "nobody-at-all", "root")]
        },
        Failing(testDescription: "no such folder", answer: "failed stage stage", before: "build") {
            [Call("backup", $0.path("no/file")), .with([1], "stage", $0.path("no/file"), "0600", "root", "root")]
        },
        Failing(testDescription: "a failing build", answer: "failed build build", before: "remove") {
            [Call("build", "1", $0.path("secret"), ".db", "false")]
        },
        Failing(testDescription: "a check that fails", answer: "failed check check", before: "swap") { _ in
            [Call("check", "0", "sh", "-c", "exit 3")]
        },
        Failing(testDescription: "a check with a new warning", answer: "failed check check", before: "swap") {
            [Call("check", "1", $0.path("main.cf"), "sh", "-c", "cat \"$1/main.cf\" >&2", "x", "{}")]
        },
        Failing(testDescription: "a file that changes meanwhile", answer: "failed swap moved", before: "swap") {
            [
                Call("expect", "absent", $0.host.path("meanwhile")),
                Call("check", "0", "touch", $0.host.path("meanwhile")),
            ]
        },
        Failing(testDescription: "no reload that can be written down", answer: "failed swap swap", before: "swap") {
            [Call("check", "0", "sh", "-c", "rm \"$1\"; mkdir \"$1\"", "x", $0.host.path("backups/r1/journal"))]
        },
    ]

    @Test(arguments: refusals, AgentShell.allCases)
    private func `a step that fails before the swap changes nothing`(
        failing: Failing,
        shell: AgentShell
    ) async throws {
        let sample = try AgentSample()

        let calls = sample.calls(failing.calls(sample), before: failing.before)
        let talk = try await sample.host.agent(shell, held: true, calls)

        #expect(talk.lines.contains(failing.answer), "\(talk.lines)")
        #expect(talk.lines.contains("undone refused"))
        #expect(talk.lines.last == "skipped confirm")
        try sample.expectAsFound()
        #expect(!sample.host.exists("backups/r1"))
        #expect(!sample.host.exists("backups/lock"))
    }

    private static let failures = [
        Failing(testDescription: "rebuild", answer: "failed run rebuild", before: "run") { _ in
            [Call("run", "rebuild", "sh", "-c", "echo no space >&2; exit 1")]
        },
        Failing(testDescription: "reload", answer: "failed run reload", before: "confirm") { _ in
            [Call("run", "reload", "no-such-program-at-all")]
        },
        Failing(testDescription: "health, half way", answer: "failed run health", before: "confirm") {
            [Call("run", "health", "sh", "-c", "printf half >\"$1\"; kill -9 $$", "x", $0.path("derived.db"))]
        },
        Failing(testDescription: "other settings", answer: "failed prints differs", before: "confirm") {
            [Call("prints", sha256([]), "cat", $0.path("main.cf"))]
        },
    ]

    @Test(arguments: failures, AgentShell.allCases)
    private func `a step that fails after the swap puts everything back`(
        failing: Failing,
        shell: AgentShell
    ) async throws {
        let sample = try AgentSample()

        let calls = sample.calls(failing.calls(sample), before: failing.before)
        let talk = try await sample.host.agent(shell, held: true, calls)

        #expect(talk.lines.contains(failing.answer), "\(talk.lines)")
        #expect(talk.lines.contains("undone restored"))
        #expect(talk.lines.last == "skipped confirm")
        try sample.expectAsFound("\(talk.text("restore"))")
        #expect(try sample.host.state(of: "r1") == ["state.restored"])
        #expect(!sample.host.exists("backups/lock"))
    }

    @Test(arguments: AgentShell.allCases)
    func `what cannot be put back is said to be stranded`(shell: AgentShell) async throws {
        let sample = try AgentSample()
        let call = Call("run", "health", "sh", "-c", "rm \"$1\"; mkdir \"$1\"; false", "x", sample.path("main.cf"))

        let talk = try await sample.host.agent(shell, sample.calls([call], before: "confirm"))

        #expect(talk.lines.contains("undone stranded"))
        #expect(talk.restoreReport.changed == [sample.path("main.cf")])
        #expect(try sample.host.state(of: "r1") == ["state.pending"])
    }

    @Test(arguments: AgentShell.allCases)
    func `a controller that goes away after any call leaves the host as it was`(shell: AgentShell) async throws {
        for sent in 0..<(try AgentSample().calls().count) {
            let sample = try AgentSample()
            _ = try await sample.host.agent(shell, Array(sample.calls().prefix(sent)))

            try sample.expectAsFound("after \(sent) calls")
            #expect(!sample.host.exists("backups/lock"))
        }
    }

    @Test(arguments: AgentShell.allCases)
    func `a controller that goes away inside a payload leaves the host as it was`(shell: AgentShell) async throws {
        let sample = try AgentSample()
        var calls = Array(sample.calls().prefix(9))
        calls[8].payload.removeLast()
        let cut = try AgentSample()
        var opening = cut.calls()[0]
        opening.payload.removeLast(20)

        let talk = try await sample.host.agent(shell, calls)
        _ = try await cut.host.agent(shell, [opening])

        #expect(talk.lines.contains("failed stage stage"))
        try sample.expectAsFound()
        try cut.expectAsFound()
        #expect(!sample.host.exists("backups/lock"))
        #expect(try cut.host.files(in: "backups").isEmpty)
    }

    @Test(arguments: ["HUP", "INT", "TERM"], AgentShell.allCases)
    func `a signal does not keep the agent from putting the host back`(
        signal: String,
        shell: AgentShell
    ) async throws {
        let sample = try AgentSample()
        let call = Call("run", "health", "sh", "-c", "kill -\(signal) $(cat \"$1\")", "x", sample.host.path("pid"))

        _ = try await sample.host.agent(
            shell,
            prelude: "echo $$ >\(sample.host.path("pid").quoted)",
            sample.calls([call], before: "confirm")
        )

        try sample.expectAsFound()
        #expect(try sample.host.state(of: "r1") == ["state.restored"])
        #expect(!sample.host.exists("backups/lock"))
    }
}
