import Foundation
import Testing

/// What must be as before when a host was put back, and the way that its mail takes.
struct HostState: Sendable, Equatable {
    /// Rows of `lab tree` without what mail and mtactl leave on purpose.
    var files: Set<String>

    static func now(of host: String) async throws -> HostState {
        let rows = try await Lab.tree(host).filter { row in
            !(["/var/mail", "/home/alice", "/var/backups"] + (LabServer.of(host)?.unseen ?? [])).contains {
                row.hasPrefix($0)
            }
        }
        return HostState(files: Set(rows))
    }

    /// The same whenever the files were written.
    var withoutTimes: HostState {
        let rows = files.map { row in
            var columns = row.components(separatedBy: "\t")
            if columns.count > Self.time { columns[Self.time] = "" }
            return columns.joined(separator: "\t")
        }
        return HostState(files: Set(rows))
    }

    /// The same without a file.
    func without(_ path: String?) -> HostState {
        path.map { path in HostState(files: files.filter { !$0.hasPrefix("\(path)\t") }) } ?? self
    }

    /// The column of `lab tree` that has the time of the last change.
    private static let time = 7

    static func now(of hosts: [String]) async throws -> [String: HostState] {
        try await gathered(from: hosts) { try await now(of: $0) }
    }

    /// Expects each file as it was, nothing in the queue, no lock, nothing of ours running, and mail on the old route.
    static func expectAsBefore(_ before: HostState, on host: String, sourceLocation: SourceLocation = #_sourceLocation)
        async throws
    {
        let after = try await now(of: host)
        #expect(after.files.symmetricDifference(before.files).sorted() == [], "\(host)", sourceLocation: sourceLocation)
        try await expectIdle(host, sourceLocation: sourceLocation)
        let wrong = try await Letter(from: "old@example.com", to: "b@remote.test", way: .internet).take(on: host)
        #expect(wrong == nil, sourceLocation: sourceLocation)
    }

    /// Expects an empty queue, no lock and no process of ours.
    static func expectIdle(_ host: String, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let queued = try await Lab.on(host, LabServer.of(host)?.queued ?? "exit 1")
        #expect(queued.hasPrefix("0"), "\(host)", sourceLocation: sourceLocation)
        let lock = try await Lab.on(host, "ls -d /var/backups/mtactl/lock 2>/dev/null || true")
        #expect(lock.isEmpty, "\(host)", sourceLocation: sourceLocation)
        let running = try await Lab.on(host, "ps -eo args | grep -F /var/backups/mtactl | grep -v grep || true")
        #expect(running.isEmpty, "\(host)", sourceLocation: sourceLocation)
    }
}

extension Lab.Ended {
    /// What `--json` says of a host, as words.
    func said(_ key: String, of host: String) -> String { hosts()[host]?[key] as? String ?? "" }
}
