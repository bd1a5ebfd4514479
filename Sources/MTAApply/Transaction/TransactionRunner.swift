package import Drivers
package import MTAPlan

/// Performs on a host the steps that a `Transaction` asks for.
///
/// The order of the steps is decided there; how each is done, here.
package struct TransactionRunner: Sendable {
    private let run: RunID
    private let host: HostSession
    private let plan: SitePlan
    private let changes: POSIXWork
    private let revertAfter: Int
    private let server: any MailServer
    private let secrets: Secrets
    private let progress: @Sendable (String) -> Void

    package init(
        run: RunID,
        host: HostSession,
        plan: SitePlan,
        changes: POSIXWork,
        revertAfter: Int,
        server: any MailServer,
        secrets: Secrets,
        progress: @escaping @Sendable (String) -> Void
    ) {
        self.run = run
        self.host = host
        self.plan = plan
        self.changes = changes
        self.revertAfter = revertAfter
        self.server = server
        self.secrets = secrets
        self.progress = progress
    }

    /// What became of the host, and of the test message if one was sent.
    package func perform() async -> (Transaction.Outcome, Delivery?) {
        var transaction = Transaction()
        var delivery: Delivery?
        var step = transaction.next(after: .begin)
        do throws(Failure) {
            try await host.withAgent(progress: progress) { agent throws(Failure) in
                while true {
                    if case .finish = step { return }
                    if case .observe = step { return }
                    step = transaction.next(after: await event(of: step, agent: agent, delivery: &delivery))
                }
            }
        } catch {
            // The channel was lost at its end, after what was to be decided on it was decided.
            if case .change = step { step = transaction.next(after: .lost(error)) }
        }
        if case .observe = step { step = transaction.next(after: await observe()) }
        guard case .finish(let outcome) = step else { preconditionFailure("\(step) does not end a transaction") }
        return (outcome, delivery)
    }

    private func event(
        of step: Transaction.Step,
        agent: AgentSession,
        delivery: inout Delivery?
    ) async -> Transaction.Event {
        do throws(Failure) {
            switch step {
            case .change: return try await change(agent)
            case .prove: return try await prove(agent, delivery: &delivery)
            case .confirm: return try await confirm(agent)
            case .undo: return .undone(try await undo(agent))
            case .observe, .finish: preconditionFailure("\(step) is not done over this channel")
            }
        } catch {
            return .lost(error)
        }
    }

    private func change(_ agent: AgentSession) async throws(Failure) -> Transaction.Event {
        let calls: [AgentCall]
        do throws(Failure) {
            calls = try changes.calls(
                run: run.text,
                who: run.startedBy,
                server: "\(plan.server?.name ?? "")",
                log: plan.proof?.log,
                revertAfter: revertAfter,
                secrets: secrets
            )
        } catch {
            return .changeFailed(error, .nothingWasChanged)
        }
        do throws(Failure) { try await agent.send(calls) } catch {
            guard calls.allSatisfy(\.isReadable) else { return .changeFailed(error, .nothingWasChanged) }
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
        return failure.map { .changeFailed($0, undone) } ?? .changed
    }

    private func prove(_ agent: AgentSession, delivery: inout Delivery?) async throws(Failure) -> Transaction.Event {
        guard let proof = plan.proof else { return .proven }
        let found = try await Prover(server: server, proof: proof, run: run, progress: progress).prove(on: agent)
        delivery = found
        let objection = proof.route.objection(to: found)
        return objection.map { .notProven($0) } ?? .proven
    }

    /// Looks once more whether the daemon runs: the test message may have been its last.
    private func confirm(_ agent: AgentSession) async throws(Failure) -> Transaction.Event {
        let health = changes.health.map { AgentCall(["run", "health"], $0) }
        try await agent.send(health + [AgentCall(["confirm"])])
        for call in health {
            guard case .failed(let code, let why) = try await agent.reply().ending else { continue }
            return .changeFailed(AgentFailure(call: call, code: code, why: why).failure, try await agent.undone())
        }
        return switch try await agent.reply().ending {
        case .done: .confirmed
        case .failed(_, let why): .expired(Failure("the host had put itself back before it was confirmed: \(why)"))
        case .skipped: .expired(Failure("the host did not take the confirmation"))
        }
    }

    private func undo(_ agent: AgentSession) async throws(Failure) -> Undone {
        switch try await agent.call(AgentCall(["undo"])).ending {
        case .done: .restored
        case .failed(_, let why): .stranded(Failure(why))
        case .skipped: .stranded(Failure("the host did not put itself back"))
        }
    }

    private func observe() async -> Transaction.Event {
        progress("connection lost, looking at what the host has done")
        do throws(Failure) {
            return .observed(
                try await host.settledState(of: run.text, armedFor: revertAfter, progress: progress)
            )
        } catch {
            return .lost(error)
        }
    }
}
