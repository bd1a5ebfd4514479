import Foundation
import MTAPlan
import Synchronization

/// The files of a fixture's folder: those of its system, its patch, and what lies there whole.
struct FixtureFiles {
    /// By path: `host/…`, `host.stat`, `answers/…`.
    private(set) var bytes: [String: [UInt8]] = [:]

    private static let systems = Mutex<[String: FixtureFiles]>([:])

    static func facts(_ folder: URL) throws -> FixtureFiles {
        var files = FixtureFiles()
        if let base = try read(folder.appending(path: "base")) {
            files = try system(String(decoding: base.dropLast(), as: UTF8.self))
        }
        if let patch = try read(folder.appending(path: "facts.patch")) { try Patch(patch).apply(to: &files.bytes) }
        for name in ["host", "answers"] { files.bytes.merge(try under(folder, name)) { $1 } }
        if let stat = try read(folder.appending(path: "host.stat")) { files.bytes["host.stat"] = stat }
        return files
    }

    private static func system(_ name: String) throws -> FixtureFiles {
        if let known = systems.withLock({ $0[name] }) { return known }
        let files = try facts(Fixture.root.appending(path: "systems/\(name)"))
        systems.withLock { $0[name] = files }
        return files
    }

    /// The files as they are to be, by their path on the host.
    func expected(_ folder: URL) throws -> [String: [UInt8]] {
        let whole = try Self.under(folder, "expected")
        guard whole.isEmpty, let text = try Self.read(folder.appending(path: "expected.patch")) else {
            return Dictionary(
                uniqueKeysWithValues: whole.map { (String($0.key.dropFirst("expected".count)), $0.value) }
            )
        }
        let patch = try Patch(text)
        var files = Dictionary(
            uniqueKeysWithValues: bytes.compactMap { path, bytes in
                path.hasPrefix("host/") ? (String(path.dropFirst("host/".count)), bytes) : nil
            }
        )
        try patch.apply(to: &files)
        return Dictionary(uniqueKeysWithValues: patch.paths.map { ("/" + $0, files[$0] ?? []) })
    }

    /// `nil` where there is no such file.
    private static func read(_ file: URL) throws -> [UInt8]? {
        guard FileManager.default.fileExists(atPath: file.path) else { return nil }
        return [UInt8](try Data(contentsOf: file))
    }

    private static func under(_ folder: URL, _ name: String) throws -> [String: [UInt8]] {
        let root = folder.appending(path: name)
        guard let paths = FileManager.default.enumerator(atPath: root.path) else { return [:] }
        var result: [String: [UInt8]] = [:]
        while let path = paths.nextObject() as? String {
            let file = root.appending(path: path)
            if try file.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true {
                result["\(name)/\(path)"] = [UInt8](try Data(contentsOf: file))
            }
        }
        return result
    }
}

extension FixtureFiles {
    /// What the host answered, as the facts script tells it.
    func facts() throws -> Facts {
        guard let stat = bytes["host.stat"] else { throw Failure("a fixture has no host.stat") }
        var facts = Facts(answers: answers)
        for line in String(decoding: stat, as: UTF8.self).split(separator: "\n") {
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
                guard let found = bytes["host" + paths[0]] else { throw Failure("a fixture has no host\(paths[0])") }
                file.bytes = found
                facts.files[paths[0]] = .file(file)
            }
        }
        return facts
    }

    private var answers: [String: Facts.Answer] {
        var answers: [String: Facts.Answer] = [:]
        for (path, output) in bytes
        where path.hasPrefix("answers/") && !path.hasSuffix(".status") && !path.hasSuffix(".errors") {
            let status = bytes[path + ".status"].map { String(decoding: $0, as: UTF8.self).filter(\.isNumber) }
            answers[String(path.dropFirst("answers/".count))] = Facts.Answer(
                output: output,
                errors: bytes[path + ".errors"] ?? [],
                status: status.flatMap { Int($0) } ?? 0
            )
        }
        return answers
    }
}
