internal import MTAPlan

/// What the agent answers when it was asked to put a host back, in words for the operator.
struct RestoreReply {
    private let reply: AgentReply
    private let run: String

    init(_ reply: AgentReply, run: String) {
        self.reply = reply
        self.run = run
    }

    private var report: RestoreReport? { reply.restoreReport }

    var restored: Restored {
        switch reply.ending {
        case .done: .done
        case .failed("stranded", let why): .stranded(stranded(report?.trouble ?? why))
        case .failed(let code, let why): .refused(refused(code, report?.trouble ?? why))
        case .skipped: .refused(Failure("the host did not put itself back"))
        }
    }

    private func stranded(_ why: String) -> Failure {
        Failure(
            "not completely put back: \(why)",
            hint: "log in, fix what it reports, and run `sh \(AgentSession.backups)/\(run)/restore` again"
        )
    }

    private func refused(_ code: String, _ why: String) -> Failure {
        switch code {
        case "conflict":
            Failure(
                "changed since run \(run): \(why)",
                hint: report?.laterRun.map { "run \($0) changed the same: put that run back first, or use `--force`" }
                    ?? "look at the difference; `--force` puts it back anyway and keeps the current files in the backup"
            )
        case "damaged":
            Failure("the backup of run \(run) is damaged: \(why)", hint: "nothing was written; repair the host by hand")
        case "exposed":
            AgentFailure(call: AgentCall(["restore", run]), code: code, why: why).failure
        case "locked":
            Failure("locked by another run: \(why)", hint: "wait for it to end; --break-lock removes a stale lock")
        default:
            Failure("not put back: \(why)", hint: "`mtactl backups show \(run)` shows its journal")
        }
    }
}
