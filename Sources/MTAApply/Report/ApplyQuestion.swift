package import MTAPlan

/// What is asked before an apply: how many hosts, of which mail servers, in which portions.
package struct ApplyQuestion: Sendable {
    /// `nil` where there is nothing to change, and so nothing to ask.
    package let words: String?

    package init(_ results: [SiteRecord], policy: RolloutPolicy) {
        let changing = results.filter { $0.outcome == .wouldChange }
        guard !changing.isEmpty else {
            words = nil
            return
        }
        let servers = Dictionary(grouping: changing) { $0.server?.name ?? "" }.mapValues(\.count)
            .sorted { ($1.value, $0.key) < ($0.value, $1.key) }
            .map { "\($0.value) \($0.key)" }
        let others = results.count { $0.outcome.isFailure }
        let waves = Rollout(hosts: changing.count + others, policy: policy).waveCount
        words =
            "change \(changing.count) host\(changing.count == 1 ? "" : "s") (\(servers.joined(separator: ", ")))"
            + (waves > 1 ? " in \(waves) waves" : "")
            + (others > 0 ? ", with \(others) refused or unreachable" : "") + "?"
    }
}
