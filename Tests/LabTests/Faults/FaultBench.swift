import Foundation

/// Hosts of one server with their gates, as they were found and as they are when all goes well.
struct FaultBench: Sendable {
    let server: FaultyServer
    let hosts: [String]
    let bench: Workbench
    /// Long enough for any machine, short enough for a switch that is waited for.
    private let patience = 25

    private(set) var found: [String: HostTree] = [:]
    private(set) var asked: [String: HostTree] = [:]
    /// The lines of a transaction that nothing happens to.
    private(set) var lines: [String] = []
    /// Files that hold the password when all goes well.
    private(set) var secretFiles: Set<String> = []

    init(_ server: FaultyServer, on hosts: [String]) async throws {
        self.server = server
        self.hosts = hosts
        bench = try Workbench()
        for folder in ["tmp", "home"] { try bench.folder(folder) }
        _ = try bench.write("secret", Lab.awkwardPassword + "\n")
        try await Lab.reset(hosts)
        _ = try await gathered(from: hosts) { host in
            try await Gate(host: host).install()
            try await Gate(host: host).close(at: nil)
            try await Lab.on(host, "mkdir -p /fault; cat >/fault/patterns <<'END'\n\(Lab.awkwardPassword)\nEND")
        }
        found = try await trees(of: hosts)

        let applied = try await apply(hosts)
        guard hosts.allSatisfy({ applied.outcomes()[$0] == "committed" }) else {
            throw LabFailure(text: "without a fault: \(applied)")
        }
        asked = try await trees(of: hosts)
        lines = try await Gate(host: hosts[0]).lines()
        secretFiles = try await gathered(from: hosts) { try await FaultFindings.secretFiles(on: $0) }
            .values.reduce(into: []) { $0.formUnion($1) }
        guard try await rollBack(hosts).status == 0 else { throw LabFailure(text: "cannot be rolled back") }
        for (host, tree) in try await trees(of: hosts) where tree != found[host] {
            throw LabFailure(text: "\(host) without a fault: \(tree.difference(from: found[host]))")
        }
    }

    func trees(of hosts: [String]) async throws -> [String: HostTree] {
        let server = server
        return try await gathered(from: hosts) { try await HostTree(of: $0, server) }
    }

    /// Where mtactl may leave something: a home and a folder for temporary files of its own.
    var environment: [String: String] { ["HOME": "\(bench.path)/home", "TMPDIR": "\(bench.path)/tmp"] }

    func playbook(revertAfter seconds: Int) throws -> String {
        try bench.write(
            "playbook-\(seconds).yml",
            """
            smarthosts:
              filter: {host: outgoing.example.net, tls: verified, login: {username: awkward, password: file:secret}}
            plays:
              - {name: faults, hosts: all, routes: {default: filter}}
            verify: {to: postmaster@remote.test, from: sender@example.com, within: \(patience)s}
            rollout: {waves: [100%], max-failures: 100%, revert-after: \(seconds)s}

            """
        )
    }

    func apply(_ hosts: [String], revertAfter seconds: Int = 600) async throws -> Lab.Ended {
        try await mtactl(["apply", try playbook(revertAfter: seconds), "--yes"], on: hosts)
    }

    func rollBack(_ hosts: [String]) async throws -> Lab.Ended {
        try await mtactl(["rollback", "--each", "--yes"], on: hosts)
    }

    /// Its process is in the file `mtactl.pid`.
    func mtactl(_ words: [String], on hosts: [String]) async throws -> Lab.Ended {
        let inLab = ["\(Lab.root)Tests/Lab/lab", "run", Lab.program] + words
        let inventory = "\(Lab.folder)/fleet.yml"
        let own = ["--json", "-v", "--parallel", "100", "-l", hosts.joined(separator: ","), "-i", inventory]
        return try await Lab.command(
            "/bin/sh",
            ["-c", "echo $$ >\"$0\"; exec \"$@\"", "\(bench.path)/mtactl.pid"] + inLab + own,
            environment: environment
        )
    }

    func killController() async throws {
        _ = try await Lab.command("/bin/kill", ["-9", try Lab.text(of: "\(bench.path)/mtactl.pid").trimmed])
    }

    /// Files of the controller that hold the password.
    func secretsLeftHere() async throws -> String {
        try await Lab.command(
            "/usr/bin/grep",
            ["-rlaF", Lab.awkwardPassword, "\(bench.path)/home", "\(bench.path)/tmp"]
        )
        .output
    }
}

/// All files of a host but those that mail, the gate and mtactl leave on purpose.
struct HostTree: Sendable, Equatable {
    var rows: Set<String>

    /// The column that has the time of the last change.
    private static let time = 7

    init(of host: String, _ server: FaultyServer) async throws {
        let unseen =
            ["/var/mail", "/home/alice", "/var/backups", "/run/"] + (server.lab?.unseen ?? []) + server.rewritten
        let rows = try await Lab.tree(host).filter { row in !unseen.contains { row.hasPrefix($0) } }
        self.rows = Set(
            rows.map { row in
                var columns = row.components(separatedBy: "\t")
                if server.touched.contains(columns[0]) { columns[Self.time] = "" }
                return columns.joined(separator: "\t")
            }
        )
    }

    func difference(from other: HostTree?) -> String {
        rows.symmetricDifference(other?.rows ?? []).sorted().joined(separator: "; ")
    }

    /// What holds of every run alike: path, type, mode, owner, group and links.
    ///
    /// An index has its time in it.
    var shape: Set<String> { Set(rows.map { $0.split(separator: "\t").prefix(6).joined(separator: "\t") }) }
}

extension String {
    var trimmed: String { trimmingCharacters(in: .whitespacesAndNewlines) }
}
