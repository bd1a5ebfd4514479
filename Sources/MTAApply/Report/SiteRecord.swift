package import MTAPlan

/// What happened to one site, and all that a report says of it.
package struct SiteRecord: Sendable, Equatable, Codable {
    /// The site's name; of a single host, the host's.
    package var host: String
    package var server: SitePlan.ServerName?
    package var outcome: Outcome
    /// What differs from what was asked; none where nothing was planned.
    package var edits: [Edit]
    /// What is run on the site for them, in order.
    package var commands: [Command]
    package var notes: [String]
    /// Where the site keeps what was replaced.
    package var backup: String?
    package var delivery: Delivery?
    /// Why the outcome is not what was asked for.
    package var failure: Failure?
    package var duration: Duration

    package init(
        host: String,
        server: SitePlan.ServerName? = nil,
        outcome: Outcome,
        edits: [Edit] = [],
        commands: [Command] = [],
        notes: [String] = [],
        backup: String? = nil,
        delivery: Delivery? = nil,
        failure: Failure? = nil,
        duration: Duration = .zero
    ) {
        self.host = host
        self.server = server
        self.outcome = outcome
        self.edits = edits
        self.commands = commands
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
        case .change(let edits, let work): (self.edits, commands) = (edits, work.commands)
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
