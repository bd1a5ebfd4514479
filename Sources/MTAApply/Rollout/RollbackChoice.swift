package import Drivers
package import MTAPlan

/// Which run is rolled back on which host.
///
/// Decided only from what the hosts keep.
package struct RollbackChoice: Sendable {
    package enum Wanted: Sendable, Equatable {
        case run(String)
        /// The newest run that is found on any of the hosts.
        case newest
        /// Each host's newest.
        case each
    }

    /// The runs, by host, in the order of the hosts.
    package private(set) var chosen: [(host: String, run: KeptRun)] = []
    /// Hosts that took no part, are left alone, or did not answer.
    package private(set) var others: [SiteRecord] = []
    /// The one run that is rolled back; `nil` where each host has its own, or there is none.
    package private(set) var run: String?

    /// Hosts that answered and keep nothing that could be put back, where that is true of all that answered.
    package var withoutRun: [SiteRecord] { chosen.isEmpty ? others.filter { $0.outcome == .refused } : [] }

    package init(_ kept: [(host: String, answer: Result<KeptRuns, Failure>)], _ wanted: Wanted) {
        let runs = kept.map { host, answer -> (host: String, runs: [KeptRun]) in
            if case .success(let kept) = answer { (host, kept.runs) } else { (host, []) }
        }
        switch wanted {
        case .run(let name): run = name
        case .newest: run = runs.flatMap(\.runs).filter(\.canBePutBack).map(\.run).max()
        case .each: run = nil
        }
        for (host, own) in runs {
            let found =
                switch wanted {
                case .each: own.last(where: \.canBePutBack)
                case .run, .newest: own.last { $0.run == run }
                }
            if let found { chosen.append((host, found)) }
        }
        let hosts = Set(chosen.map(\.host))
        for (host, answer) in kept where !hosts.contains(host) {
            switch answer {
            case .failure(let failure):
                let outcome: Outcome = failure.isOfReachedHost ? .refused : .unreachable
                others.append(SiteRecord(host: host, outcome: outcome, failure: failure.at(host)))
            case .success where hosts.isEmpty:
                let failure = Failure.nothingToPutBack(wanted).at(host)
                others.append(SiteRecord(host: host, outcome: .refused, failure: failure))
            case .success:
                let words = run.map { "it took no part in run \($0)" } ?? "it has no run to put back"
                others.append(SiteRecord(host: host, outcome: .skipped, failure: Failure(words, at: host)))
            }
        }
    }
}

extension Failure {
    fileprivate static func nothingToPutBack(_ wanted: RollbackChoice.Wanted) -> Failure {
        let words =
            if case .run(let run) = wanted { "no backup of run \(run) is kept here" } else {
                "there is no run to put back"
            }
        return Failure(words, hint: "`mtactl backups list` shows what is kept")
    }
}
