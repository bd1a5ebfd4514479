package import Drivers
package import MTAPlan
internal import Synchronization

/// A site in memory, whose driver keeps the promises of `Driver`, and which can be told to break down at any step.
///
/// It has files, settings among them by their names, and knows of a `POSIXWork` what it needs for that: files, and commands of which `false` fails. Like the
/// agent, it puts itself back when a conversation ends before the change was confirmed.
package final class FakeSite: Site {
    package let name: String
    package let executor: (any TaskExecutor)? = nil
    let state: Mutex<State>
    private let answers: Facts?

    /// What is to go wrong.
    package enum Fault: Sendable, Hashable {
        /// The site cannot be reached, from now on.
        case unreachable
        /// The conversation ends before the step is done.
        case cut(before: Step)
        /// The step is done, and the conversation ends before its answer is heard.
        case cut(after: Step)
        /// Putting back does not work.
        case cannotUndo
        /// The site put itself back just before the confirmation came.
        case expires
        /// What watches over the site puts it back only when it was asked so many times.
        case settlesLate(Int)
        /// The smarthost asks so many times to try again later.
        case greylists(Int)
    }

    package enum Step: String, Sendable, Hashable, CaseIterable {
        case change, submit, watch, confirm, undo
    }

    struct Kept {
        var state: RunState
        var server: String
        var before: [String: [UInt8]?]
        var after: [String: [UInt8]?]
    }

    struct State {
        var files: [String: [UInt8]]
        var runs: [(name: String, kept: Kept)] = []
        var lock: String?
        var faults: Set<Fault> = []
        var log: [String] = []
        var steps: [String] = []
        /// Who the message in the queue is for, and how often it was tried.
        var queued: (to: String, attempts: Int)?

        /// One attempt to send what is in the queue.
        mutating func attempt() {
            guard var message = queued else { return }
            message.attempts += 1
            let times = faults.compactMap { if case .greylists(let times) = $0 { times } else { nil } }.first ?? 0
            let isLater = message.attempts <= times
            let said =
                isLater
                ? "dsn=4.7.1, status=deferred (host mx.example.net[192.0.2.1] said: 451 4.7.1 greylisted (in reply to RCPT TO command))"
                : "dsn=2.0.0, status=sent (250 2.0.0 Ok)"
            log.append(
                "mx1 postfix/mtactl-filter/smtp[9]: 4F1A2B3C4D: to=<\(message.to)>, relay=mx.example.net[192.0.2.1]:587, "
                    + "delay=\(message.attempts), delays=1/0/0/0, \(said)"
            )
            queued = isLater ? message : nil
        }
    }

    /// `answers`: What it answers who asks for its facts; nothing without them.
    package init(
        name: String = "mx1",
        files: [String: [UInt8]] = [:],
        faults: Set<Fault> = [],
        answers: Facts? = nil
    ) {
        self.name = name
        self.answers = answers
        state = Mutex(State(files: files, faults: faults))
    }

    package var files: [String: [UInt8]] { state.withLock { $0.files } }
    /// The steps that were asked of it, in order.
    package var steps: [String] { state.withLock { $0.steps } }

    package func write(_ path: String, _ bytes: [UInt8]) { state.withLock { $0.files[path] = bytes } }

    package func facts(for purpose: FactsPurpose, files: [String]) async throws(Failure) -> Facts {
        guard let answers else { throw Failure("this fake site has no facts") }
        return answers
    }

    package func withDriver<Result: Sendable>(
        progress: @escaping @Sendable (String) -> Void,
        _ body: (any Driver) async throws(Failure) -> Result
    ) async throws(Failure) -> Result {
        if state.withLock({ $0.faults.contains(.unreachable) }) { throw Failure("no route to host") }
        let driver = FakeDriver(site: self)
        do throws(Failure) {
            let result = try await body(driver)
            driver.end()
            return result
        } catch {
            driver.end()
            throw error
        }
    }

    package func backup(of run: String) -> BackupPlace? { BackupPlace(path: "/kept/\(run)", restore: "restore \(run)") }

    package func close() async {}
}

extension FakeSite.State {
    subscript(run name: String) -> FakeSite.Kept? {
        get { runs.last { $0.name == name }?.kept }
        set {
            runs.removeAll { $0.name == name }
            if let newValue { runs.append((name, newValue)) }
        }
    }

    /// Puts back what a run has replaced.
    mutating func putBack(_ name: String) -> Undone {
        guard var kept = self[run: name] else { return .nothingWasChanged }
        defer { if lock == name, kept.state != .stranded { lock = nil } }
        if kept.state == .preparing {
            runs.removeAll { $0.name == name }
            return .nothingWasChanged
        }
        if faults.contains(.cannotUndo) {
            kept.state = .stranded
            self[run: name] = kept
            return .stranded(Failure("the disk is gone"))
        }
        for (path, bytes) in kept.before { files[path] = bytes }
        kept.state = .restored
        self[run: name] = kept
        return .restored
    }
}
