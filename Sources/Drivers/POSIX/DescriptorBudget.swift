internal import Foundation
package import MTAPlan
internal import SSH

/// How many hosts can be worked on at once with the files that this process may have open (`ulimit -n`).
package struct DescriptorBudget: Sendable, Equatable {
    package let limit: Int
    package let atOnce: Int
    /// Whether connections can be kept from the plan to the apply; else each host is logged in to again.
    package let keepsConnections: Bool

    /// What is open without any host: streams, NIO's loops (three files each), what the runtime and the resolver need.
    static func base(cores: Int) -> Int { 16 + 4 * cores }

    /// For `wanted` at once of so many hosts, each of which may need as many files as `each`.
    ///
    /// - Throws: Where there are too few descriptors for one host.
    init(limit: Int, wanted: Int, hosts: Int, each: Int, cores: Int) throws(Failure) {
        let places = (limit - Self.base(cores: cores)) / each
        guard places > 0 || hosts == 0 else {
            throw Failure(
                "this process can open at most \(limit) files at once, too few for a single host",
                hint: "raise the limit: `ulimit -n 1024` in the shell, or wherever its limits are set"
            )
        }
        self.limit = limit
        keepsConnections = places >= hosts
        atOnce = max(1, min(wanted, places))
    }

    /// For these hosts; the limit is raised where the process may do that by itself.
    package init(for hosts: [InventoryHost], atOnce wanted: Int) throws(Failure) {
        let asksSSH = SSHConfigFiles().matter
        // A connection, in addition to it the next address or a key's file; a program has pipes to each of its streams.
        let each =
            hosts.map { host in
                asksSSH || host.connection.transport == .openssh ? 12 : 3 + (host.connection.jumps?.count ?? 0)
            }.max() ?? 1
        let cores = ProcessInfo.processInfo.activeProcessorCount
        let all = Self.base(cores: cores) + hosts.count * each
        try self.init(
            limit: OpenFiles.limit(wanting: all),
            wanted: wanted,
            hosts: hosts.count,
            each: each,
            cores: cores
        )
    }
}
