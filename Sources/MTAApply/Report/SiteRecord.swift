package import MTAPlan

/// What became of one host, and all that a report says of it.
package struct SiteRecord: Sendable, Equatable {
    package var host: String
    package var server: SitePlan.ServerName?
    package var outcome: Outcome
    package var changes: POSIXWork?
    package var notes: [String]
    /// The folder on the host.
    package var backup: String?
    package var delivery: Delivery?
    /// Why the outcome is not what was asked for.
    package var failure: Failure?
    package var duration: Duration

    package init(
        host: String,
        server: SitePlan.ServerName? = nil,
        outcome: Outcome,
        changes: POSIXWork? = nil,
        notes: [String] = [],
        backup: String? = nil,
        delivery: Delivery? = nil,
        failure: Failure? = nil,
        duration: Duration = .zero
    ) {
        self.host = host
        self.server = server
        self.outcome = outcome
        self.changes = changes
        self.notes = notes
        self.backup = backup
        self.delivery = delivery
        self.failure = failure
        self.duration = duration
    }

    /// The result of planning alone.
    package init(_ plan: SitePlan, duration: Duration) {
        self.init(
            host: plan.host,
            server: plan.server,
            outcome: plan.outcome,
            notes: plan.notes,
            duration: duration
        )
        switch plan.disposition {
        case .asAsked: break
        case .change(let changes): self.changes = changes
        case .refused(let failure): self.failure = failure
        }
    }
}

extension SiteRecord {
    /// Why the outcome is not what was asked for, with the file of the host where that was found.
    package var reason: String? { failure?.problem(on: host) }
}

extension Failure {
    /// The problem and its place, where that is not the host itself and the problem does not name it.
    package func problem(on host: String) -> String {
        guard let place, place != host, !problem.contains(place) else { return problem }
        return "\(place): \(problem)"
    }
}
