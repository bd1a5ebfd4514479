package import MTAPlan
internal import Synchronization

/// The steps of a transaction on a Windows host, or the organisation that it belongs to, as calls of the executor's.
package final class PowerShellDriver: Driver {
    /// What a host does where it lets SYSTEM plan a task; a run says where it does not.
    package static let guarantees = Guarantees()

    let executor: PowerShellExecutor
    /// The executor on another server of the organisation; `nil` where there is no way to it.
    let other: @Sendable (_ server: String) async throws(Failure) -> PowerShellExecutor?
    let progress: @Sendable (String) -> Void
    let state = Mutex(State())

    /// What this conversation has started.
    struct State {
        var opening: RunOpening?
        var work: PowerShellWork?
        var before: ObjectSnapshot?
        /// How what was changed is taken back, in the order in which that is done.
        var undo: [PowerShellCall] = []
        /// The host's own name.
        var computer = ""
        var isUnfinished = false
        /// Servers whose transport service was restarted, or was to be.
        var restarted: [String] = []
        var log: LogSource?
        var message: PickedUp?
    }

    /// `other`: The way to another server of the organisation, for restarting its transport service.
    package init(
        _ executor: PowerShellExecutor,
        other: @escaping @Sendable (_ server: String) async throws(Failure) -> PowerShellExecutor? = { _ in nil },
        progress: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.executor = executor
        self.other = other
        self.progress = progress
    }

    package func change(_ work: Work, as opening: RunOpening) async throws(Failure) -> Changed {
        let work = work.powerShell
        do throws(Failure) { for secret in work.secrets { _ = try opening.secrets.value(of: secret) } } catch {
            return .failed(error, .nothingWasChanged)
        }
        if let failure = try await prepare(work, opening) { return .failed(failure, .nothingWasChanged) }
        return try await perform(work, opening)
    }

    /// Takes the lock and looks whether all is as it was when the plan was made.
    ///
    /// - Returns: Why the change cannot begin; the lock is open again then.
    private func prepare(_ work: PowerShellWork, _ opening: RunOpening) async throws(Failure) -> Failure? {
        let run = WindowsRun(id: opening.run.text)
        if let failure = try await unreachable(work.restarts) { return failure }
        let expectations = work.expectations.enumerated().map { number, expectation in
            ExecutorCall("expect-\(number)", expectation.call, isNeeded: false)
        }
        let host = ExecutorCall("host", "host.facts", tells: ["ExchangeSetupRuns"], isNeeded: false)
        let calls =
            [run.takeLock(for: opening.run.startedBy), WindowsRun.readLock, host] + work.asking + expectations
            + work.reading
        let answer = try await executor.run(calls, patience: work.asking.count * PowerShellWork.answerTime)
        if let trouble = answer.trouble("lock") {
            return answer.lockHolder.map(Failure.locked) ?? trouble.failure("taking the lock")
        }
        guard let failure = work.objection(to: answer) else {
            state.withLock { state in
                state.opening = opening
                state.work = work
                state.before = work.snapshot(in: answer)
                state.undo = work.steps.reversed().map(\.undo)
                state.log = opening.log
            }
            return nil
        }
        _ = try await executor.run([WindowsRun.openLock], shell: .none)
        return failure
    }

    /// Keeps what is needed to go back, arms the switch, changes, and looks at what resulted from it.
    private func perform(_ work: PowerShellWork, _ opening: RunOpening) async throws(Failure) -> Changed {
        let run = WindowsRun(id: opening.run.text)
        let before = state.withLock { $0.before } ?? ObjectSnapshot(text: "")
        let keeping = try run.keeping(work, opening, before)
        let steps = work.steps.enumerated().map { number, step in ExecutorCall("step-\(number)", step.change) }
        let checks = work.checks.enumerated().map { number, check in
            ExecutorCall("check-\(number)", check.call, isNeeded: false)
        }
        let calls = keeping + [run.arm(opening.revertAfter), run.move(.preparing, .pending)] + steps + checks
        state.withLock { $0.isUnfinished = true }
        let answer = try await executor.run(calls, secrets: opening.secrets)
        guard case .objects = answer["to-pending"] else {
            let leaving = [run.disarm] + run.remove(.preparing) + [WindowsRun.openLock]
            _ = try await executor.run(leaving, shell: .none)
            state.withLock { $0.isUnfinished = false }
            let trouble = calls.lazy.compactMap { answer.trouble($0.id) }.first
            return .failed(trouble?.failure("writing a backup") ?? .noFrame, .nothingWasChanged)
        }
        if let trouble = answer.trouble("arm") {
            progress("nothing on this site puts it back if mtactl is cut off: \(Printable.line(trouble.message))")
        }
        state.withLock { $0.undo = work.undoing(after: answer) }
        if let failure = work.stepObjection(to: answer) { return .failed(failure, try await undo()) }
        if let failure = try await restart(work.restarts) { return .failed(failure, try await undo()) }
        return .done
    }

    /// Looks once more whether the transport service runs: the test message may have been its last.
    package func confirm(_ work: Work) async throws(Failure) -> Confirmed {
        guard let opening = state.withLock({ $0.opening }) else { preconditionFailure("nothing was changed") }
        let run = WindowsRun(id: opening.run.text)
        let answer = try await executor.run([Self.service, WindowsRun.listAll] + work.powerShell.reading)
        if let service = answer.objects("service").first, service.text("Status") != "Running" {
            return .failed(.notRunning(service.text("Status") ?? ""), try await undo())
        }
        let after = work.powerShell.snapshot(in: answer)
        let calls = [run.write(.after, after.text), run.move(.pending, .confirmed), run.disarm, WindowsRun.openLock]
        let listed = ListedRuns(answer.objects(WindowsRun.listAll.id)).surplus(keeping: Self.kept, sparingFirst: true)
        let pruning = listed.enumerated().flatMap { $1.run.remove($1.state, "prune-\($0)") }
        let ended = try await executor.run(calls + pruning, shell: .none)
        state.withLock { $0.isUnfinished = false }
        if let trouble = ended.trouble("to-confirmed") ?? ended.trouble("write-after") {
            return .expired(Failure("the host put itself back before it was confirmed: \(trouble.message)"))
        }
        return .done
    }

    /// Runs that are over, besides the one that ends and the oldest.
    private static let kept = 9

    static func restart(isNeeded: Bool = true) -> ExecutorCall {
        ExecutorCall(
            "restart",
            "service.restart",
            [("Name", .text("MSExchangeTransport")), ("Seconds", .number(120))],
            isNeeded: isNeeded
        )
    }

    private static let service = ExecutorCall(
        "service",
        "service.read",
        [("Names", .list(["MSExchangeTransport"]))],
        tells: ["Name", "Status"],
        isNeeded: false
    )

    /// Why a server cannot be restarted later, where that is known now.
    func unreachable(_ servers: [String]) async throws(Failure) -> Failure? {
        // A host that was asked for facts is known by name.
        var unknown: [String] = []
        for server in servers {
            do throws(Failure) { if try await other(server) == nil { unknown.append(server) } } catch {
                return error.at(server)
            }
        }
        if unknown.isEmpty { return nil }
        let host = ExecutorCall("host", "host.facts", tells: ["Computer"])
        let computer = try await executor.run([host], shell: .none).objects("host").first?.text("Computer") ?? ""
        state.withLock { $0.computer = computer }
        return unknown.first { Neighbours.short($0) != Neighbours.short(computer) }.map(Failure.noWay)
    }

    private func way(to server: String) async throws(Failure) -> PowerShellExecutor? {
        if let there = try await other(server) { return there }
        return Neighbours.short(server) == Neighbours.short(state.withLock { $0.computer }) ? executor : nil
    }

    /// Restarts the transport service of one server after the other, each in a session with that server.
    func restart(_ servers: [String]) async throws(Failure) -> Failure? {
        for server in servers {
            guard let there = try await way(to: server) else { return .noWay(server) }
            state.withLock { $0.restarted.append(server) }
            progress("restarting the transport service of \(Printable.line(server))")
            let answer = try await there.run([Self.restart()], shell: .none, patience: 120)
            if let trouble = answer.trouble("restart") {
                return trouble.failure("restarting the transport service of \(Printable.line(server))")
            }
        }
        return nil
    }
}

extension Work {
    /// - Precondition: It was planned for a Windows host.
    var powerShell: PowerShellWork {
        guard case .powerShell(let work) = self else { preconditionFailure("the work is for a POSIX host") }
        return work
    }
}

extension PowerShellWork {
    /// The calls whose answers are kept before the change, and compared after it was undone.
    var reading: [ExecutorCall] {
        snapshot.enumerated().map { number, call in ExecutorCall("snapshot-\(number)", call, isNeeded: false) }
    }

    func snapshot(in answer: ExecutorAnswer) -> ObjectSnapshot {
        ObjectSnapshot(snapshot.enumerated().map { number, call in (call, answer.objects("snapshot-\(number)")) })
    }

    /// Why nothing may be changed.
    fileprivate func objection(to answer: ExecutorAnswer) -> Failure? {
        if answer.objects("host").first?.text("ExchangeSetupRuns") == "True" { return .setupRuns }
        for (number, inquiry) in inquiries.enumerated() {
            if let objection = inquiry.objection(to: said(to: inquiry, number, in: answer)) { return objection }
        }
        for (number, expectation) in expectations.enumerated() {
            if let trouble = answer.trouble("expect-\(number)") { return trouble.failure("reading the current state") }
            guard let objection = expectation.objection(to: answer.objects("expect-\(number)")) else { continue }
            return Failure(objection, hint: "plan again")
        }
        for call in reading { if let trouble = answer.trouble(call.id) { return trouble.failure("writing a backup") } }
        return nil
    }

    /// What went wrong with the change, or is not as asked after it.
    fileprivate func stepObjection(to answer: ExecutorAnswer) -> Failure? {
        for (number, step) in steps.enumerated() {
            if let trouble = answer.trouble("step-\(number)") { return trouble.failure(Printable.line(step.title)) }
        }
        for (number, check) in checks.enumerated() {
            if let trouble = answer.trouble("check-\(number)") { return trouble.failure("reading the change back") }
            if let objection = check.objection(to: answer.objects("check-\(number)")) {
                return Failure("after the change: \(objection)")
            }
        }
        return nil
    }

    /// The calls that undo the steps, with what the steps answered in its places.
    fileprivate func undoing(after answer: ExecutorAnswer) -> [PowerShellCall] {
        steps.enumerated().reversed().map { number, step in
            var undo = step.undo
            for index in undo.parameters.indices {
                guard case .answered(let property, _) = undo.parameters[index].value,
                    let text = answer.objects("step-\(number)").first?.text(property)
                else { continue }
                undo.parameters[index].value = .text(text)
            }
            return undo
        }
    }
}

extension Failure {
    static func locked(_ holder: String) -> Failure {
        Failure(
            "another run is in progress here, or did not finish: \(holder)",
            hint: "`mtactl backups list` shows it; `--break-lock` removes a stale lock"
        )
    }

    fileprivate static let setupRuns = Failure(
        "Exchange's setup is running on the host",
        hint: "wait until it has finished"
    )

    fileprivate static func notRunning(_ status: String) -> Failure {
        Failure("the transport service is \(Printable.line(status.lowercased()))", hint: "the event log says why")
    }

    fileprivate static func noWay(_ server: String) -> Failure {
        Failure(
            "the transport service of \(Printable.line(server)) has to be restarted, but no host of the play is that server",
            hint: "add it to the play, or write `exchange: {restart-transport: never}` and restart it yourself"
        )
    }
}
