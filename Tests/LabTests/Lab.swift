import Foundation
import Subprocess
import SystemPackage

/// The lab's real hosts, reached as a user would: by the built `mtactl` and the lab's own command.
///
/// `make lab-test` puts the lab up and sets `MTACTL_LAB`; without it these tests are skipped, and say so.
enum Lab {
    static let isUp = ProcessInfo.processInfo.environment["MTACTL_LAB"] == "1"

    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path()

    /// The built mtactl, or another one that the tests are to see fail.
    static let program = ProcessInfo.processInfo.environment["MTACTL_PROGRAM"] ?? "\(root).build/debug/mtactl"

    /// The password that breaks quoting wherever it can be broken.
    static let awkwardPassword = #"a b:c'd"e$f\g{h}^i%j#"#

    struct Ended: Sendable, CustomStringConvertible {
        var status: Int32
        var output: String
        var errors: String

        var description: String { "exit \(status)\n\(output)\n\(errors)" }

        /// The JSON objects of `--json`, one per line.
        var json: [[String: Any]] {
            output.split(separator: "\n").compactMap {
                try? JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
            }
        }

        func hosts() -> [String: [String: Any]] {
            Dictionary(
                json.filter { $0["type"] as? String == "host" }.map { ($0["host"] as? String ?? "", $0) },
                uniquingKeysWith: { $1 }
            )
        }

        func outcomes() -> [String: String] { hosts().mapValues { $0["outcome"] as? String ?? "" } }
    }

    /// Runs mtactl in the lab's network, on the lab's inventory.
    static func mtactl(_ words: String..., environment: [String: String] = [:]) async throws -> Ended {
        try await mtactl(words, environment: environment)
    }

    /// The same with another inventory than the lab's own.
    static func mtactl(
        _ words: [String],
        inventory: String = "Inventory/lab.yml",
        environment: [String: String] = [:]
    ) async throws -> Ended {
        try await lab(["run", program] + words + ["-i", inventory], environment: environment)
    }

    /// Runs a command line on a host as root, not through mtactl.
    @discardableResult
    static func on(_ host: String, _ command: String) async throws -> String {
        let ended = try await lab(["exec", host, "sh", "-c", command])
        guard ended.status == 0 else { throw LabFailure(text: "\(host): \(command): \(ended)") }
        return ended.output
    }

    static func reset(_ hosts: String...) async throws { try await reset(hosts) }

    static func reset(_ hosts: [String]) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for host in hosts { group.addTask { try await require(lab(["reset", host])) } }
            try await group.waitForAll()
        }
    }

    /// Every file that matters with its type, mode, owner, size, time and hash.
    static func tree(_ host: String) async throws -> [String] {
        let ended = try await lab(["tree", host])
        try require(ended)
        let lines = ended.output.split(separator: "\n").map(String.init)
        guard lines.count > 100 else { throw LabFailure(text: "the tree of \(host) is empty: \(ended)") }
        return lines
    }

    static func smarthost(_ mode: [String]) async throws {
        try require(try await lab(["smarthost"] + mode))
    }

    static func lab(_ words: [String], environment: [String: String] = [:]) async throws -> Ended {
        try await command("\(root)Tests/Lab/lab", words, environment: environment)
    }

    /// Runs a program on this machine, in the project's folder.
    static func command(
        _ program: String,
        _ words: [String],
        environment: [String: String] = [:]
    ) async throws -> Ended {
        let overrides = Dictionary(
            uniqueKeysWithValues: environment.map { (Environment.Key(stringLiteral: $0), Optional($1)) }
        )
        let result = try await run(
            .path(FilePath(program)),
            arguments: Arguments(words),
            environment: .inherit.updating(overrides),
            workingDirectory: FilePath(root),
            output: .string(limit: 32 << 20),
            error: .string(limit: 8 << 20)
        )
        let status: Int32 = if case .exited(let code) = result.terminationStatus { code } else { -1 }
        return Ended(status: status, output: result.standardOutput, errors: result.standardError)
    }

    private static func require(_ ended: Ended) throws {
        guard ended.status == 0 else { throw LabFailure(text: "\(ended)") }
    }
}

struct LabFailure: Error, CustomStringConvertible {
    var text: String
    var description: String { text }
}
