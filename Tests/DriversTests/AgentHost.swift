import Crypto
import Foundation
import MTAPlan
import Subprocess
import Testing

@testable import Drivers

/// A shell that the agent has to run under.
enum AgentShell: String, CaseIterable, CustomTestStringConvertible {
    case dash, bash, busybox, mksh

    var words: [String] { self == .busybox ? ["busybox", "sh"] : [rawValue] }
    var testDescription: String { rawValue }
    /// What the agent says first, run by root.
    ///
    /// mksh has no `printf` of its own, so no text can travel as it is.
    var ready: String { self == .mksh ? "ready 1 0" : "ready 1 0 text" }
}

/// One call of the agent, as a controller sends it.
struct Call {
    var words: [String]
    var payload: [UInt8] = []

    init(_ words: String...) { self.words = words }

    /// A call whose last word is the size of its payload.
    static func with(_ payload: [UInt8], _ words: String...) -> Call {
        var call = Call()
        call.words = words + ["\(payload.count)"]
        call.payload = payload
        return call
    }

    var bytes: [UInt8] { Array((words.map(\.quoted).joined(separator: " ") + "\n").utf8) + payload }
}

extension Frame {
    /// Whether it says that calls can come.
    fileprivate var isReady: Bool { if case .line(let words) = self { words.first == "ready" } else { false } }
}

/// What the agent printed.
struct Conversation {
    var frames: [Frame]

    /// The program's own lines.
    var lines: [String] {
        frames.compactMap { if case .line(let words) = $0 { words.joined(separator: " ") } else { nil } }
    }

    func body(_ wanted: String) -> [UInt8]? {
        frames.compactMap { if case .body(wanted, let bytes, _) = $0 { bytes } else { nil } }.last
    }

    var restoreReport: RestoreReport { RestoreReport(body("restore") ?? []) }

    func text(_ wanted: String) -> String { String(decoding: body(wanted) ?? [], as: UTF8.self) }
}

/// A folder that plays a host: `etc` with configuration, and the agent's backups next to it.
final class AgentHost: Sendable {
    let folder: URL

    init() throws {
        // An agent that ends early reads no more; that is for the test to judge.
        signal(SIGPIPE, SIG_IGN)
        // Where nobody else may write, as the agent demands of every folder above what it changes.
        let own = getuid() == 0 ? "/var/lib" : NSHomeDirectory()
        folder = URL(filePath: "\(own)/mtactl-agent-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder.appending(path: "etc"), withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    func path(_ name: String) -> String { "\(folder.path)/\(name)" }
    var backups: String { path("backups") }

    /// A run's folder, as the agent makes it.
    func makeFolder(of run: String) throws {
        for folder in [backups, "\(backups)/\(run)", "\(backups)/\(run)/files"]
        where !FileManager.default.fileExists(atPath: folder) {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
            try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: folder)
        }
    }

    func write(_ name: String, _ text: String, mode: Int = 0o644, group: Int = 0) throws {
        try Data(text.utf8).write(to: folder.appending(path: name))
        try FileManager.default.setAttributes(
            [
                .posixPermissions: mode, .groupOwnerAccountID: group,
                .modificationDate: Date(timeIntervalSince1970: 1_000_000_000),
            ],
            ofItemAtPath: path(name)
        )
    }

    func read(_ name: String) throws -> String {
        String(decoding: try Data(contentsOf: folder.appending(path: name)), as: UTF8.self)
    }

    func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name)) }

    /// Every file below a folder, by its name there.
    func files(in name: String = "etc") throws -> [String: FileState] {
        guard exists(name) else { return [:] }
        var files: [String: FileState] = [:]
        for file in try FileManager.default.subpathsOfDirectory(atPath: path(name)) {
            let attributes = try FileManager.default.attributesOfItem(atPath: path("\(name)/\(file)"))
            guard attributes[.type] as? FileAttributeType == .typeRegular else { continue }
            files[file] = FileState(
                bytes: [UInt8](try Data(contentsOf: folder.appending(path: "\(name)/\(file)"))),
                mode: attributes[.posixPermissions] as? Int ?? 0,
                owner: attributes[.ownerAccountID] as? Int ?? 0,
                group: attributes[.groupOwnerAccountID] as? Int ?? 0,
                modified: attributes[.modificationDate] as? Date ?? .distantPast
            )
        }
        return files
    }

    /// The state of a run, as the name of a file in its folder says it.
    func state(of run: String) throws -> [String] {
        guard exists("backups/\(run)") else { return [] }
        return try FileManager.default.contentsOfDirectory(atPath: path("backups/\(run)"))
            .filter { $0.hasPrefix("state.") }
    }

    /// Sends the agent to a shell, waits until it is ready, sends the calls, and ends its input.
    ///
    /// The prelude is shell text before the program: functions that stand in for tools; the script is calls that are a
    /// part of it. The wrapper is words before the shell's. Where its answers are `held`, the agent need not send each at
    /// once, as it need not for mtactl.
    func agent(
        _ shell: AgentShell = .dash,
        prelude: String = "",
        program: [UInt8] = SentAgent.agent,
        script: [UInt8] = [],
        wrapper: [String] = [],
        held: Bool = false,
        _ calls: [Call]
    ) async throws -> Conversation {
        let words = wrapper + shell.words + ["-s"]
        // The restore program runs under the same shell.
        let own = "N=5eed\nB=\(backups.quoted)\nsh() { \(shell.words.joined(separator: " ")) \"$@\"; }\n\(prelude)\n"
        let start = Array(own.utf8) + program + script + Array("serve\n".utf8)
        let ended = try await run(
            .name(words[0]),
            arguments: Arguments(Array(words.dropFirst())),
            environment: .inherit,
            input: .inputWriter,
            output: .sequence,
            error: .combinedWithOutput
        ) { execution in
            var parser = FrameParser(nonce: "5eed", limit: 64 << 20)
            var frames: [Frame] = []
            let bytes = (held ? [Call("hold")] + calls + [Call("release")] : calls).flatMap(\.bytes)
            let writer = execution.standardInputWriter
            _ = try await writer.write(start)
            try await withThrowingTaskGroup(of: Void.self) { group in
                var isReady = false
                for try await chunk in execution.standardOutput {
                    frames += try parser.append([UInt8](Data(buffer: chunk)))
                    guard !isReady, frames.contains(where: \.isReady) else { continue }
                    isReady = true
                    group.addTask {
                        // A session that was killed no longer reads.
                        _ = try? await writer.write(bytes)
                        try? await writer.finish()
                    }
                }
                try? await writer.finish()
                try await group.waitForAll()
            }
            return frames
        }
        return Conversation(frames: ended.closureResult)
    }

    /// Runs a program as a person at the console would.
    func console(_ words: [String]) async throws -> (status: Int, output: String) {
        let ended = try await run(
            .name(words[0]),
            arguments: Arguments(Array(words.dropFirst())),
            output: .string(limit: 1 << 20),
            error: .combinedWithOutput
        )
        guard case .exited(let status) = ended.terminationStatus else { return (-1, "killed") }
        return (Int(status), ended.standardOutput)
    }

    func restore(
        _ run: String,
        _ options: String...,
        under shell: AgentShell = .dash
    ) async throws -> (status: Int, output: String) {
        try await console(shell.words + [path("backups/\(run)/restore")] + options)
    }
}

/// Everything of a file that has to come back.
struct FileState: Equatable {
    var bytes: [UInt8]
    var mode: Int
    var owner: Int
    var group: Int
    var modified: Date

    /// What a plan asks for.
    var asked: Asked { Asked(text: String(decoding: bytes, as: UTF8.self), mode: mode, owner: owner, group: group) }

    struct Asked: Equatable {
        var text: String
        var mode: Int
        var owner = 0
        var group = 0
    }
}

func sha256(_ bytes: [UInt8]) -> String {
    SHA256.hash(data: bytes).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
}

extension String {
    var quoted: String { "'" + replacingOccurrences(of: "'", with: "'\\''") + "'" }
}
