package import MTAPlan
internal import Synchronization

/// The steps of a transaction on a host that only its administration interface changes, as calls of it.
///
/// Nothing is kept apart from the list of rules itself: what a run has replaced stays in it, switched off, and marks
/// behind the descriptions say which run did what. So a run can be found and taken back from any machine, at any time.
package final class APIDriver: Driver {
    package static let guarantees = Guarantees(
        revertsByItself: false,
        keepsBackups: false,
        instead:
            "the rules that are replaced stay in the list, switched off and marked; the next mtactl finds an unfinished run "
            + "by its marks, and `mtactl rollback` puts it back"
    )

    let caller: any AdministrationCaller
    let interface: AdministrationInterface
    let surroundings: Surroundings
    let progress: @Sendable (String) -> Void
    let state = Mutex(State())

    /// What is used of the host besides its interface.
    package struct Surroundings: Sendable {
        /// Passwords of rules that others made, by the rules' names.
        package var rulePasswords: [String: SecretReference]
        package var secret: @Sendable (SecretReference) async throws(Failure) -> Secret
        /// A connection to the host's own port 25.
        package var submission: @Sendable () async throws(Failure) -> any Shell
        /// Whether the host's resolver leads from a name to an address.
        package var resolves: @Sendable (_ host: String, _ address: String) async throws(Failure) -> Bool
        /// Runs that this program has written to the host.
        package var memory: RunMemory

        package init(
            rulePasswords: [String: SecretReference] = [:],
            memory: RunMemory = RunMemory(),
            secret: @escaping @Sendable (SecretReference) async throws(Failure) -> Secret,
            submission: @escaping @Sendable () async throws(Failure) -> any Shell,
            resolves: @escaping @Sendable (_ host: String, _ address: String) async throws(Failure) -> Bool
        ) {
            self.rulePasswords = rulePasswords
            self.memory = memory
            self.secret = secret
            self.submission = submission
            self.resolves = resolves
        }
    }

    /// What this conversation has started.
    struct State {
        var opening: RunOpening?
        var work: APIWork?
        var before: RelayRules?
        var isUnfinished = false
        /// Matching lines of the log, oldest first.
        var lines: [String] = []
    }

    package init(
        _ caller: any AdministrationCaller,
        _ interface: AdministrationInterface,
        _ surroundings: Surroundings,
        progress: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.caller = caller
        self.interface = interface
        self.surroundings = surroundings
        self.progress = progress
    }

    package func change(_ work: Work, as opening: RunOpening) async throws(Failure) -> Changed {
        let work = work.api
        do throws(Failure) { for secret in work.secrets { _ = try opening.secrets.value(of: secret) } } catch {
            return .failed(error, .nothingWasChanged)
        }
        let found: RelayRules
        switch try await read() {
        case .success(let rules): found = rules
        case .failure(let failure): return .failed(failure, .nothingWasChanged)
        }
        if let open = found.runs.first(where: { !$0.isConfirmed }) {
            return .failed(.locked(open.words), .nothingWasChanged)
        }
        guard found.digest == work.found else { return .failed(.changedSince, .nothingWasChanged) }
        state.withLock { ($0.opening, $0.work, $0.before) = (opening, work, found) }
        let wanted = found.applying(work, run: opening.run.text, by: opening.run.startedBy)
        let list: APIValue
        // Where a password is missing, nothing was written yet.
        do throws(Failure) { list = try await written(wanted) } catch {
            return .failed(error, .nothingWasChanged)
        }
        return try await perform(work, opening, list, wanted)
    }

    private func perform(
        _ work: APIWork,
        _ opening: RunOpening,
        _ list: APIValue,
        _ wanted: RelayRules
    ) async throws(Failure) -> Changed {
        progress("nothing on this site puts it back if mtactl is cut off: `mtactl rollback` finds the run by its marks")
        surroundings.memory.add(opening.run.text)
        state.withLock { $0.isUnfinished = true }
        if let failure = try await write(list, wanted) { return .failed(failure, try await undo()) }
        if work.switchesTLSOn, let failure = try await setTLS(true) { return .failed(failure, try await undo()) }
        return .done
    }

    package func confirm(_ work: Work) async throws(Failure) -> Confirmed {
        guard let opening = state.withLock({ $0.opening }) else { preconditionFailure("nothing was changed") }
        let found: RelayRules
        switch try await read() {
        case .success(let rules): found = rules
        case .failure(let failure): return .failed(failure, try await undo())
        }
        guard found.runs.contains(where: { $0.run == opening.run.text }) else {
            state.withLock { $0.isUnfinished = false }
            return .expired(Failure("the run was put back before it was confirmed"))
        }
        let confirmed = found.confirming(opening.run.text)
        if let failure = try await write(try await written(confirmed), confirmed) {
            return .failed(failure, try await undo())
        }
        state.withLock { $0.isUnfinished = false }
        return .done
    }

    package func undo() async throws(Failure) -> Undone {
        let (opening, before, isUnfinished) = state.withLock { ($0.opening, $0.before, $0.isUnfinished) }
        guard let opening, isUnfinished else { return .nothingWasChanged }
        let undone = try await putBack([opening.run.text], before: before)
        state.withLock { $0.isUnfinished = false }
        return undone
    }

    /// Does what a conversation that ends owes a site: what was started and not confirmed is put back.
    package func end() async {
        guard state.withLock({ $0.isUnfinished }) else { return }
        do throws(Failure) { _ = try await undo() } catch {
            progress("the site could not be put back: \(error.problem)")
        }
    }
}

/// The runs that one program has written to one host.
///
/// A run that is put back leaves no mark there: whoever wrote it still knows that it was.
package final class RunMemory: Sendable {
    private let runs = Mutex<Set<String>>([])

    package init() {}

    func add(_ run: String) { runs.withLock { _ = $0.insert(run) } }
    func contains(_ run: String) -> Bool { runs.withLock { $0.contains(run) } }
}

extension Work {
    /// - Precondition: It was planned for an administration interface.
    var api: APIWork {
        guard case .api(let work) = self else { preconditionFailure("the work is for another driver") }
        return work
    }
}

extension MarkedRun {
    /// `20261121T184002Z-7f3a, anna@laptop`.
    var words: String { ([run] + [startedBy].compactMap(\.self)).joined(separator: ", ") }
}

extension Failure {
    static let changedSince = Failure("the relay rules were changed since the plan was made", hint: "plan again")
}
