package import Drivers
package import MTAPlan

/// What is done with one host of a fleet.
///
/// Every result is made in here from this host's own answers, so it can never be another host's.
package struct SiteRun: Sendable {
    package let session: HostSession
    package let run: RunID
    package let catalog: [any Product]
    package let script: FactsScript
    package let secrets: Secrets
    package let observer: any RunObserver

    package init(
        session: HostSession,
        run: RunID,
        catalog: [any Product],
        script: FactsScript,
        secrets: Secrets,
        observer: any RunObserver
    ) {
        self.session = session
        self.run = run
        self.catalog = catalog
        self.script = script
        self.secrets = secrets
        self.observer = observer
    }

    private var name: String { session.name }

    /// Asks the host and plans.
    ///
    /// Changes nothing.
    package func plan(
        _ play: Play,
        verify: TestMessageRequest?,
        mta: MailServerChoice
    ) async -> (plan: SitePlan?, result: SiteRecord) {
        let start = ContinuousClock.now
        do throws(Failure) {
            let files = catalog.flatMap { ($0 as? any MailServer)?.files(for: play.routes) ?? [] }
            let facts = try await session.facts(script.text(for: .plan, files: files))
            let planner = Planner(catalog: catalog)
            let plan = planner.plan(play, verify: verify, for: name, mta: mta, facts: facts, secrets: secrets)
            return (plan, SiteRecord(plan, duration: .now - start))
        } catch {
            return (nil, SiteRecord(host: name, outcome: .unreachable, failure: error.at(name), duration: .now - start))
        }
    }

    /// Does what the plan says, proves it, and confirms it or puts the host back.
    package func apply(_ plan: SitePlan, policy: RolloutPolicy) async -> SiteRecord {
        let start = ContinuousClock.now
        var result = SiteRecord(plan, duration: .zero)
        guard case .change(let changes) = plan.disposition, let serverName = plan.server else { return result }
        do throws(Failure) {
            let server = try Planner(catalog: catalog).known(serverName.name)
            let runner = TransactionRunner(
                run: run,
                host: session,
                plan: plan,
                changes: changes,
                revertAfter: policy.secondsToRevert(patience: plan.proof?.patience ?? 0),
                server: server,
                secrets: secrets,
                progress: progress
            )
            let (outcome, delivery) = await runner.perform()
            result.delivery = delivery
            result.settle(outcome, at: name, run: run)
        } catch {
            result.outcome = .refused
            result.failure = error.at(name)
        }
        result.duration = .now - start
        return result
    }

    /// Sends the test message of a plan on the host as it is.
    ///
    /// Changes no file.
    package func verify(_ plan: SitePlan) async -> SiteRecord {
        let start = ContinuousClock.now
        var result = SiteRecord(plan, duration: .zero)
        guard result.outcome != .refused, let proof = plan.proof, let name = plan.server?.name else { return result }
        do throws(Failure) {
            let server = try Planner(catalog: catalog).known(name)
            let prover = Prover(server: server, proof: proof, run: run, progress: progress)
            let delivery = try await session.withAgent { agent throws(Failure) in
                if let mark = AgentCall.mark(proof.log),
                    case .failed(_, let why) = try await agent.call(mark).ending
                {
                    throw Failure("the mail log cannot be read: \(why)")
                }
                return try await prover.prove(on: agent)
            }
            result.delivery = delivery
            result.failure = proof.route.objection(to: delivery)?.at(self.name)
        } catch {
            result.outcome = .unreachable
            result.failure = error.at(self.name)
        }
        result.duration = .now - start
        return result
    }

    /// Puts the host back as it was before a run, or before its newest one.
    ///
    /// Where the connection is lost while the host puts itself back, what came of it is looked at over a new one.
    package func rollBack(to wanted: String?, force: Bool) async -> SiteRecord {
        let start = ContinuousClock.now
        var result = SiteRecord(host: name, outcome: .unreachable)
        var unanswered: KeptRun?
        do throws(Failure) {
            try await session.withAgent(progress: progress) { agent throws(Failure) in
                let kept = try await agent.keptRuns()
                guard let chosen = kept.last(where: { wanted == nil ? $0.canBePutBack : $0.run == wanted }) else {
                    result.outcome = .refused
                    throw .nothingToPutBack(wanted)
                }
                result.backup = "\(AgentSession.backups)/\(chosen.run)"
                unanswered = chosen
                let reply = try await agent.call(AgentCall(["restore", chosen.run] + (force ? ["--force"] : [])))
                unanswered = nil
                for line in Printable.text(reply.bodies["restore"] ?? []).split(separator: "\n") {
                    progress(String(line))
                }
                switch reply.ending {
                case .done: result.outcome = .rolledBack
                case .failed("stranded", let why):
                    result.outcome = .stranded
                    throw .stranded(reply.saidByRestore ?? why, run: chosen.run, at: name)
                case .failed(let code, let why):
                    result.outcome = .refused
                    throw .notPutBack(code, reply.saidByRestore ?? why, run: chosen.run, after: reply.laterRun)
                case .skipped:
                    result.outcome = .refused
                    throw Failure("the host did not put itself back")
                }
            }
        } catch {
            if let unanswered { result.outcome = await outcome(of: unanswered) }
            if result.outcome != .rolledBack { result.failure = error.at(name) }
        }
        result.duration = .now - start
        return result
    }

    /// What became of a run whose restore program has not answered.
    private func outcome(of kept: KeptRun) async -> Outcome {
        progress("connection lost, looking at what the host has done")
        do throws(Failure) {
            let state = try await session.settledState(of: kept.run)
            if state == .restored { return .rolledBack }
            return state == kept.state && state == .confirmed ? .refused : .stranded
        } catch {
            return .stranded
        }
    }

    private var progress: @Sendable (String) -> Void {
        { [name, observer] words in observer.progress(name, words) }
    }
}

/// Hears of a run as it goes on.
package protocol RunObserver: Sendable {
    func progress(_ host: String, _ words: String)
    func ended(_ result: SiteRecord)
}

extension SiteRecord {
    fileprivate mutating func settle(_ outcome: Transaction.Outcome, at host: String, run: RunID) {
        backup = "\(AgentSession.backups)/\(run.text)"
        switch outcome {
        case .committed:
            self.outcome = .committed
        case .refused(let reason):
            self.outcome = .refused
            backup = nil
            failure = reason.at(host)
        case .rolledBack(let reason):
            self.outcome = .rolledBack
            failure = reason.at(host)
        case .stranded(let reason, let second):
            self.outcome = .stranded
            failure = Failure(
                "\(reason.problem); and putting it back: \(second.problem)",
                hint: "log in and run `sh \(AgentSession.backups)/\(run.text)/restore`; it says what it does",
                at: host
            )
        }
    }
}

extension Failure {
    fileprivate static func nothingToPutBack(_ run: String?) -> Failure {
        Failure(
            run.map { "no backup of run \($0) is kept here" } ?? "there is no run that could be put back",
            hint: "`mtactl backups list` shows what is kept"
        )
    }

    fileprivate static func stranded(_ why: String, run: String, at host: String) -> Failure {
        Failure(
            "not wholly put back: \(why)",
            hint: "log in, mend what it says, and run `sh \(AgentSession.backups)/\(run)/restore` again",
            at: host
        )
    }

    fileprivate static func notPutBack(_ code: String, _ why: String, run: String, after later: String?) -> Failure {
        switch code {
        case "conflict" where later != nil:
            Failure(
                "changed since run \(run): \(why)",
                hint: "run \(later ?? "") changed the same: put that one back first, or give `--force`"
            )
        case "conflict":
            Failure(
                "changed since run \(run): \(why)",
                hint:
                    "look at the difference; `--force` puts back all the same and keeps the present files in the backup"
            )
        case "damaged":
            Failure("the backup of run \(run) is damaged: \(why)", hint: "nothing was written; mend the host by hand")
        case "locked":
            Failure("locked by another run: \(why)", hint: "wait for it; --break-lock opens what nobody will open")
        default:
            Failure("not put back: \(why)", hint: "`mtactl backups show \(run)` shows its journal")
        }
    }
}

extension AgentReply {
    /// The newest run that changed the same files later, where that is why nothing was put back.
    fileprivate var laterRun: String? {
        let mark = "  later changed by run "
        let lines = Printable.text(bodies["restore"] ?? []).split(separator: "\n")
        return lines.filter { $0.hasPrefix(mark) }.map { String($0.dropFirst(mark.count)) }.max()
    }

    /// What the restore program said of files that it could not, or would not, put back.
    fileprivate var saidByRestore: String? {
        let lines = Printable.text(bodies["restore"] ?? []).split(separator: "\n")
        let conflicts = lines.filter { $0.hasSuffix(": changed since") }.map { $0.dropLast(": changed since".count) }
        if !conflicts.isEmpty { return conflicts.joined(separator: ", ") }
        let harmless = [": put back", ": put back, in place", ": as it was", ": removed again"]
        let troubles = lines.filter { line in !harmless.contains { line.hasSuffix($0) } }
        return troubles.isEmpty ? nil : troubles.joined(separator: "; ")
    }
}
