package import Drivers
package import MTAPlan

/// The work on one site of a fleet.
///
/// Every record is made in here from this site's own answers, so it can never be another site's.
package struct SiteRun: Sendable {
    package let site: any Site
    package let run: RunID
    package let catalog: [any Product]
    package let secrets: Secrets
    package let observer: any RunObserver
    private let clock: any Clock<Duration>

    /// `clock`: Waits for a site that was lost.
    package init(
        site: any Site,
        run: RunID,
        catalog: [any Product],
        secrets: Secrets,
        observer: any RunObserver,
        clock: any Clock<Duration> = ContinuousClock()
    ) {
        self.site = site
        self.run = run
        self.catalog = catalog
        self.secrets = secrets
        self.observer = observer
        self.clock = clock
    }

    private var name: String { site.name }

    /// Asks the site and plans.
    ///
    /// Changes nothing.
    ///
    /// `purpose`: Whether the plan is to be carried out.
    package func plan(
        _ play: Play,
        verify: TestMessageRequest?,
        mta: MailServerChoice,
        for purpose: FactsPurpose = .plan
    ) async -> (plan: SitePlan?, result: SiteRecord) {
        let start = ContinuousClock.now
        do throws(Failure) {
            let files = catalog.flatMap { $0.mailServer?.files(for: play.routes) ?? [] }
            let facts = try await site.facts(for: purpose, files: files)
            let planner = Planner(catalog: catalog)
            var plan = planner.plan(play, verify: verify, for: name, mta: mta, facts: facts, secrets: secrets)
            plan.organisation = facts.organisation
            plan.hasOpenRun = OpenRuns.objection(in: facts) != nil
            if case .change = plan.disposition { plan.notes += facts.guarantees.missing }
            return (plan, SiteRecord(plan, duration: .now - start))
        } catch {
            return (nil, SiteRecord(host: name, outcome: .unreachable, failure: error.at(name), duration: .now - start))
        }
    }

    /// Does what the plan says, proves it, and confirms it or puts the site back.
    package func apply(_ plan: SitePlan, policy: RolloutPolicy) async -> SiteRecord {
        let start = ContinuousClock.now
        var record = SiteRecord(plan, duration: .zero)
        guard case .change(_, let planned) = plan.disposition, let serverName = plan.server else { return record }
        do throws(Failure) {
            guard let work = try await filled(planned, &record) else { return record }
            let server = try Planner(catalog: catalog).known(serverName.name)
            let runner = TransactionRunner(
                site: site,
                work: work,
                opening: RunOpening(
                    run: run,
                    server: serverName.name,
                    log: plan.proof?.log,
                    revertAfter: policy.secondsToRevert(patience: plan.proof?.patience ?? 0),
                    secrets: secrets,
                    edits: record.edits
                ),
                proof: plan.proof.map { ($0, server) },
                clock: clock,
                progress: progress
            )
            let (outcome, delivery) = await runner.perform()
            record.delivery = delivery
            record.settle(outcome, of: run.text, at: name, backup: site.backup(of: run.text))
        } catch {
            record.outcome = .refused
            record.failure = error.at(name)
        }
        record.duration = .now - start
        return record
    }

    /// The work of a plan, with what a saved one does not hold of the site.
    ///
    /// - Returns: `nil` where there is nothing to do, which the record then says.
    private func filled(_ work: Work, _ record: inout SiteRecord) async throws(Failure) -> Work? {
        if !work.isSaved { return work }
        let facts: Facts
        do throws(Failure) {
            facts = try await site.facts(for: .action, files: work.unread)
        } catch {
            (record.outcome, record.failure) = (.unreachable, error.at(name))
            return nil
        }
        if let filled = try work.filled(from: facts, secrets: secrets) { return filled }
        (record.outcome, record.edits, record.commands) = (.asAsked, [], [])
        return nil
    }

    /// Sends the test message of a plan on the site as it is.
    ///
    /// Changes no file.
    package func verify(_ plan: SitePlan) async -> SiteRecord {
        let start = ContinuousClock.now
        var record = SiteRecord(plan, duration: .zero)
        guard record.outcome != .refused, let proof = plan.proof, let name = plan.server?.name else { return record }
        do throws(Failure) {
            let server = try Planner(catalog: catalog).known(name)
            let deliveryCheck = DeliveryCheck(server: server, proof: proof, run: run, clock: clock, progress: progress)
            let delivery = try await site.withDriver(progress: { _ in }) { driver throws(Failure) in
                if let failure = try await driver.mark(proof.log, back: server.trace.lookBack) { throw failure }
                return try await deliveryCheck.prove(on: driver)
            }
            record.delivery = delivery
            record.failure = proof.route.objection(to: delivery, isApplied: plan.outcome == .asAsked)?.at(self.name)
        } catch {
            record.outcome = .unreachable
            record.failure = error.at(self.name)
        }
        record.duration = .now - start
        return record
    }

    /// Puts the site back as it was before a run.
    ///
    /// Where the connection is lost while the site puts itself back, what resulted from it is looked at over a new one.
    package func rollBack(to wanted: String, force: Bool) async -> SiteRecord {
        let start = ContinuousClock.now
        var record = SiteRecord(host: name, outcome: .unreachable)
        var unanswered: KeptRun?
        do throws(Failure) {
            let restored = try await site.withDriver(progress: progress) { driver throws(Failure) in
                let kept = try await driver.kept().runs
                guard let chosen = kept.last(where: { $0.run == wanted }) else {
                    return Restored.refused(.nothingToPutBack(wanted))
                }
                record.backup = site.backup(of: chosen.run)?.path
                unanswered = chosen
                return try await driver.restore(chosen.run, force ? .force : .unlessChanged, progress: progress)
            }
            record.settle(restored, at: name)
        } catch {
            if let unanswered { record.outcome = await outcome(of: unanswered) }
            if record.outcome != .rolledBack { record.failure = error.at(name) }
        }
        record.duration = .now - start
        return record
    }

    /// What happened to a run whose restore program has not answered.
    private func outcome(of kept: KeptRun) async -> Outcome {
        progress("connection lost, checking what the host has done")
        do throws(Failure) {
            let state = try await site.settledState(of: kept.run, clock: clock, progress: progress)
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

extension SiteRecord {
    fileprivate mutating func settle(
        _ outcome: Transaction.Ending,
        of run: String,
        at site: String,
        backup place: BackupPlace?
    ) {
        switch outcome {
        case .committed:
            (self.outcome, backup) = (.committed, place?.path)
        case .unreachable(let reason):
            (self.outcome, failure) = (.unreachable, reason.at(site))
        case .refused(let reason):
            (self.outcome, failure) = (.refused, reason.at(site))
        case .rolledBack(let reason):
            (self.outcome, backup, failure) = (.rolledBack, place?.path, reason.at(site))
        case .stranded(let reason, let second):
            (self.outcome, backup) = (.stranded, place?.path)
            failure = Failure(
                "\(reason.problem); then, while putting it back: \(second.problem)",
                hint: Failure.repairHint(run: run, onHost: place?.restore),
                at: site
            )
        }
    }

    fileprivate mutating func settle(_ restored: Restored, at site: String) {
        switch restored {
        case .done: outcome = .rolledBack
        case .refused(let failure): (outcome, self.failure) = (.refused, failure.at(site))
        case .stranded(let failure): (outcome, self.failure) = (.stranded, failure.at(site))
        }
    }
}

extension Failure {
    fileprivate static func nothingToPutBack(_ run: String) -> Failure {
        Failure(
            "no backup of run \(run) is kept here",
            hint: "`mtactl backups list` shows what is kept"
        )
    }
}
