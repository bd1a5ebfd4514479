/// What happened to one host: the same word everywhere.
package enum Outcome: String, Sendable, Hashable, Codable, CaseIterable {
    case asAsked = "as-asked"
    case wouldChange = "would-change"
    case committed
    /// Nothing was changed.
    case refused
    /// The host is as it was found.
    case rolledBack = "rolled-back"
    /// Neither as found nor as asked, or not known: someone has to look.
    case stranded
    case unreachable
    /// Not started, because the rollout ended before.
    case skipped
}
