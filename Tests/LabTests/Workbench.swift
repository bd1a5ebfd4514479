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

    /// Writes a file for the owner's eyes only, as ssh wants its keys, and gives its whole path.
    func write(_ name: String, _ text: String) throws -> String {
        let file = "\(path)/\(name)"
        guard
            FileManager.default.createFile(
                atPath: file,
                contents: Data(text.utf8),
                attributes: [.posixPermissions: 0o600]
            )
        else {
            throw LabFailure(text: "\(file) cannot be written")
        }
        return file
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
    static let identity = "\(root)Tests/Lab/run/id_ed25519"
    static let knownHosts = "\(root)Tests/Lab/run/known_hosts"

    static func text(of path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }
}
