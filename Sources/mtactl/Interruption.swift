import Dispatch
import Foundation
import MTAApply
import Synchronization

/// Ctrl-C: once starts no more hosts, twice leaves.
///
/// A terminal that is closed (SIGHUP) counts as once.
///
/// A host that is left in flight notices that nobody talks to it and puts itself back.
final class Interruption: Sendable {
    private enum State {
        case running
        case stopping
    }

    private let state = Mutex(State.running)
    private let watches = Mutex(0)
    private let inFlight = Mutex(Set<String>())
    private let ends = Mutex([SiteRecord]())
    /// What is said before the program leaves with hosts in flight, from what has become of the others.
    private let lastWords = Mutex<(@Sendable ([SiteRecord]) -> [String])?>(nil)
    private let terminal: Terminal

    init(terminal: Terminal) { self.terminal = terminal }

    /// Whether hosts may still be started: nobody has asked to stop, and somebody reads the results.
    var mayBegin: Bool { !isAskedFor && !terminal.isOutputLost }

    /// Whether the operator has asked to stop.
    var isAskedFor: Bool { state.withLock { $0 == .stopping } }

    /// Whether a signal is answered here, and does not end the program at once.
    var isWatching: Bool { watches.withLock { $0 > 0 } }

    /// Runs `body` while SIGINT, SIGTERM and SIGHUP are answered here.
    func watch<Result>(_ body: () async throws -> Result) async rethrows -> Result {
        let sources = [SIGINT, SIGTERM, SIGHUP].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { [self] in interrupted() }
            source.resume()
            return source
        }
        watches.withLock { $0 += 1 }
        defer {
            watches.withLock { $0 -= 1 }
            for source in sources { source.cancel() }
        }
        return try await body()
    }

    /// Notes that a host is being changed, until `landed` is called for it.
    func flying(_ host: String) { inFlight.withLock { _ = $0.insert(host) } }

    /// Notes what happened to a host.
    func landed(_ result: SiteRecord) {
        inFlight.withLock { _ = $0.remove(result.host) }
        ends.withLock { $0.append(result) }
    }

    /// Says what is to be said where the program leaves with hosts in flight.
    func onLeaving(_ words: @escaping @Sendable ([SiteRecord]) -> [String]) { lastWords.withLock { $0 = words } }

    /// Ends the program now.
    func leave() -> Never {
        terminal.flush(within: .seconds(2))
        exit(ExitStatus.interrupted.rawValue)
    }

    private func interrupted() {
        let isSecond = state.withLock { state in
            defer { state = .stopping }
            return state == .stopping
        }
        guard isSecond else {
            terminal.say(
                "interrupted: starting no more hosts, finishing those in progress safely; press Ctrl-C again to leave now"
            )
            return
        }
        for host in inFlight.withLock({ $0.sorted() }) {
            terminal.say("\(host)  left unfinished: it puts itself back; `mtactl backups list` shows how it ended")
        }
        let results = ends.withLock { $0 }
        for line in lastWords.withLock({ $0 })?(results) ?? [] { terminal.say(line) }
        leave()
    }
}
