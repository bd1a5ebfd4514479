import Foundation
import MTAPlan
import Synchronization
import Testing

@testable import Drivers

/// Programs that do not end, do not read, or print without end.
@Suite struct ProcessHostTests {
    private let machine = ProcessHost(name: "mx1", words: ["sh", "-c"])
    /// A word in the command line by which its processes are found.
    private let mark = "mtactl-test-\(UUID().uuidString)"

    @Test(arguments: ["yes", "yes >&2", "trap '' TERM HUP PIPE; yes", "trap '' TERM HUP; while :; do sleep 1; done"])
    func `a program that does not end by itself is ended with all that it started`(_ command: String) async throws {
        let shell = try await machine.start("(: \(mark); \(command)) ; :")
        try await Task.sleep(for: .milliseconds(300))
        #expect(!commandLines(with: mark).isEmpty)

        let closed = await ContinuousClock().measure { await shell.close() }

        #expect(closed < .seconds(8), "\(closed)")
        #expect(commandLines(with: mark).isEmpty)
    }

    @Test func `who prints without end waits until some was read`() async throws {
        let shell = try await machine.start("yes; : \(mark)")
        try await Task.sleep(for: .seconds(1))

        let printed = try #require(outputBytes(ofProcessCalled: "yes", below: mark))

        #expect(printed < 4 << 20, "\(printed) bytes were taken in, of which none was asked for")
        await shell.close()
    }

    @Test func `closing twice at once is closing once, and there is nothing to read afterwards`() async throws {
        let shell = try await machine.start("yes")

        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<4 { group.addTask { await shell.close() } }
        }

        #expect(try await shell.read(within: .seconds(1)) == nil)
    }

    @Test func `what was printed before the end is read to the end`() async throws {
        let shell = try await machine.start("head -c 5000000 /dev/zero; echo end >&2")
        var (output, errors) = (0, "")
        while let piece = try await shell.read(within: .seconds(10)) {
            switch piece {
            case .output(let bytes): output += bytes.count
            case .errors(let bytes): errors += String(decoding: bytes, as: UTF8.self)
            }
        }
        await shell.close()

        #expect(output == 5_000_000)
        #expect(errors == "end\n")
    }

    @Test func `a program that leaves its pipes to another does not keep us`() async throws {
        let shell = try await machine.start("setsid sleep 30 & :")

        let closed = await ContinuousClock().measure { await shell.close() }

        #expect(closed < .seconds(8), "\(closed)")
    }
}

/// What frames a host's answers is nowhere to be read but in the shell's input.
@Suite struct MarksTests {
    @Test func `no process of this machine has the frames' nonce in its command line`() async throws {
        let folder = FileManager.default.temporaryDirectory.path + "/mtactl-marks-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        // As sudo does it: the program's parent, with all of its words in the command line.
        let sudo = "#!/bin/sh\nwhile [ \"$1\" != -- ]; do shift; done; shift\n\"$@\"\n"
        try Data(sudo.utf8).write(to: URL(fileURLWithPath: folder + "/sudo"))
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder + "/sudo")
        let path = "PATH=\(folder):\(ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin")"
        let host = RecordingHost(ProcessHost(name: "mx1", words: ["env", path, "sh", "-c"]))
        let session = HostSession(name: "mx1", questions: FactsScript(asking: [])) {
            () throws(Failure) -> (any Drivers.Host, Privilege) in
            (host, .sudo(password: nil))
        }

        let seen = Task.detached {
            var seen: Set<String> = []
            while !Task.isCancelled { seen.formUnion(commandLines(with: "")) }
            return seen
        }
        _ = try await session.facts(for: .plan, files: [])
        _ = try await session.withAgent { agent throws(Failure) in try await agent.kept() }
        _ = try await session.withAgent { agent throws(Failure) in try await agent.kept() }
        await session.close()
        seen.cancel()

        let nonces = host.nonces
        let lines = await seen.value
        #expect(nonces.count == 3 && Set(nonces).count == 3)
        #expect(lines.contains { $0.contains("exec /bin/sh -s") }, "the shells were not seen")
        for nonce in nonces { #expect(!lines.contains { $0.contains(nonce) }) }
    }

    @Test func `marks are new for each shell`() {
        #expect(
            Set((0..<100).flatMap { _ in [AdmissionMarks.random().prompt, AdmissionMarks.random().entry] }).count == 200
        )
    }
}

/// The command lines of all processes of this machine in which a text is, each with its words apart.
private func commandLines(with text: String) -> [String] {
    processes().compactMap { pid in
        guard let bytes = FileManager.default.contents(atPath: "/proc/\(pid)/cmdline"), !bytes.isEmpty else {
            return nil
        }
        let line = String(decoding: bytes, as: UTF8.self).replacing("\0", with: " ")
        return text.isEmpty || line.contains(text) ? line : nil
    }
}

private func processes() -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []).filter { $0.allSatisfy(\.isNumber) }
}

/// How much a program of this name has written whose parent has the mark in its command line.
private func outputBytes(ofProcessCalled name: String, below mark: String) -> Int? {
    for pid in processes() {
        guard let line = FileManager.default.contents(atPath: "/proc/\(pid)/cmdline"), line == Data("\(name)\0".utf8),
            let status = FileManager.default.contents(atPath: "/proc/\(pid)/status"),
            let parent = String(decoding: status, as: UTF8.self).firstMatch(of: #/PPid:\s+(\d+)/#)?.1,
            let above = FileManager.default.contents(atPath: "/proc/\(parent)/cmdline"),
            String(decoding: above, as: UTF8.self).contains(mark),
            let io = FileManager.default.contents(atPath: "/proc/\(pid)/io")
        else { continue }
        return String(decoding: io, as: UTF8.self).firstMatch(of: #/wchar: (\d+)/#).flatMap { Int($0.1) }
    }
    return nil
}

/// A host with all that is written to its shells.
private final class RecordingHost: Drivers.Host {
    let name = "mx1"
    private let host: ProcessHost
    private let written = Mutex("")

    init(_ host: ProcessHost) { self.host = host }

    var nonces: [String] {
        written.withLock { $0.matches(of: #/(?m)^N=([0-9a-f]{32})$/#).map { String($0.1) } }
    }

    func start(_ command: String) async throws(Failure) -> any Shell {
        RecordedShell(shell: try await host.start(command), host: self)
    }

    func close() async {}

    fileprivate func record(_ bytes: [UInt8]) { written.withLock { $0 += String(decoding: bytes, as: UTF8.self) } }
}

private struct RecordedShell: Shell {
    let shell: any Shell
    let host: RecordingHost

    func write(_ bytes: [UInt8]) async throws(Failure) {
        host.record(bytes)
        try await shell.write(bytes)
    }

    func finishInput() async throws(Failure) { try await shell.finishInput() }

    func read(within patience: Duration) async throws(Failure) -> ShellOutput? {
        try await shell.read(within: patience)
    }

    func close() async { await shell.close() }
}
