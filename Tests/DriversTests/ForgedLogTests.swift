import Foundation
import MTAPlan
import MailServers
import Subprocess
import Testing

@testable import Drivers

/// Anybody on a host may write a line that looks like a mail server's (`logger -t postfix/smtp`), but not as another user.
@Suite struct ForgedLogTests {
    @Test(arguments: AgentShell.allCases)
    func `of the journal only what root and the mail server's own users wrote is asked for`(
        shell: AgentShell
    ) async throws {
        let host = try AgentHost()
        try host.write("message.sh", String(decoding: PackageResources.message_sh, as: UTF8.self))
        let program = """
            . \(host.path("message.sh").quoted)
            users() { uids=' 108 109'; }
            journalctl() { printf '%s|' "$@"; }
            mark journal postfix postdrop
            since_mark
            """

        let said = try await host.console(shell.words + ["-c", program])

        #expect(said.status == 0 && said.output.contains("|_UID=0|_UID=108|_UID=109|"), "\(said.output)")
    }

    @Test(arguments: AgentShell.allCases)
    func `of programs that write logs those are asked that root or qmail's own users run`(
        shell: AgentShell
    ) async throws {
        let host = try AgentHost()
        for (name, uid) in [("roots", 0), ("own", 4711), ("others", 1000)] {
            try FileManager.default.createDirectory(atPath: host.path(name), withIntermediateDirectories: false)
            try host.write("\(name)/status", "Name:\tmultilog\nUid:\t\(uid)\t\(uid)\t\(uid)\t\(uid)\n")
        }
        let questions = """
            id() { echo 4711; }
            ask log.roots qmail_logger \(host.path("roots").quoted)
            ask log.own qmail_logger \(host.path("own").quoted)
            ask log.others qmail_logger \(host.path("others").quoted)
            bye

            """
        let program = FactsScript(asking: [Qmail()]).text(for: .plan).dropLast("bye\n".utf8.count)
        let said = try await run(
            .name(shell.words[0]),
            arguments: Arguments(shell.words.dropFirst() + ["-s"]),
            input: .array(Array("N=5eed\n".utf8) + program + Array(questions.utf8)),
            output: .bytes(limit: 64 << 20),
            error: .discarded
        )
        let answers = try FactsParser.facts(from: said.standardOutput, nonce: "5eed").answers

        #expect(answers["log.roots"]?.status == 0 && answers["log.own"]?.status == 0)
        #expect(answers["log.others"]?.status == 1)
    }
}
