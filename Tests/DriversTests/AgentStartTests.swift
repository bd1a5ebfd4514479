import MTAPlan
import Synchronization
import Testing

@testable import Drivers

/// What is known of a host whose shell is lost before the agent works there.
@Suite("Agent, not started") struct AgentStartTests {
    /// Takes so many writes, and is gone.
    private final class LosingShell: Shell {
        private let taken: Mutex<Int>

        init(after writes: Int) { taken = Mutex(writes) }

        func write(_ bytes: [UInt8]) async throws(Failure) {
            let left = taken.withLock { left in
                left -= 1
                return left
            }
            if left < 0 { throw Failure("the connection was lost") }
        }

        func finishInput() async throws(Failure) {}
        func read(within patience: Duration) async throws(Failure) -> ShellOutput? {
            throw Failure("the connection was lost")
        }
        func close() async {}
    }

    private func change(on shell: LosingShell) async throws -> Changed {
        let sent = SentAgent(to: shell, opensRuns: true)
        let bench = try DriverBench(.posix)
        let work = try bench.work(to: Content("new\n"))
        return try await POSIXDriver(AgentSession(sent)).change(work, as: bench.opening())
    }

    @Test func `an agent that was not taken whole has changed nothing`() async throws {
        guard case .failed(let failure, .nothingWasChanged) = try await change(on: LosingShell(after: 0)) else {
            Issue.record("it may have changed something")
            return
        }
        #expect(failure.problem == "the connection was lost")
    }

    @Test(arguments: [1, 2])
    func `an agent that was, with calls on their way, may have changed something`(writes: Int) async throws {
        let failure = await #expect(throws: Failure.self) { _ = try await change(on: LosingShell(after: writes)) }
        #expect(failure?.problem == "the connection was lost")
    }
}
