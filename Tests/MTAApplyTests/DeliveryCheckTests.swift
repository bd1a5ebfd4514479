import Drivers
import Foundation
import MTAPlan
import MailServers
import Synchronization
import Testing

@testable import MTAApply

@Suite struct DeliveryCheckTests {
    @Test func `a message that is handed in again is looked for in the time that is left`() async throws {
        let path = GreylistedPath()
        let check = DeliveryCheck(
            server: Postfix(),
            proof: Proof(
                from: "root@mx1.example.com",
                to: "postmaster@example.net",
                patience: 60,
                log: .journal(by: []),
                route: .via(hosts: ["mx.example.net"], port: 587, tls: .opportunistic, login: false)
            ),
            run: RunID(startedAt: Date(timeIntervalSince1970: 1_795_286_403), by: "anna@desk"),
            clock: ShortClock(),
            progress: { _ in }
        )

        let delivery = try await check.prove(on: path)

        let seconds = path.seconds.withLock { $0 }
        #expect(delivery.deferrals == 1)
        try #require(seconds.count == 2)
        #expect(seconds[1] < seconds[0])
    }
}

/// Takes no message at the first attempt, and the second one for good.
private final class GreylistedPath: MessagePath {
    /// How long each message was to be looked for.
    let seconds = Mutex<[Int]>([])

    func mark(_ log: LogSource, back seconds: Int) async throws(Failure) -> Failure? { nil }

    func submit(_ message: OutgoingMessage, watching: WatchRequest?) async throws(Failure) -> Submitted {
        let attempt = seconds.withLock { seconds in
            seconds.append(watching?.seconds ?? 0)
            return seconds.count
        }
        return .refused(attempt == 1 ? "451 4.7.1 greylisted" : "550 5.7.1 no")
    }

    func watch(_ request: WatchRequest) async throws(Failure) -> LogAnswer { .lines([]) }
    func clearAway(_ command: Command) async throws(Failure) {}
    func resolves(_ host: String, to address: String) async throws(Failure) -> Bool { false }
}

/// A clock on which every wait takes a little more than a second.
private struct ShortClock: Clock {
    var now: ContinuousClock.Instant { .now }
    var minimumResolution: Duration { .zero }

    func sleep(until deadline: ContinuousClock.Instant, tolerance: Duration?) async throws {
        try await Task.sleep(for: .milliseconds(1100))
    }
}
