import MTAPlan
import Synchronization
import Testing

@testable import Drivers

/// A host that does not mean well: what it says costs little, steers no terminal, and is believed no further than it can be.
@Suite struct HostileHostTests {
    @Test func `a host that prints lines of its own without end is given up`() async throws {
        let host = HostileShell { nonce in Array("@\(nonce) x y z\n".utf8).repeated(4000) }

        let failure = await #expect(throws: Failure.self) {
            let agent = try await AgentSession(on: host, nonce: HostileShell.nonce)
            _ = try await agent.call(AgentCall(["list"]))
        }

        #expect(failure?.problem == "the host keeps printing but never answers")
        #expect(host.read < 4 << 20)
    }

    @Test func `a host that prints a body without end is given up`() async throws {
        let host = HostileShell(first: "@\(HostileShell.nonce) begin log\n") { _ in
            [UInt8](repeating: 0x41, count: 1 << 20)
        }

        let failure = await #expect(throws: Failure.self) {
            let agent = try await AgentSession(on: host, nonce: HostileShell.nonce)
            _ = try await agent.call(AgentCall(["list"]))
        }

        #expect(failure?.problem.contains("more than 16 MiB as `log`") == true, "\(failure?.problem ?? "")")
        #expect(host.read < 20 << 20)
    }

    @Test func `noise without end before the agent is ready is given up`() async throws {
        let host = HostileShell(first: "", ready: false) { _ in [UInt8](repeating: 0, count: 1 << 20) }

        let failure = await #expect(throws: Failure.self) {
            _ = try await AgentSession(on: host, nonce: HostileShell.nonce)
        }

        #expect(failure?.problem.contains("more than 1 MiB") == true, "\(failure?.problem ?? "")")
    }

    @Test func `what it says of a step cannot steer a terminal`() async throws {
        let said = Mutex<[String]>([])
        let host = HostileShell { nonce in
            Array("@\(nonce) step swapped \u{1B}]0;owned\u{7}\u{1B}[2J\u{202E}x\r\n@\(nonce) done list\n".utf8)
        }
        let agent = try await AgentSession(on: host, nonce: HostileShell.nonce) { line in
            said.withLock { $0.append(line) }
        }

        _ = try await agent.call(AgentCall(["list"]))

        #expect(said.withLock { $0 } == [#"swapped \x1b]0;owned\x07\x1b[2J\u{202e}x\x0d"#])
    }

    @Test func `marks of another session are no answers`() async throws {
        let host = HostileShell { nonce in
            let other = String(nonce.reversed())
            return Array(
                "@\(other) done list\n\n@\(other) end 0\n@ done list\n @\(nonce) done list\nx@\(nonce) done list\n".utf8
            )
                + Array("@\(nonce) failed list none\n".utf8)
        }
        let agent = try await AgentSession(on: host, nonce: HostileShell.nonce)

        #expect(try await agent.call(AgentCall(["list"])).ending == .failed(code: "none", why: ""))
    }

    @Test(arguments: ["9223372036854775807", "9223372036854775808", "-9223372036854775808", "5", "x"])
    func `no number that it gives traps, or is waited for longer than was armed`(left: String) async throws {
        let said = Mutex<[String]>([])
        let session = HostSession(name: "mx1", questions: FactsScript(asking: [])) { () throws(Failure) in
            (HostileMachine { "@\($0) state restored \(left)\n@\($0) done state\n" }, .none)
        }

        let state = try await session.settledState(of: "run", longest: 3) { line in said.withLock { $0.append(line) } }

        #expect(state == .restored)
        #expect(said.withLock { $0.allSatisfy { $0.contains("in 3 s at the latest") } })
    }

    @Test(arguments: ["two\nlines", "nul\0byte"])
    func `what is more than one line is not sent, as it would end the session`(word: String) async throws {
        let host = HostileShell { nonce in Array("@\(nonce) done show\n".utf8) }
        let agent = try await AgentSession(on: host, nonce: HostileShell.nonce)
        let sent = host.written

        let failure = await #expect(throws: Failure.self) { try await agent.call(AgentCall(["show", word])) }

        #expect(failure?.problem.contains("it is more than one line") == true)
        #expect(host.written == sent)
    }
}

/// A shell that answers every read with the same.
private final class HostileShell: Shell {
    static let nonce = "0123456789abcdef0123456789abcdef"
    private let answer: @Sendable (String) -> [UInt8]
    private let counts: Mutex<(first: [UInt8]?, read: Int, written: Int)>

    init(first: String = "", ready: Bool = true, _ answer: @escaping @Sendable (String) -> [UInt8]) {
        self.answer = answer
        counts = Mutex((Array(((ready ? "@\(Self.nonce) ready 1 0\n" : "") + first).utf8), 0, 0))
    }

    var read: Int { counts.withLock { $0.read } }
    var written: Int { counts.withLock { $0.written } }

    func write(_ bytes: [UInt8]) async throws(Failure) { counts.withLock { $0.written += bytes.count } }
    func finishInput() async throws(Failure) {}
    func close() async {}

    func read(within patience: Duration) async throws(Failure) -> ShellOutput? {
        let bytes = counts.withLock { counts in
            let bytes = counts.first ?? answer(Self.nonce)
            counts.first = nil
            counts.read += bytes.count
            return bytes
        }
        return .output(bytes)
    }
}

/// A host whose agent answers every call with the same.
private struct HostileMachine: Host {
    let name = "mx1"
    let answer: @Sendable (_ nonce: String) -> String

    func start(_ command: String) async throws(Failure) -> any Shell { HostileAgent(answer: answer) }
    func close() async {}
}

private final class HostileAgent: Shell {
    private let answer: @Sendable (String) -> String
    private let state = Mutex<(nonce: String, isReady: Bool)>(("", false))

    init(answer: @escaping @Sendable (String) -> String) { self.answer = answer }

    /// The program's first line is `N=` and the nonce.
    func write(_ bytes: [UInt8]) async throws(Failure) {
        let line = String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
        guard line.hasPrefix("N=") else { return }
        state.withLock { $0.nonce = String(line.dropFirst(2)) }
    }

    func finishInput() async throws(Failure) {}
    func close() async {}

    func read(within patience: Duration) async throws(Failure) -> ShellOutput? {
        let (nonce, wasReady) = state.withLock { state in
            defer { state.isReady = true }
            return state
        }
        return .output(Array((wasReady ? answer(nonce) : "@\(nonce) ready 1 0\n").utf8))
    }
}

extension [UInt8] {
    fileprivate func repeated(_ count: Int) -> [UInt8] { Array(repeatElement(self, count: count).joined()) }
}
