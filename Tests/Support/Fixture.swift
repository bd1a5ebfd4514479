package import Foundation
package import MTAPlan

/// One folder under `Fixtures`: what a real host answered, and what is to come of a play on it.
///
/// - `base`, `facts.patch`: a folder of `Fixtures/systems`, and what this host has otherwise, as `Fixtures/pack` keeps it; or
///   `host/…`, `host.stat`, `answers/…` as `Fixtures/record` took them.
/// - `expected.patch` (or `expected/…`), `expected.stat`: every file that is made or changed. `plan.txt`: what a person is shown.
/// - `refusal.txt` instead of these where the play is refused.
package struct Fixture: Sendable, CustomStringConvertible {
    package let server: String
    package let name: String
    package let facts: Facts
    package let folder: URL
    /// The files that are made or changed, as they are to be, by their path on the host.
    package let expected: [String: [UInt8]]

    package var description: String { "\(server)/\(name)" }

    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "MailServersTests/Fixtures")

    /// Every fixture of a mail server.
    ///
    /// - Throws: Where there is none, so that a misspelt folder is not a test that passes.
    package static func all(of server: String) throws -> [Fixture] {
        let folders = try FileManager.default.contentsOfDirectory(at: root, includingPropertiesForKeys: nil)
        guard let folder = folders.first(where: { $0.lastPathComponent.lowercased() == server }) else {
            throw Failure("there is not a folder for `\(server)` in Fixtures")
        }
        let cases = try FileManager.default.contentsOfDirectory(
            at: folder,
            includingPropertiesForKeys: [.isDirectoryKey]
        )
        .filter { try $0.resourceValues(forKeys: [.isDirectoryKey]).isDirectory == true }
        guard !cases.isEmpty else { throw Failure("there is no fixture for `\(server)`") }
        return try cases.map(Fixture.init).sorted { $0.name < $1.name }
    }

    /// What the hosts of Tests/Lab/wild answered, by `SERVER/CASE`.
    package static func wild() throws -> [String: Facts] {
        var all: [String: Facts] = [:]
        let root = root.appending(path: "Wild")
        for server in try FileManager.default.contentsOfDirectory(atPath: root.path) {
            for name in try FileManager.default.contentsOfDirectory(atPath: root.appending(path: server).path) {
                all["\(server)/\(name)"] = try FixtureFiles.facts(root.appending(path: "\(server)/\(name)")).facts()
            }
        }
        return all
    }

    private init(_ folder: URL) throws {
        self.folder = folder
        name = folder.lastPathComponent
        server = folder.deletingLastPathComponent().lastPathComponent
        let files = try FixtureFiles.facts(folder)
        facts = try files.facts()
        expected = try files.expected(folder)
    }

    /// A text next to the host's files, or `nil` where the fixture has none.
    package func text(_ name: String) -> String? {
        try? String(contentsOf: folder.appending(path: name), encoding: .utf8)
    }
}

extension Fixture {
    /// The names of the logs under `Fixtures/Logs`, each with its server's in it.
    package static let logs: [String] = {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: root.appending(path: "Logs").path)) ?? []
        return files.filter { $0.hasSuffix(".log") }.sorted()
    }()

    /// The lines of a log under `Fixtures/Logs`.
    package static func log(_ name: String) throws -> [String] {
        let path = root.appending(path: "Logs/\(name)")
        return try String(contentsOf: path, encoding: .utf8).split(separator: "\n").map(String.init)
    }
}
