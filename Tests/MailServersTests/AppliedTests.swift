import Drivers
import Foundation
import MTAPlan
import MailServers
import Support
import Testing

/// Each fixture's work, done by the real agent in a folder that plays the host, and undone by the real restore program.
///
/// Of each server one fixture in four; with `MTACTL_ALL_FIXTURES=1` in the environment, all.
@Suite("Work, done and undone", .enabled(if: getuid() == 0, "the agent relies on root's folders alone"))
struct AppliedTests {
    static func cases() throws -> [LawTests.Case] {
        let all = try LawTests.planned().filter { try !$0.proposal().changes.files.isEmpty }
        if ProcessInfo.processInfo.environment["MTACTL_ALL_FIXTURES"] == "1" { return all }
        let byServer = Dictionary(grouping: all, by: \.fixture.server)
        return byServer.values.flatMap { cases in cases.enumerated().filter { $0.offset % 4 == 0 }.map(\.element) }
    }

    @Test(arguments: try cases())
    func `applying gives what is expected, and undoing what was found`(_ test: LawTests.Case) async throws {
        let host = try PlayedHost(test.fixture.facts)
        let found = try host.files()
        let work = try test.proposal().changes
        var expected = found
        for change in work.files {
            switch change.wanted {
            case .absent:
                expected[change.path] = nil
                if let index = change.index { expected[change.path + index.suffix] = nil }
            case .file(_, let mode, _, _):
                let bytes = test.fixture.expected[change.path]
                expected[change.path] = PlayedHost.File(bytes: bytes ?? [], mode: mode)
                if let index = change.index { expected[change.path + index.suffix] = expected[change.path] }
            }
        }
        let run = RunID(startedAt: Date(timeIntervalSince1970: 0), by: "law")
        let opening = RunOpening(
            run: run,
            server: test.fixture.server,
            log: nil,
            revertAfter: 600,
            secrets: FixtureRoutes.secrets
        )
        var calls = try host.placing(work).calls(opening)
        // Nothing is armed on the machine that runs the test.
        calls.removeAll { $0.verb == "arm" }

        let applied = try await host.answers(to: calls + [AgentCall(["confirm"])])
        let applying = try host.files()
        let undone = try await host.answers(to: [AgentCall(["restore", run.text])])

        #expect(applied.filter { !$0.isDone } == [])
        #expect(PlayedHost.differences(applying, expected) == [])
        #expect(undone.filter { !$0.isDone } == [])
        #expect(PlayedHost.differences(try host.files(), found) == [])
        #expect(found != expected)
    }
}

extension AgentReply {
    fileprivate var isDone: Bool { if case .done = ending { true } else { false } }
}

/// A folder with the files that a host was found with.
private final class PlayedHost: Sendable {
    struct File: Equatable {
        var bytes: [UInt8]
        var mode: FileMode
    }

    /// Where `/` of the host is.
    private let root = "/var/lib/mtactl-law-\(UUID().uuidString)"

    init(_ facts: Facts) throws {
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
        for answer in facts.files.values {
            if case .file(let file) = answer { try put(file.bytes, file.mode, at: file.realPath) }
        }
        for file in facts.indexes.values { try put(Array("an index".utf8), file.mode, at: file.realPath) }
    }

    deinit { try? FileManager.default.removeItem(atPath: root) }

    private func put(_ bytes: [UInt8], _ mode: FileMode, at path: String) throws {
        try makeFolder(of: path)
        try Data(bytes).write(to: URL(filePath: root + path))
        try FileManager.default.setAttributes([.posixPermissions: Int(mode.rawValue)], ofItemAtPath: root + path)
    }

    private func makeFolder(of path: String) throws {
        let folder = URL(filePath: root + path).deletingLastPathComponent()
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    /// Every file by its path on the host, but what mtactl keeps.
    func files() throws -> [String: File] {
        var files: [String: File] = [:]
        for path in try FileManager.default.subpathsOfDirectory(atPath: root) where !path.hasPrefix("kept/") {
            let attributes = try FileManager.default.attributesOfItem(atPath: "\(root)/\(path)")
            guard attributes[.type] as? FileAttributeType == .typeRegular else { continue }
            files["/\(path)"] = File(
                bytes: [UInt8](try Data(contentsOf: URL(filePath: "\(root)/\(path)"))),
                mode: FileMode(rawValue: UInt16(attributes[.posixPermissions] as? Int ?? 0))
            )
        }
        return files
    }

    static func differences(_ a: [String: File], _ b: [String: File]) -> [String] {
        Set(a.keys).union(b.keys).filter { a[$0] != b[$0] }.sorted()
    }

    /// The work in this folder: owners are the test's, indexes copies, and no mail server is asked for anything.
    func placing(_ work: POSIXWork) throws -> POSIXWork {
        var placed = POSIXWork(files: [], reload: [["true"]], health: [["true"]])
        placed.derived = work.derived.map { root + $0 }
        for path in work.derived { try makeFolder(of: path) }
        placed.files = try work.files.map { change in
            try makeFolder(of: change.path)
            var change = change
            change.path = root + change.path
            if case .inode = change.expected {
                change.expected = .hash(Digest.sha256([UInt8](try Data(contentsOf: URL(filePath: change.path)))))
            }
            if case .file(let content, let mode, _, _) = change.wanted {
                change.wanted = .file(content, mode: mode, owner: "root", group: "root")
            }
            if let suffix = change.index?.suffix {
                change.index = FileChange.Index(suffix: suffix, build: ["cp", "{}", "{}\(suffix)"])
            }
            return change
        }
        return placed
    }

    func answers(to calls: [AgentCall]) async throws -> [AgentReply] {
        let shell = try await ProcessHost(name: "law", words: ["sh", "-c"]).start("exec sh -s")
        let agent = try await AgentSession(on: shell, nonce: Token.random(bytes: 8), backups: "\(root)/kept")
        try await agent.send(calls)
        var replies: [AgentReply] = []
        for _ in calls {
            replies.append(try await agent.reply())
            // What follows a failed call is not an answer to the next.
            if !(replies.last?.isDone ?? false) { break }
        }
        try await shell.finishInput()
        await shell.close()
        return replies
    }
}
