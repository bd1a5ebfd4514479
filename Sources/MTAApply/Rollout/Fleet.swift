internal import Drivers
package import MTAPlan

/// Many hosts, side by side and in waves.
package struct Fleet: Sendable {
    private let parallel: Int
    private let observer: any RunObserver
    /// Whether a host's connection is kept for the next step.
    private let keepsConnections: Bool
    /// Whether hosts may still be started; false once the operator has asked to stop.
    private let mayBegin: @Sendable () -> Bool

    package init(
        parallel: Int,
        observer: any RunObserver,
        keepsConnections: Bool = true,
        mayBegin: @escaping @Sendable () -> Bool = { true }
    ) {
        self.parallel = parallel
        self.observer = observer
        self.keepsConnections = keepsConnections
        self.mayBegin = mayBegin
    }

    /// An answer of each host, in their order; `nil` of hosts that were not started.
    ///
    /// Every walk over hosts is one of the fleet's: it has no more connections open than the descriptors allow.
    package func ask<Answer: Sendable>(
        _ hosts: [SiteRun],
        _ question: @escaping @Sendable (SiteRun) async -> Answer
    ) async -> [Answer?] {
        await SideBySide.map(hosts, atOnce: parallel, while: mayBegin, on: \.site.executor) { host in
            let answer = await question(host)
            await leave(host)
            return answer
        }
    }

    /// Closes the hosts' connections.
    package func close(_ hosts: [SiteRun]) async {
        _ = await SideBySide.map(hosts, atOnce: parallel, on: \.site.executor) { await $0.site.close() }
    }

    /// One result for each host, in their order; hosts that were not started are `skipped`.
    package func each(
        _ hosts: [SiteRun],
        _ work: @escaping @Sendable (SiteRun) async -> SiteRecord
    ) async -> [SiteRecord] {
        let results = await ask(hosts) { host in
            let result = await work(host)
            precondition(result.host == host.site.name, "a result of another host")
            observer.ended(result)
            return result
        }
        return zip(hosts, results).map { host, result in result ?? skipped(host) }
    }

    /// Plans for all; a host without a plan could not be asked.
    package func plan(
        _ hosts: [SiteRun],
        _ work: @escaping @Sendable (SiteRun) async -> (plan: SitePlan?, result: SiteRecord)
    ) async -> [(plan: SitePlan?, result: SiteRecord)] {
        let planned = await ask(hosts, work)
        return zip(hosts, planned).map { host, planned in planned ?? (nil, .skipped(host.site.name)) }
    }

    /// Applies in waves, and stops when too many of a wave fail.
    ///
    /// `planned`: In the order in which they are to be changed. Hosts that are as asked belong to no wave.
    ///
    /// `done`: How many hosts a resumed rollout has committed already.
    ///
    /// - Returns: A result for each, and why the rollout was ended early.
    package func apply(
        _ planned: [(host: SiteRun, plan: SitePlan?, result: SiteRecord)],
        policy: RolloutPolicy,
        done: Int = 0
    ) async -> (results: [SiteRecord], aborted: Failure?) {
        let (asAsked, others) = (
            planned.filter { $0.result.outcome == .asAsked }, planned.filter { $0.result.outcome != .asAsked }
        )
        for host in asAsked { observer.ended(host.result) }
        var rollout = Rollout(hosts: others.count, policy: policy, done: done)
        var results: [SiteRecord] = []
        var aborted: Failure?
        var step = rollout.next(after: [])
        rolling: while true {
            switch step {
            case .done: break rolling
            case .abort(let failure, let rest):
                // Where none is left to begin and none is put back, there is nothing to say but the hosts' own ends.
                if !rest.isEmpty || policy.onAbort == .rollBack {
                    aborted = failure
                    observer.rollout(.aborted(failure))
                }
                results += others[rest].map { skipped($0.host, because: failure) }
                if policy.onAbort == .rollBack { results = await rolledBack(others, results) }
                break rolling
            case .wave(let range):
                if range.lowerBound > 0 { await pause(policy.pause, before: rollout.wave) }
                if mayBegin() {
                    observer.rollout(.wave(rollout.wave, of: rollout.waveCount, hosts: range.count))
                }
                let wave = await apply(Array(others[range]), policy)
                results += wave
                step = rollout.next(after: wave.map(\.outcome))
            }
        }
        return (asAsked.map(\.result) + results, aborted)
    }

    /// Waits between two waves, and no longer once the operator has asked to stop.
    private func pause(_ duration: Duration, before wave: Int) async {
        let end = ContinuousClock.now + duration
        var told: Int?
        while mayBegin() {
            let left = end - .now
            guard left > .zero else { return }
            let seconds = Int(left.seconds.rounded(.up))
            if seconds != told { observer.rollout(.pause(secondsLeft: seconds, before: wave)) }
            told = seconds
            do { try await Task.sleep(for: min(left, .milliseconds(100))) } catch { return }
        }
    }

    private func apply(
        _ wave: [(host: SiteRun, plan: SitePlan?, result: SiteRecord)],
        _ policy: RolloutPolicy
    ) async -> [SiteRecord] {
        let turns = Turns()
        let results = await SideBySide.map(wave, atOnce: parallel, while: mayBegin, on: \.host.site.executor) {
            host,
            plan,
            result in
            let result =
                if let plan {
                    await turns.take(plan.organisation) { await host.apply(plan, policy: policy) }
                } else {
                    result
                }
            precondition(result.host == host.site.name, "a result of another host")
            await leave(host)
            observer.ended(result)
            return result
        }
        return zip(wave, results).map { planned, result in result ?? skipped(planned.host) }
    }

    /// Closes the host's connection, where the descriptors do not suffice for all of them.
    private func leave(_ host: SiteRun) async {
        if !keepsConnections { await host.site.close() }
    }

    /// Says that a site was not started.
    ///
    /// `reason`: Why the rollout was stopped; `nil` where the operator has interrupted it.
    private func skipped(_ host: SiteRun, because reason: Failure? = nil) -> SiteRecord {
        let result = SiteRecord.skipped(host.site.name, because: reason)
        observer.ended(result)
        return result
    }

    /// `on-abort: roll-back`: the hosts that were committed before are put back too.
    private func rolledBack(
        _ planned: [(host: SiteRun, plan: SitePlan?, result: SiteRecord)],
        _ results: [SiteRecord]
    ) async -> [SiteRecord] {
        let committed = Set(results.filter { $0.outcome == .committed }.map(\.host))
        let hosts = planned.map(\.host).filter { committed.contains($0.site.name) }
        let back = await each(hosts) { await $0.rollBack(to: $0.run.text, force: false) }
        let byHost = Dictionary(uniqueKeysWithValues: back.map { ($0.host, $0) })
        return results.map { byHost[$0.host] ?? $0 }
    }
}

extension SiteRecord {
    fileprivate static func skipped(_ host: String, because reason: Failure? = nil) -> SiteRecord {
        let why = reason.map { "the rollout was stopped: \($0.problem)" } ?? "interrupted"
        return SiteRecord(host: host, outcome: .skipped, failure: Failure("not started: \(why)", at: host))
    }
}
