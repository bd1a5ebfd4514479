package import Foundation
package import MTAPlan

/// One folder under `Fixtures`: what a real host answered, and what is to come of a play on it.
///
/// - `host/…`, `host.stat`, `answers/…`: as `Fixtures/record` took them.
/// - `expected/…`, `expected.stat`: every file that is made or changed. `plan.txt`: what a person is shown.
/// - `refusal.txt` instead of these where the play is refused.
package struct Fixture: Sendable, CustomStringConvertible {
    package let server: String
    package let name: String
    package let facts: Facts
    package let folder: URL

    package var description: String { "\(server)/\(name)" }

    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "MailServersTests/Fixtures")

    /// Every fixture of a mail server.
    ///
    /// - Throws: Where there is none, so that a misspelt folder is not a test that passes.
    package static func all(of server: String) throws -> [Fixture] {
        let folders = try FileManager.default.contentsOfDirectory(at: root, includingPropertiesForKeys: nil)
        guard let folder = folders.first(where: { $0.lastPathComponent.lowercased() == server }) else {
            throw Failure("there is no folder for `\(server)` in Fixtures")
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
                all["\(server)/\(name)"] = try facts(root.appending(path: "\(server)/\(name)"))
            }
        }
        return all
    }

    private init(_ folder: URL) throws {
        self.folder = folder
        name = folder.lastPathComponent
        server = folder.deletingLastPathComponent().lastPathComponent
        facts = try Self.facts(folder)
    }

    /// A text beside the host's files, or `nil` where the fixture has none.
    package func text(_ name: String) -> String? {
        try? String(contentsOf: folder.appending(path: name), encoding: .utf8)
    }

    /// The files under a folder of the fixture, by their path on the host.
    package func files(under name: String) throws -> [String: [UInt8]] {
        let root = folder.appending(path: name)
        guard let paths = FileManager.default.enumerator(atPath: root.path) else { return [:] }
        var result: [String: [UInt8]] = [:]
        while let path = paths.nextObject() as? String {
            let file = root.appending(path: path)
            if try file.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true {
                result["/" + path] = [UInt8](try Data(contentsOf: file))
            }
        }
        return result
    }

    private static func facts(_ folder: URL) throws -> Facts {
        let stat = try String(contentsOf: folder.appending(path: "host.stat"), encoding: .utf8)
        var facts = Facts(answers: try answers(folder))
        for line in stat.split(separator: "\n") {
            let words = line.split(separator: " ", maxSplits: 3).map(String.init)
            if words[0] == "absent" {
                facts.files[words[1...].joined(separator: " ")] = .absent
                continue
            }
            if words[0] == "unreadable" {
                facts.files[words[1]] = .unreadable(words[2...].joined(separator: " "))
                continue
            }
            let paths = words[3].split(separator: " -> ").map(String.init)
            guard let mode = FileMode(octal: words[0]) else { throw Failure("`\(words[0])` is no mode") }
            var file = FoundFile(
                realPath: paths.last ?? paths[0],
                bytes: [],
                mode: mode,
                owner: words[1],
                group: words[2]
            )
            // As `facts.sh` does it.
            if [".db", ".lmdb", ".cdb"].contains(where: paths[0].hasSuffix) {
                facts.indexes[paths[0]] = file
            } else {
                file.bytes = [UInt8](try Data(contentsOf: folder.appending(path: "host" + paths[0])))
                facts.files[paths[0]] = .file(file)
            }
        }
        return facts
    }

    private static func answers(_ folder: URL) throws -> [String: Facts.Answer] {
        let root = folder.appending(path: "answers")
        var answers: [String: Facts.Answer] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: root.path)
        where !name.hasSuffix(".status") && !name.hasSuffix(".errors") {
            let read = { (suffix: String) in try? Data(contentsOf: root.appending(path: name + suffix)) }
            answers[name] = Facts.Answer(
                output: [UInt8](read("") ?? Data()),
                errors: [UInt8](read(".errors") ?? Data()),
                status: Int(String(decoding: read(".status") ?? Data("0".utf8), as: UTF8.self).filter(\.isNumber)) ?? 0
            )
        }
        return answers
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
