internal import Drivers
internal import MTAPlan
internal import Synchronization

/// A conversation with a `FakeSite`.
final class FakeDriver: Driver {
    static let guarantees = Guarantees()

    private let site: FakeSite
    /// The run that this conversation has opened and that is neither confirmed nor put back.
    private let open = Mutex<String?>(nil)
    private let isCut = Mutex(false)

    init(site: FakeSite) { self.site = site }

    /// Done by the site when nobody talks to it any more.
    func end() {
        guard let run = open.withLock({ $0 }) else { return }
        site.state.withLock { state in
            if state[run: run]?.state == .confirmed || state.faults.contains(where: \.isLate) { return }
            _ = state.putBack(run)
        }
    }

    /// Does a step, unless the conversation is cut before it; cut after it, its answer is lost.
    private func step<Answer>(
        _ step: FakeSite.Step,
        _ body: (inout FakeSite.State) -> Answer
    ) throws(Failure) -> Answer {
        let answer: Answer? = site.state.withLock { state in
            if isCut.withLock({ $0 }) || state.faults.contains(.cut(before: step)) { return nil }
            state.steps.append(step.rawValue)
            let answer = body(&state)
            return state.faults.contains(.cut(after: step)) ? nil : answer
        }
        if let answer { return answer }
        isCut.withLock { $0 = true }
        throw Failure("the connection was lost")
    }

    func change(_ work: Work, as opening: RunOpening) async throws(Failure) -> Changed {
        guard case .posix(let work) = work else { preconditionFailure("a fake site is a POSIX host") }
        let run = opening.run.text
        let things: [FakeThing]
        do throws(Failure) { things = try work.things(opening.secrets) } catch {
            return .failed(error, .nothingWasChanged)
        }
        return try step(.change) { state in
            if let lock = state.lock { return .failed(Failure("locked by \(lock)"), .nothingWasChanged) }
            for thing in things where !thing.isAsExpected(state.files[thing.name]) {
                return .failed(Failure("\(thing.name) is no longer as it was planned"), .nothingWasChanged)
            }
            if work.check?.commands.contains(where: \.fails) == true {
                return .failed(Failure("the check fails"), .nothingWasChanged)
            }
            state.lock = run
            open.withLock { $0 = run }
            state[run: run] = FakeSite.Kept(state: .pending, server: opening.server, before: [:], after: [:])
            for thing in things {
                let found = state.files[thing.name]
                state[run: run]?.before[thing.name] = .some(found)
                state[run: run]?.after[thing.name] = .some(thing.wanted)
                state.files[thing.name] = thing.wanted
            }
            guard (work.reload + work.health).contains(where: \.fails) else { return .done }
            return .failed(Failure("the reload fails"), state.putBack(run))
        }
    }

    func confirm(_ work: Work) async throws(Failure) -> Confirmed {
        let run = open.withLock { $0 } ?? ""
        return try step(.confirm) { state in
            if state.faults.contains(.expires) {
                _ = state.putBack(run)
                return .expired(Failure("the site had put itself back"))
            }
            state[run: run]?.state = .confirmed
            state.lock = nil
            return .done
        }
    }

    func undo() async throws(Failure) -> Undone {
        let run = open.withLock { $0 } ?? ""
        return try step(.undo) { $0.putBack(run) }
    }

    func mark(_ log: LogSource, back seconds: Int) async throws(Failure) -> Failure? {
        nil
    }

    func submit(_ message: OutgoingMessage, watching: WatchRequest?) async throws(Failure) -> Submitted {
        let text = String(decoding: message.bytes, as: UTF8.self)
        let id = text.split(separator: "\n").first { $0.hasPrefix("Message-ID: ") }?.dropFirst(12) ?? ""
        return try step(.submit) { state in
            state.log.append("mx1 postfix/cleanup[7]: 4F1A2B3C4D: message-id=\(id)")
            state.queued = (message.to, 0)
            state.attempt()
            return .taken(printed: [], log: watching.map { _ in .lines(state.log) })
        }
    }

    func watch(_ request: WatchRequest) async throws(Failure) -> LogAnswer {
        try step(.watch) { .lines($0.log) }
    }

    func clearAway(_ command: Command) async throws(Failure) {
        if command.words == ["postqueue", "-i", "4F1A2B3C4D"] { site.state.withLock { $0.attempt() } }
    }

    func resolves(_ host: String, to address: String) async throws(Failure) -> Bool { host == address }

    func state(of run: String) async throws(Failure) -> RunStatus {
        site.state.withLock { state in
            for case .settlesLate(let times) in state.faults {
                state.faults.remove(.settlesLate(times))
                if times > 0 {
                    state.faults.insert(.settlesLate(times - 1))
                    return RunStatus(state[run: run]?.state ?? .none, secondsLeft: times)
                }
                _ = state.putBack(run)
            }
            return RunStatus(state[run: run]?.state ?? .none)
        }
    }

    func kept() async throws(Failure) -> KeptRuns {
        site.state.withLock { state in
            KeptRuns(
                runs: state.runs.map { name, kept in
                    let bytes = kept.before.values.reduce(0) { $0 + ($1?.count ?? 0) }
                    return KeptRun(
                        run: name,
                        state: kept.state,
                        server: kept.server,
                        files: kept.before.count,
                        bytes: bytes
                    )
                },
                lock: state.lock
            )
        }
    }

    func audited() async throws(Failure) -> KeptRuns { try await kept() }

    func records(of run: String) async throws(Failure) -> [RunText] {
        guard let kept = site.state.withLock({ $0[run: run] }) else { throw Failure("no backup of run \(run)") }
        return [RunText("manifest", kept.before.keys.sorted().joined(separator: "\n"))]
    }

    func restore(
        _ run: String,
        _ mode: RestoreMode,
        progress: @Sendable (String) -> Void
    ) async throws(Failure) -> Restored {
        site.state.withLock { state in
            guard let kept = state[run: run] else { return .refused(Failure("no backup of run \(run)")) }
            let changed = kept.after.filter { path, bytes in state.files[path] != bytes }.keys.sorted()
            if mode == .unlessChanged, kept.state == .confirmed, let path = changed.first {
                return .refused(Failure("changed since run \(run): \(path)"))
            }
            return switch state.putBack(run) {
            case .nothingWasChanged, .restored: .done
            case .stranded(let failure): .stranded(failure)
            }
        }
    }

    func prune(_ choice: PruneChoice) async throws(Failure) {
        guard case .allBut(let count) = choice else { return site.state.withLock { $0.runs = [] } }
        site.state.withLock { $0.runs.removeFirst(max(0, $0.runs.count - count)) }
    }

    func breakLock() async throws(Failure) {
        let holder = site.state.withLock { state in
            state.lock.flatMap { state[run: $0]?.state == .pending ? $0 : nil }
        }
        if let holder { throw Failure("the lock belongs to an unfinished run: \(holder)") }
        site.state.withLock { $0.lock = nil }
    }
}

extension FakeSite.Fault {
    fileprivate var isLate: Bool { if case .settlesLate = self { true } else { false } }
}

extension Command {
    fileprivate var fails: Bool { words.first == "false" }
}

/// A file, or a setting, which a fake site keeps as a file of its name.
private struct FakeThing: Sendable {
    var name: String
    /// What it is to hold; `nil` where it is to be absent.
    var wanted: [UInt8]?
    var isAsExpected: @Sendable ([UInt8]?) -> Bool
}

extension POSIXWork {
    fileprivate func things(_ secrets: Secrets) throws(Failure) -> [FakeThing] {
        var things: [FakeThing] = []
        for file in files {
            var bytes: [UInt8]?
            if case .file(let content, _, _, _) = file.wanted { bytes = try content.rendered(with: secrets) }
            things.append(FakeThing(name: file.path, wanted: bytes, isAsExpected: { file.isAsExpected($0) }))
        }
        for setting in settings {
            let bytes = try setting.rendered(with: secrets)
            things.append(
                FakeThing(name: setting.name, wanted: bytes) { found in
                    setting.expected == nil || found.map { Digest.sha256($0) } == setting.expected
                }
            )
        }
        return things
    }
}

extension FileChange {
    fileprivate func isAsExpected(_ bytes: [UInt8]?) -> Bool {
        switch expected {
        case .absent: bytes == nil
        case .hash(let hash): bytes.map { Digest.sha256($0) } == hash
        case .inode: bytes != nil
        }
    }
}
