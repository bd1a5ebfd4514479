import MTAPlan
import Testing

@testable import Drivers

/// What an operator is told to do about a host that was not put back.
@Suite struct RestoreReplyTests {
    private func hint(_ code: String, _ records: String) -> String? {
        let reply = AgentReply(
            ending: .failed(code: code, why: ""),
            bodies: ["restore": Array(records.utf8)],
            lines: []
        )
        return switch RestoreReply(reply, run: "r1").restored {
        case .done: nil
        case .refused(let failure), .stranded(let failure): failure.hint
        }
    }

    @Test func `advice to look at a difference has the command that shows it`() throws {
        let kept = "/var/backups/mtactl/r1/files/1"
        let changed = try #require(
            hint("conflict", "changed /etc/f\t0644 root\twritten\t0644 root\t\(kept)\nconflict\n")
        )
        #expect(changed.hasPrefix("`diff \(kept) /etc/f` on the host shows the difference; `--force`"))

        // What was not there before the run cannot be compared.
        let created = try #require(hint("conflict", "changed /etc/f\tnot there\twritten\t0644 root\t\(kept)\n"))
        #expect(created.hasPrefix("`--force`"))
    }

    @Test func `a stranded host has one advice, with the run and what is typed on the host`() {
        #expect(
            hint("stranded", "incomplete\n")
                == "repair what failed, then `mtactl rollback r1`, or `sh /var/backups/mtactl/r1/restore` on the host"
        )
    }
}
