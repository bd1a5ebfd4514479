import ArgumentParser
import Drivers
import MTAApply
import MTAPlan

/// What is known of earlier runs: from the journals on the hosts.
extension CommandContext {
    /// `--limit`, with the hosts of runs that it names: `@RUN:failed`, `@RUN:committed`.
    ///
    /// What failed is known on this machine where the run was started here; else, and all the rest, the hosts are
    /// asked.
    static func limit(_ shared: SharedOptions, _ files: Files) async throws -> HostPattern? {
        guard let text = shared.limit else { return nil }
        var lists: [String: String] = [:]
        for name in HostPattern.filesNamed(in: text) {
            guard let reference = try files.checked({ () throws(Failure) in try RunReference(name) }) else { continue }
            lists[name] = try await hosts(of: reference, shared, files).joined(separator: "\n")
        }
        return try files.limit(text, lists: lists)
    }

    private static func hosts(
        of reference: RunReference,
        _ shared: SharedOptions,
        _ files: Files
    ) async throws -> [String] {
        if reference.outcome == .failed, let names = files.lines(of: StateFolder.failedHosts(of: reference.run)) {
            return names
        }
        var everybody = shared
        everybody.limit = nil
        let work = try await CommandContext(inventoryOnly: everybody, showsResults: false, isPart: true)
        let answers = await work.answers { (_, driver) async throws(Failure) in try await driver.kept() }
        await work.close()
        let known = answers.map { host, answer -> (String, RunState?) in
            guard case .success(let kept) = answer else { return (host, nil) }
            return (host, kept.runs.last { $0.run == reference.run }?.state ?? RunState.none)
        }
        if !known.contains(where: { $0.1 != nil && $0.1 != RunState.none }) {
            throw files.stop(.unknownRun(reference.run))
        }
        return known.filter { reference.outcome.fits($0.1) }.map(\.0)
    }

    /// What has to be known before a rollout can be resumed.
    struct Resumption {
        /// Hosts that the run has committed.
        var committed: Set<String> = []
        /// Why a host cannot be resumed.
        var refusals: [String: Failure] = [:]
    }

    /// Asks every host what it knows of the run, and removes the journals of those that were put back: they are tried
    /// again.
    func resumption() async throws -> Resumption {
        let run = run
        let answers = await self.answers { (_, driver) async throws(Failure) -> KeptRuns in
            let kept = try await driver.kept()
            if kept.runs.contains(where: { $0.run == run && $0.state == .restored }) { try await driver.forget([run]) }
            return kept
        }
        var found = Resumption()
        var isKnown = false
        for case (let host, .success(let kept)) in answers {
            let state = kept.runs.last { $0.run == run }?.state
            isKnown = isKnown || state != nil
            if state == .confirmed { found.committed.insert(host) }
            if let newer = kept.runs.last(where: { $0.run > run && $0.state == .confirmed }) {
                found.refusals[host] = Failure(
                    "a newer run, \(newer.run), has changed it since",
                    hint: "apply without --resume, or put that run back first",
                    at: host
                )
            }
        }
        guard isKnown else {
            terminal.complain(.unknownRun(run))
            throw ExitCode(ExitStatus.inputWrong.rawValue)
        }
        return found
    }

    /// The plans of a resumed rollout: what its run has committed is not changed under its name again.
    func resumed(
        _ planned: [(plan: SitePlan?, result: SiteRecord)],
        _ found: Resumption
    ) -> [(plan: SitePlan?, result: SiteRecord)] {
        planned.map { plan, result in
            var result = result
            guard result.outcome == .wouldChange else { return (plan, result) }
            var failure = found.refusals[result.host]
            if failure == nil, found.committed.contains(result.host) {
                // A saved plan says what was to be changed, not what is.
                if isSavedPlan { return (nil, SiteRecord(host: result.host, server: result.server, outcome: .asAsked)) }
                failure = Failure(
                    "this run has committed it, and it was changed since",
                    hint: "apply without --resume",
                    at: result.host
                )
            }
            guard let failure else { return (plan, result) }
            (result.outcome, result.failure) = (.refused, failure)
            return (nil, result)
        }
    }
}

extension Failure {
    fileprivate static func unknownRun(_ run: String) -> Failure {
        Failure("no host that answered has run \(run)", hint: "`mtactl backups list` shows the runs that are kept")
    }
}
