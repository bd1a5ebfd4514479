package import MTAPlan

/// What is reported of a rollout as a whole while it runs.
package enum RolloutEvent: Sendable, Equatable {
    /// The wave of this number begins, with so many hosts.
    case wave(Int, of: Int, hosts: Int)
    /// Told about every second: the seconds left before the wave of this number.
    case pause(secondsLeft: Int, before: Int)
    /// No more hosts are started, for this reason.
    case aborted(Failure)
}

/// Is told how a run progresses.
package protocol RunObserver: Sendable {
    func progress(_ host: String, _ words: String)
    func ended(_ result: SiteRecord)
    func rollout(_ event: RolloutEvent)
}

extension RunObserver {
    package func rollout(_ event: RolloutEvent) {}
}
