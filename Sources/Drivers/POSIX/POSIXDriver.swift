package import MTAPlan

/// The steps of a transaction on a POSIX host, as calls of the agent's.
package struct POSIXDriver: Driver {
    package static let guarantees = Guarantees()

    private let agent: AgentSession

    package init(_ agent: AgentSession) { self.agent = agent }

    package func change(_ work: Work, as opening: RunOpening) async throws(Failure) -> Changed {
        let calls: [AgentCall]
        do throws(Failure) { calls = try work.posix.calls(opening) } catch { return .failed(error, .nothingWasChanged) }
        // Skipped where a call before them fails.
        let announced = opening.message.map(Self.submission) ?? []
        do throws(Failure) { try await agent.send(calls + announced) } catch {
            let isReadable = (calls + announced).allSatisfy(\.isReadable)
            guard isReadable, await !agent.isUntouched else { return .failed(error, .nothingWasChanged) }
            throw error
        }
        var failure: Failure?
        var undone = Undone.nothingWasChanged
        for call in calls {
            let reply = try await agent.reply()
            guard failure == nil, case .failed(let code, let why) = reply.ending else { continue }
            failure = AgentFailure(call: call, code: code, why: why).failure
            // Where the run was not even opened there is nothing that could be put back.
            if call.verb != "open" { undone = try await agent.undone() }
        }
        if let failure {
            for _ in announced { _ = try await agent.reply() }
            return .failed(failure, undone)
        }
        await agent.remember(submitted: opening.message?.message.bytes)
        return .done
    }

    /// Looks once more whether the daemon runs: the test message may have been its last.
    package func confirm(_ work: Work) async throws(Failure) -> Confirmed {
        let health = work.posix.healthCalls
        try await agent.send(health + [AgentCall(["confirm"])])
        for call in health {
            guard case .failed(let code, let why) = try await agent.reply().ending else { continue }
            return .failed(AgentFailure(call: call, code: code, why: why).failure, try await agent.undone())
        }
        return switch try await agent.reply().ending {
        case .done: .done
        case .failed(_, let why): .expired(Failure("the host put itself back before it was confirmed: \(why)"))
        case .skipped: .expired(Failure("the host did not accept the confirmation"))
        }
    }

    package func undo() async throws(Failure) -> Undone {
        let reply = try await agent.call(AgentCall(["undo"]))
        return switch reply.ending {
        case .done: .restored
        case .failed(_, let why): .stranded(Failure(reply.restoreReport?.trouble ?? why))
        case .skipped: .stranded(Failure("the host did not put itself back"))
        }
    }
}

extension POSIXDriver {
    package func mark(_ log: LogSource, back seconds: Int) async throws(Failure) -> Failure? {
        guard let mark = AgentCall.mark(log) else { return nil }
        if case .failed(_, let why) = try await agent.call(mark).ending {
            return Failure("the mail log cannot be read: \(why)")
        }
        if seconds > 0 { try await agent.take(AgentCall(["back", "\(seconds)"])) }
        return nil
    }

    package func submit(_ message: OutgoingMessage, watching: WatchRequest?) async throws(Failure) -> Submitted {
        if await !agent.claimAnswers(to: message.bytes) {
            try await agent.send(Self.submission(AnnouncedMessage(message, watching: watching)))
        }
        let reply = try await agent.reply()
        let log = if let watching { try await logAnswer(within: watching.seconds) } else { nil as LogAnswer? }
        return switch reply.ending {
        case .done: .taken(printed: Self.lines(reply.bodies["submitted"] ?? []), log: log)
        case .failed(_, let why): .refused(why)
        case .skipped: .refused("")
        }
    }

    /// The calls that hand a message in and look for it in the log.
    private static func submission(_ announced: AnnouncedMessage) -> [AgentCall] {
        let watch = announced.watching.map { AgentCall.watch($0.watch, seconds: $0.seconds) }
        return [.submit(announced.message)] + (watch.map { [$0] } ?? [])
    }

    package func watch(_ request: WatchRequest) async throws(Failure) -> LogAnswer {
        try await agent.send([.watch(request.watch, seconds: request.seconds)])
        return try await logAnswer(within: request.seconds)
    }

    package func clearAway(_ command: Command) async throws(Failure) {
        _ = try await agent.call(AgentCall(["run", "discard"], command))
    }

    package func resolves(_ host: String, to address: String) async throws(Failure) -> Bool {
        guard case .done(let words) = try await agent.call(AgentCall(["leads", host, address])).ending else {
            return false
        }
        return words.contains("yes")
    }

    private func logAnswer(within seconds: Int) async throws(Failure) -> LogAnswer {
        let reply = try await agent.reply(within: .seconds(seconds + 60))
        return switch reply.ending {
        case .done: .lines(Self.lines(reply.bodies["log"] ?? []))
        case .failed(_, let why): .unreadable(why)
        case .skipped: .unreadable("")
        }
    }

    private static func lines(_ bytes: [UInt8]) -> [String] {
        bytes.split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
    }
}

extension POSIXDriver {
    package func state(of run: String) async throws(Failure) -> RunStatus {
        let reply = try await agent.call(AgentCall(["state", run]))
        let words = reply.lines.first { $0.first == "state" }?.dropFirst().map { String($0) } ?? []
        guard let state = words.first.flatMap({ RunState(rawValue: $0) }) else {
            throw Failure("the host's journal cannot be read")
        }
        return RunStatus(state, secondsLeft: words.count > 1 ? Int(words[1]) : nil)
    }

    package func kept() async throws(Failure) -> KeptRuns { try await agent.kept() }

    package func audited() async throws(Failure) -> KeptRuns { try await agent.audited() }

    package func records(of run: String) async throws(Failure) -> [RunText] { try await agent.records(of: run) }

    package func prune(_ choice: PruneChoice) async throws(Failure) {
        let call =
            switch choice {
            case .allBut(let count): AgentCall(["prune", "\(count)"])
            case .rotated: AgentCall(["rotated"])
            }
        let reply = try await agent.call(call)
        guard case .failed(_, let why) = reply.ending else { return }
        throw Failure(
            "the backups could not be removed: \(why)",
            hint: "check \(AgentSession.backups) on the host"
        )
    }

    package func edits(of run: String) async throws(Failure) -> [Edit] { try await agent.edits(of: run) }

    package func forget(_ runs: [String]) async throws(Failure) {
        try await agent.take(AgentCall(["drop"] + runs))
    }

    package func eraseAll() async throws(Failure) { try await agent.take(AgentCall(["erase"])) }

    package func breakLock() async throws(Failure) { try await agent.breakLock() }

    package func restore(
        _ run: String,
        _ mode: RestoreMode,
        progress: @Sendable (String) -> Void
    ) async throws(Failure) -> Restored {
        let word =
            switch mode {
            case .unlessChanged: [] as [String]
            case .force: ["--force"]
            case .expired: ["--expired"]
            }
        let reply = try await agent.call(AgentCall(["restore", run] + word))
        for record in reply.restoreReport?.records ?? [] { progress(record.description) }
        return RestoreReply(reply, run: run).restored
    }
}

extension Work {
    /// - Precondition: It was planned for a POSIX host.
    fileprivate var posix: POSIXWork {
        switch self {
        case .posix(let work): work
        case .powerShell, .api: preconditionFailure("the work is for another driver")
        }
    }
}
