package import Drivers
package import MTAPlan

/// A plan as a script for people, and what its answers mean.
package enum SiteScript {
    /// The script of a plan that changes something.
    ///
    /// `made`: When and from what.
    ///
    /// - Throws: For a site that is changed by other means than the calls of Exchange's shell.
    package static func script(of plan: SitePlan, run: RunID, made: String) throws(Failure) -> PowerShellScript {
        // What restarts another service than Exchange's writes the registry or runs a program, which no script does.
        guard case .change(_, .powerShell(let work)) = plan.disposition, work.service == nil else {
            throw .noShell(plan)
        }
        return .change(run: run.text, plan: plan, work, message: message(of: plan, run), made: made)
    }

    /// What an answer says of the site.
    ///
    /// - Throws: When it is none to this plan.
    package static func record(
        of answer: ScriptAnswer,
        to plan: SitePlan,
        catalog: [any Product]
    ) throws(Failure) -> SiteRecord {
        guard case .change(_, .powerShell(let work)) = plan.disposition else { throw .noShell(plan) }
        var record = SiteRecord(plan, duration: .zero)
        if answer.action == .verify {
            try verify(answer, plan, catalog, &record)
            return record
        }
        switch try answer.ending(of: work) {
        case .asFound: record.outcome = .wouldChange
        case .refused(let failure): (record.outcome, record.failure) = (.refused, failure)
        case .changed: record.outcome = .committed
        case .putBack(let failure): (record.outcome, record.failure) = (.rolledBack, failure)
        case .stranded(let failure): (record.outcome, record.failure) = (.stranded, failure)
        }
        return record
    }

    private static func verify(
        _ answer: ScriptAnswer,
        _ plan: SitePlan,
        _ catalog: [any Product],
        _ record: inout SiteRecord
    ) throws(Failure) {
        guard let run = RunID(resuming: answer.run, by: ""), let proof = plan.proof, let name = plan.server?.name,
            let message = message(of: plan, run)
        else { throw Failure("this script sends no test message") }
        let trace = try Planner(catalog: catalog).known(name).trace
        let id = answer.messageID(of: message)
        var tracer = trace.tracer(SentMessage(messageID: id, from: proof.from, to: proof.to, byteCount: 0))
        var delivery = Delivery(status: .queued, messageID: id)
        if case .watch(let watch) = tracer.next(after: []) {
            switch try answer.log(of: message, watch) {
            case .unreadable(let why): delivery.reply = "the log cannot be read: \(why)"
            case .lines(let lines): if case .found(let found) = tracer.next(after: lines) { delivery = found }
            }
        }
        delivery.hint = trace.hint(for: delivery.reply)
        record.outcome = .asAsked
        record.delivery = delivery
        record.failure = proof.route.objection(to: delivery)?.at(plan.host)
    }

    private static func message(of plan: SitePlan, _ run: RunID) -> ScriptMessage? {
        guard let proof = plan.proof else { return nil }
        let test = TestMessage(from: proof.from, to: proof.to, run: run, token: "{TOKEN}", date: "{DATE}")
        return ScriptMessage(
            messageID: test.messageID,
            text: String(decoding: test.bytes, as: UTF8.self),
            log: proof.log,
            seconds: proof.patience
        )
    }
}

extension Failure {
    fileprivate static func noShell(_ plan: SitePlan) -> Failure {
        Failure(
            "there is no script for it: only Exchange is changed by calls of a shell",
            hint: "`mtactl apply` changes it over SSH",
            at: plan.host
        )
    }
}
