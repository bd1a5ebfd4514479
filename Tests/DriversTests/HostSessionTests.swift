import MTAPlan
import Synchronization
import Testing

@testable import Drivers

@Suite struct HostSessionTests {
    private let host = CountingHost()
    private let script = FactsScript(asking: [])

    private var session: HostSession {
        HostSession(name: host.name, questions: script) { [host] () throws(Failure) in (host, .none) }
    }

    @Test func `the agent comes into the shell that has answered the questions`() async throws {
        let session = session

        let first = try await session.facts(script.text(for: .plan))
        let second = try await session.facts(script.text(for: .plan))
        _ = try await session.withAgent { agent throws(Failure) in try await agent.kept().runs }

        #expect(first.answers["host.name"]?.output == second.answers["host.name"]?.output)
        #expect(first.answers["host.name"]?.status == 0)
        #expect(host.started == 1)

        _ = try await session.withAgent { agent throws(Failure) in try await agent.kept().runs }
        await session.close()

        #expect(host.started == 2)
        #expect(host.closed == 2)
    }

    @Test func `the agent is sent with the questions where something is to be done`() async throws {
        let session = session

        _ = try await session.facts(script.text(for: .action), sendingAgent: true)
        _ = try await session.withAgent { agent throws(Failure) in try await agent.kept().runs }

        #expect(host.started == 1)
        #expect(host.closed == 1)
        await session.close()
        #expect(host.closed == 1)
    }

    @Test func `more questions leave an agent that waits alone`() async throws {
        let session = session

        let first = try await session.facts(script.text(for: .action), sendingAgent: true)
        let second = try await session.facts(script.text(for: .action), sendingAgent: true)
        _ = try await session.withAgent(opensRuns: true) { agent throws(Failure) in try await agent.kept().runs }
        await session.close()

        #expect(first.answers["host.name"]?.output == second.answers["host.name"]?.output)
        #expect(host.started == 2)
        #expect(host.closed == 2)
    }

    @Test func `a shell that nobody came into ends with the session`() async throws {
        let session = session
        _ = try await session.facts(script.text(for: .plan))

        await session.close()

        #expect(host.closed == 1)
    }

    @Test func `a shell that ends before it has answered is closed, and its last words are quoted`() async throws {
        let session = session

        let failure = await #expect(throws: Failure.self) {
            _ = try await session.facts(Array("echo no such luck >&2; exit 1\n".utf8))
        }

        #expect(failure?.problem == "the output of the facts script was cut off; its last output: no such luck")
        #expect(host.closed == 1)
    }

    @Test func `a program that is not there is named`() async throws {
        let session = HostSession(name: "mx1", questions: script) { () throws(Failure) in
            (ProcessHost(name: "mx1", words: ["no-such-program-at-all"]), .none)
        }

        let failure = await #expect(throws: Failure.self) { _ = try await session.facts(script.text(for: .plan)) }

        #expect(failure?.problem.hasPrefix("no-such-program-at-all could not be run") == true)
    }
}

/// This machine, with every shell counted.
private final class CountingHost: Host {
    let name = "mx1"
    private let machine = ProcessHost(name: "mx1", words: ["sh", "-c"])
    private let counts = Mutex((started: 0, closed: 0))

    var started: Int { counts.withLock { $0.started } }
    var closed: Int { counts.withLock { $0.closed } }

    func start(_ command: String) async throws(Failure) -> any Shell {
        counts.withLock { $0.started += 1 }
        return CountedShell(shell: try await machine.start(command), host: self)
    }

    func close() async {}

    fileprivate func countClosed() { counts.withLock { $0.closed += 1 } }
}

private struct CountedShell: Shell {
    let shell: any Shell
    let host: CountingHost

    func write(_ bytes: [UInt8]) async throws(Failure) { try await shell.write(bytes) }
    func finishInput() async throws(Failure) { try await shell.finishInput() }

    func read(within patience: Duration) async throws(Failure) -> ShellOutput? {
        try await shell.read(within: patience)
    }

    func close() async {
        host.countClosed()
        await shell.close()
    }
}
