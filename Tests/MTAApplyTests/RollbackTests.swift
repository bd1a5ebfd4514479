import Drivers
import struct Foundation.Date
import MTAPlan
import Synchronization
import Testing

@testable import MTAApply

@Suite struct RollbackTests {
    @Test(
        arguments: [
            ("restored", Outcome.rolledBack), ("confirmed", .refused), ("stranded", .stranded), ("none", .stranded),
        ]
    )
    func `a rollback whose answer is lost is what the host says it is`(state: String, outcome: Outcome) async {
        let result = await Self.rolledBack(HostThatHangsUp(at: "restore", state: state))

        #expect(result.outcome == outcome)
        #expect((result.failure == nil) == (outcome == .rolledBack))
    }

    @Test func `a host that is lost before anything was asked of it is unreachable, whatever the hint`() async {
        let result = await Self.rolledBack(HostThatHangsUp(at: "list", state: "confirmed"))

        #expect(result.outcome == .unreachable)
        #expect(result.failure?.place == "mx1")
    }

    private static func rolledBack(_ host: HostThatHangsUp) async -> SiteRecord {
        let session = HostSession(name: "mx1", questions: FactsScript(asking: [])) { () async throws(Failure) in
            (host, .none)
        }
        let run = RunID(startedAt: Date(), by: "anna@laptop")
        return await SiteRun(
            site: session,
            run: run,
            catalog: [],
            secrets: Secrets(),
            observer: Silence()
        )
        .rollBack(to: "20261121T184002Z-7f3a", force: false)
    }
}

private struct Silence: RunObserver {
    func progress(_ host: String, _ words: String) {}
    func ended(_ result: SiteRecord) {}
}

/// A host whose agent answers every call but one, at which the connection ends.
private final class HostThatHangsUp: Host, Shell {
    let name = "mx1"
    private let verb: String
    private let state: String
    private let answers = Mutex((nonce: "", lines: [String](), isCut: false))

    init(at verb: String, state: String) {
        self.verb = verb
        self.state = state
    }

    func start(_ command: String) async throws(Failure) -> any Shell {
        answers.withLock { $0 = ("", [], false) }
        return self
    }

    func close() async {}
    func finishInput() async throws(Failure) {}

    func write(_ bytes: [UInt8]) async throws(Failure) {
        let text = String(decoding: bytes, as: UTF8.self)
        answers.withLock { answers in
            if text.hasPrefix("N=") {
                answers.nonce = String(text.dropFirst(2).prefix(32))
                answers.lines.append("ready 1 0")
            } else if text.hasPrefix(verb) {
                answers.isCut = true
            } else if text.hasPrefix("list") {
                answers.lines += ["run 20261121T184002Z-7f3a confirmed postfix 2 100", "done list"]
            } else if text.hasPrefix("state") {
                answers.lines += ["state \(state)", "done state"]
            }
        }
    }

    func read(within patience: Duration) async throws(Failure) -> ShellOutput? {
        answers.withLock { answers in
            if answers.isCut || answers.lines.isEmpty { return nil }
            return .output(Array("@\(answers.nonce) \(answers.lines.removeFirst())\n".utf8))
        }
    }
}
