import Foundation
import Testing

@testable import Drivers

/// Whose the folder of a run is, where two of its name begin in the same moment.
@Suite("Agent, two runs of one name") struct AgentClaimTests {
    @Test(arguments: AgentShell.allCases)
    func `of two runs of one name that begin in the same moment, one leaves the other's folder alone`(
        shell: AgentShell
    ) async throws {
        let sample = try AgentSample()
        let other = """
            mkdir() {
                case " $* " in *"/r1 "*) command mkdir -m 700 -- "$B" "$B/r1" && echo theirs >"$B/r1/who" ;; esac
                command mkdir "$@"
            }
            """

        let talk = try await sample.host.agent(shell, prelude: other, sample.calls())

        #expect(talk.lines.prefix(2) == [shell.ready, "failed open taken"])
        #expect(talk.text("why").hasPrefix("\(sample.host.path("backups/r1")) is there"), "\(talk.text("why"))")
        #expect(try sample.host.read("backups/r1/who") == "theirs\n")
        try sample.expectAsFound()
    }

    /// The other one's mkdir went on after it had failed.
    @Test(arguments: AgentShell.allCases)
    func `the one that made the run's folder has it, whoever made the folder in it`(shell: AgentShell) async throws {
        let sample = try AgentSample()
        let other = """
            mkdir() {
                case " $* " in
                    *"/r1 "*)
                        command mkdir -m 700 -- "$B" "$B/r1" "$B/r1/files"
                        command mkdir -- "$B/r1/files"
                        ;;
                    *) command mkdir "$@" ;;
                esac
            }
            """

        let talk = try await sample.host.agent(shell, prelude: other, sample.calls())

        #expect(talk.lines.last == "done confirm", "\(talk.lines) \(talk.text("why"))")
        #expect(try sample.isAsAsked)
    }

    /// The other one's name is another, and it was the first on this host, too.
    @Test(arguments: AgentShell.allCases)
    func `two runs that are the first on a host make the folder of the backups together`(
        shell: AgentShell
    ) async throws {
        let sample = try AgentSample()
        let other = "mkdir() { [ -e \"$B\" ] || command mkdir -m 700 -- \"$B\"; command mkdir \"$@\"; }"

        let talk = try await sample.host.agent(shell, prelude: other, sample.calls())

        #expect(talk.lines.last == "done confirm", "\(talk.lines) \(talk.text("why"))")
        #expect(try sample.isAsAsked)
    }

    @Test func `a run that is there is left as it is`() async throws {
        let sample = try AgentSample()
        try FileManager.default.createDirectory(
            atPath: sample.host.path("backups/r1"),
            withIntermediateDirectories: true
        )
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: sample.host.backups)

        let talk = try await sample.host.agent(.dash, sample.calls())

        #expect(talk.lines.contains("failed open taken"), "\(talk.lines)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: sample.host.path("backups/r1")).isEmpty)
    }
}
