internal import MTAPlan

/// What mtactl exits with: one table for all commands.
///
/// Source: DESIGN.md §4.
package enum ExitStatus: Int32, Sendable, CaseIterable {
    case done = 0
    case notDone = 1
    case somethingToChange = 2
    case asFound = 3
    case stranded = 4
    case notDelivered = 5
    case commandLineWrong = 64
    case inputWrong = 65
    case interrupted = 130
    case outputLost = 141

    /// What a command was asked for: by it the same outcome is well, or not.
    package enum Purpose: Sendable, Hashable, CaseIterable {
        /// `apply`, `leave`.
        case change
        case plan
        /// `plan --detailed-exitcode`.
        case detailedPlan
        case check
        case verify
        case rollBack
        /// `facts`, `backups`.
        case ask

        /// What it can exit with after it has contacted hosts, the mildest first.
        package var statuses: [ExitStatus] {
            switch self {
            case .change, .rollBack: [.done, .notDone, .asFound, .stranded]
            case .plan, .ask: [.done, .notDone]
            case .detailedPlan: [.done, .somethingToChange, .notDone]
            case .check: [.done, .notDone, .somethingToChange, .notDelivered]
            case .verify: [.done, .notDone, .notDelivered]
            }
        }
    }

    /// The worst outcome of the sites: it is about those that failed, whatever happened to the others.
    package init(of results: [SiteRecord], for purpose: Purpose) {
        let found = Set(results.map { ExitStatus(of: $0, for: purpose) })
        self = purpose.statuses.last { found.contains($0) } ?? .done
    }

    private init(of result: SiteRecord, for purpose: Purpose) {
        if purpose == .check || purpose == .verify, result.losesMail(for: purpose) {
            self = .notDelivered
            return
        }
        switch result.outcome {
        case .asAsked, .committed: self = .done
        case .wouldChange: self = purpose == .check || purpose == .detailedPlan ? .somethingToChange : .done
        case .refused, .unreachable: self = .notDone
        // A host without a part in the run that is put back is well as it is.
        case .skipped: self = purpose == .rollBack ? .done : .notDone
        case .rolledBack: self = purpose == .rollBack ? .done : .asFound
        case .stranded: self = purpose.statuses.contains(.stranded) ? .stranded : .notDone
        }
    }
}

extension SiteRecord {
    /// Whether the test message on a host as it is did not get through, or not by the way that it should have taken.
    ///
    /// A host that has drifted may send it another way: `check` calls that the drift, and mail lost only where none came through.
    package func losesMail(for purpose: ExitStatus.Purpose) -> Bool {
        guard failure != nil, let delivery else { return false }
        return switch outcome {
        case .asAsked: true
        case .wouldChange: purpose == .verify || delivery.status != .delivered
        case .committed, .refused, .rolledBack, .stranded, .unreachable, .skipped: false
        }
    }
}
