package import MTAPlan

/// What is told of a rollout as a whole, while it goes on.
package enum RolloutEvent: Sendable, Equatable {
    /// The wave of this number begins, with so many hosts.
    case wave(Int, of: Int, hosts: Int)
    /// Told about each second: so many are left before the wave of this number.
    case pause(secondsLeft: Int, before: Int)
    /// No more hosts are begun, for this reason.
    case aborted(Failure)
}

/// Hears of a run as it goes on.
package protocol RunObserver: Sendable {
    func progress(_ host: String, _ words: String)
    func ended(_ result: SiteRecord)
    func rollout(_ event: RolloutEvent)
}

extension RunObserver {
    package func rollout(_ event: RolloutEvent) {}
}
