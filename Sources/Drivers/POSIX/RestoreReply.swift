internal import MTAPlan

/// What the agent answers when it was asked to put a host back, in words for the operator.
struct RestoreReply {
    private let reply: AgentReply
    private let run: String

    init(_ reply: AgentReply, run: String) {
        self.reply = reply
        self.run = run
    }

    var restored: Restored {
        switch reply.ending {
        case .done: .done
        case .failed("stranded", let why): .stranded(stranded(said ?? why))
        case .failed(let code, let why): .refused(refused(code, said ?? why))
        case .skipped: .refused(Failure("the host did not put itself back"))
        }
    }

    private func stranded(_ why: String) -> Failure {
        Failure(
            "not wholly put back: \(why)",
            hint: "log in, mend what it says, and run `sh \(AgentSession.backups)/\(run)/restore` again"
        )
    }

    private func refused(_ code: String, _ why: String) -> Failure {
        switch code {
        case "conflict":
            Failure(
                "changed since run \(run): \(why)",
                hint: laterRun.map { "run \($0) changed the same: put that one back first, or give `--force`" }
                    ?? "look at the difference; `--force` puts back all the same and keeps the present files in the backup"
            )
        case "damaged":
            Failure("the backup of run \(run) is damaged: \(why)", hint: "nothing was written; mend the host by hand")
        case "locked":
            Failure("locked by another run: \(why)", hint: "wait for it; --break-lock opens what nobody will open")
        default:
            Failure("not put back: \(why)", hint: "`mtactl backups show \(run)` shows its journal")
        }
    }

    private var lines: [Substring] { Printable.text(reply.bodies["restore"] ?? []).split(separator: "\n") }

    /// The newest run that changed the same files later, where that is why nothing was put back.
    private var laterRun: String? {
        let mark = "  later changed by run "
        return lines.filter { $0.hasPrefix(mark) }.map { String($0.dropFirst(mark.count)) }.max()
    }

    /// What the restore program said of files that it could not, or would not, put back.
    private var said: String? {
        let conflicts = lines.filter { $0.hasSuffix(": changed since") }.map { $0.dropLast(": changed since".count) }
        if !conflicts.isEmpty { return conflicts.joined(separator: ", ") }
        let harmless = [": put back", ": put back, in place", ": as it was", ": removed again"]
        let troubles = lines.filter { line in !harmless.contains { line.hasSuffix($0) } }
        return troubles.isEmpty ? nil : troubles.joined(separator: "; ")
    }
}
