/// Hosts as they are when nothing was done to them, so that only those are booted again to which something was.
actor Ground {
    private static let shared = Ground()
    private var states: [String: HostState] = [:]

    /// Resets the hosts that are not as they were after their last reset.
    static func prepare(_ hosts: [String]) async throws { try await shared.prepare(hosts) }

    /// Resets hosts before they are used again, whatever they look like.
    static func reset(later hosts: [String]) async { await shared.forget(hosts) }

    private func prepare(_ hosts: [String]) async throws {
        let found = try await HostState.now(of: hosts)
        let changed = hosts.filter { states[$0] != found[$0] || found[$0] == nil }
        guard !changed.isEmpty else { return }
        try await Lab.reset(changed)
        for host in changed {
            if let prepared = LabServer.of(host)?.prepared { try await Lab.on(host, prepared) }
        }
        states.merge(try await HostState.now(of: changed)) { $1 }
    }

    private func forget(_ hosts: [String]) { for host in hosts { states[host] = nil } }
}
