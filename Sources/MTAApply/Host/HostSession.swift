package import MTAPlan

/// The one connection to a host, from the first question to the last confirmation.
///
/// It is made when it is first needed and kept, so a plan and the apply after it cost one login.
package actor HostSession {
    package nonisolated let name: String
    /// Where tasks that use the session had best run.
    package nonisolated let executor: (any TaskExecutor)?
    private let connect: @Sendable () async throws(Failure) -> (any Host, Privilege)
    private var connection: (host: any Host, privilege: Privilege)?

    package init(
        name: String,
        executor: (any TaskExecutor)? = nil,
        connect: @escaping @Sendable () async throws(Failure) -> (any Host, Privilege)
    ) {
        self.name = name
        self.executor = executor
        self.connect = connect
    }

    /// Runs the facts script: one program, one answer.
    ///
    /// - Throws: When the host cannot be reached, does not let us in, or does not answer wholly.
    package nonisolated func facts(_ script: [UInt8]) async throws(Failure) -> Facts {
        let nonce = Token.random(bytes: 16)
        let (host, privilege) = try await connected()
        let answer = try await host.withRootShell(privilege, token: nonce) { shell throws(Failure) in
            try await shell.write(Program.text(script, nonce: nonce, backups: AgentSession.backups))
            try await shell.finishInput()
            var answer: [UInt8] = []
            var errors: [UInt8] = []
            var said = 0
            let end = ContinuousClock.now + Self.factsPatience
            while let next = try await shell.read(within: .seconds(60)) {
                switch next {
                case .output(let bytes):
                    answer += bytes
                    said += bytes.count
                case .errors(let bytes):
                    errors = (errors + bytes).suffix(2000)
                    said += bytes.count
                }
                guard said <= Self.factsLimit else { throw .tooMuch(Self.factsLimit) }
                guard .now < end else { throw .tooSlow }
            }
            return Answer(output: answer, errors: errors)
        }
        do throws(Failure) {
            return try FactsParser.facts(from: answer.output, nonce: nonce)
        } catch {
            throw error.quoting(answer.errors.isEmpty ? answer.output : answer.errors)
        }
    }

    /// Starts the agent and hands it over; it ends with `body`.
    package nonisolated func withAgent<Result: Sendable>(
        progress: @escaping @Sendable (String) -> Void = { _ in },
        _ body: (AgentSession) async throws(Failure) -> Result
    ) async throws(Failure) -> Result {
        let nonce = Token.random(bytes: 16)
        let (host, privilege) = try await connected()
        return try await host.withRootShell(privilege, token: nonce) { shell throws(Failure) in
            let agent = try await AgentSession(on: shell, nonce: nonce, progress: progress)
            let result = try await body(agent)
            try await shell.finishInput()
            return result
        }
    }

    /// What the host's journal says of a run, over new connections, once it has come to rest or had the time to.
    ///
    /// A host whose dead-man switch is armed has until that puts it back. Where it is not armed yet nothing was changed,
    /// and nobody but us clears away what was begun.
    ///
    /// Throws: When the host cannot be asked for two minutes.
    package nonisolated func settledState(
        of run: String,
        progress: @escaping @Sendable (String) -> Void = { _ in }
    ) async throws(Failure) -> RunState {
        var end = ContinuousClock.now + .seconds(120)
        var isToldOf = false
        while true {
            do throws(Failure) {
                await close()
                let (state, left) = try await state(of: run)
                if let left, left > 0, !isToldOf {
                    end = max(end, .now + .seconds(left + 60))
                    progress("\(state.rawValue); it puts itself back in \(left) s at the latest")
                    isToldOf = true
                }
                if state == .preparing, left == nil { try await clearAway(run) }
                let isSettled = state.isFinal && (state != .stranded || left ?? 0 <= 0)
                if isSettled || ContinuousClock.now > end { return state }
            } catch {
                if ContinuousClock.now > end { throw error }
            }
            try? await Task.sleep(for: .seconds(2))
        }
    }

    /// The state, and the seconds until the dead-man switch puts the host back where it is armed.
    private nonisolated func state(of run: String) async throws(Failure) -> (RunState, Int?) {
        try await withAgent { agent throws(Failure) in
            let reply = try await agent.call(AgentCall(["state", run]))
            let words = reply.lines.first { $0.first == "state" }?.dropFirst().map { String($0) } ?? []
            guard let state = words.first.flatMap({ RunState(rawValue: $0) }) else {
                throw Failure("the host's journal cannot be read")
            }
            return (state, words.count > 1 ? Int(words[1]) : nil)
        }
    }

    /// Ends a run that was not confirmed, as its dead-man switch would.
    private nonisolated func clearAway(_ run: String) async throws(Failure) {
        try await withAgent { agent throws(Failure) in
            _ = try await agent.call(AgentCall(["restore", run, "--expired"]))
        }
    }

    package func close() async {
        let host = connection?.host
        connection = nil
        await host?.close()
    }

    private func connected() async throws(Failure) -> (any Host, Privilege) {
        if let connection { return connection }
        let (host, privilege) = try await connect()
        connection = (host, privilege)
        return (host, privilege)
    }

    /// Enough for every configuration that was ever seen, and a bound for a host that does not stop talking.
    private static let factsLimit = 64 << 20
    /// For a host that says a little again and again: one question takes 20 s at the most.
    private static let factsPatience = Duration.seconds(600)
}

private struct Answer: Sendable {
    var output: [UInt8]
    var errors: [UInt8]
}

extension Failure {
    fileprivate static let tooSlow = Failure(
        "the host was still answering after ten minutes",
        hint: "does its login shell print without end?"
    )

    fileprivate static func tooMuch(_ limit: Int) -> Failure {
        Failure(
            "the host answered more than \(limit >> 20) MiB",
            hint: "does the login shell print without end, or is a configuration file extremely large?"
        )
    }

    /// The failure with the host's last words.
    fileprivate func quoting(_ words: [UInt8]) -> Failure {
        guard let last = Printable.text(words.suffix(2000)).split(separator: "\n").last else { return self }
        return Failure("\(problem), its last words: \(last)", hint: hint, at: place)
    }
}
