import Foundation

/// A folder of one test's own for playbooks, inventories and plans; gone with it.
final class Workbench: Sendable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appending(path: "mtactl-lab-\(UUID().uuidString)").path()
        try FileManager.default.createDirectory(
            atPath: path,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Writes a file for the owner's eyes only, as ssh wants its keys, and gives its full path.
    func write(_ name: String, _ text: String, mode: Int = 0o600) throws -> String {
        let file = "\(path)/\(name)"
        guard
            FileManager.default.createFile(
                atPath: file,
                contents: Data(text.utf8),
                attributes: [.posixPermissions: mode]
            )
        else {
            throw LabFailure(text: "\(file) cannot be written")
        }
        return file
    }

    func folder(_ name: String) throws {
        try FileManager.default.createDirectory(atPath: "\(path)/\(name)", withIntermediateDirectories: true)
    }

    /// A playbook for a few hosts that goes on whatever becomes of one of them.
    ///
    /// `smarthost` is `filter`, as YAML; `patience` is `within`, for which the test message is waited.
    func playbook(
        hosts: String,
        smarthost: String = "{host: outgoing.example.net, port: 2525}",
        routes: String = "{default: filter}",
        patience: String = "20s",
        rollout: String = "{waves: [100%], max-failures: 100%}"
    ) throws -> String {
        try write(
            "\(UUID().uuidString).yml",
            """
            smarthosts: {filter: \(smarthost)}
            plays:
              - {name: test, hosts: "\(hosts)", routes: \(routes)}
            verify: {to: postmaster@remote.test, from: sender@example.com, within: \(patience)}
            rollout: \(rollout)

            """
        )
    }

    /// An inventory of hosts with what is said of each, as YAML, and the lab's keys where nothing else is.
    func inventory(_ hosts: [String: String]) throws -> String {
        let rows = hosts.sorted { $0.key < $1.key }.map { "    \($0.key): {\($0.value)}" }
        return try write(
            "inventory.yml",
            """
            all:
              vars:
                user: root
                identity-file: \(Lab.identity)
                known-hosts: \(Lab.knownHosts)
              hosts:
            \(rows.joined(separator: "\n"))

            """
        )
    }
}

extension Lab {
    /// What there is while the lab is up: a lab that has a name has a folder of its own, as in `Tests/Lab/lib/common.sh`.
    static let folder =
        switch ProcessInfo.processInfo.environment["MTACTL_LAB_NAME"] {
        case nil, ""?, "mtactl-lab"?: "\(root)Tests/Lab/run"
        case let name?: "\(root)Tests/Lab/run-\(name)"
        }
    static let identity = "\(folder)/id_ed25519"
    static let knownHosts = "\(folder)/known_hosts"

    /// The hosts that are up.
    static func hosts() throws -> Set<String> {
        Set(
            try text(of: "\(folder)/hosts.table").split(separator: "\n").compactMap { $0.split(separator: " ").first }
                .map(
                    String.init
                )
        )
    }

    static func text(of path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }
}
