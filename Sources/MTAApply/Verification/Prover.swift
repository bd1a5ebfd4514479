package import Drivers
internal import Foundation
package import MTAPlan

/// Sends a test message through the host's own `sendmail` and follows it to the next hop's answer.
package struct Prover: Sendable {
    private let trace: Trace
    private let proof: Proof
    private let run: RunID
    private let progress: @Sendable (String) -> Void

    package init(
        server: any MailServer,
        proof: Proof,
        run: RunID,
        progress: @escaping @Sendable (String) -> Void
    ) {
        trace = server.trace
        self.proof = proof
        self.run = run
        self.progress = progress
    }

    /// - Throws: Only when the connection is lost. What the mail server refuses is a `Delivery`.
    package func prove(on agent: AgentSession) async throws(Failure) -> Delivery {
        var delivery = try await delivery(on: agent)
        delivery.hint = trace.hint(for: delivery.reply)
        return delivery
    }

    private func delivery(on agent: AgentSession) async throws(Failure) -> Delivery {
        let clock = ContinuousClock()
        let end = clock.now + .seconds(proof.patience)
        let message = TestMessage(
            from: proof.from,
            to: proof.to,
            run: run,
            token: Token.random(bytes: 4),
            date: Timestamp.mail(Date())
        )
        progress("test message \(message.messageID) to \(proof.to)")
        let sent = SentMessage(
            messageID: message.messageID,
            from: proof.from,
            to: proof.to,
            byteCount: message.bytes.count
        )
        let words = trace.submissionWords(sent)
        let submission = AgentCall.submit(from: proof.from, to: proof.to, message: message.bytes, words: words)
        var tracer = trace.tracer(sent)
        // Where `sendmail` is asked to print nothing, the log is watched without another round trip.
        var step = words.isEmpty ? tracer.next(after: []) : nil
        try await agent.send([submission] + Self.calls(for: step, until: end))
        let submitted = try await agent.reply()
        guard case .done = submitted.ending else {
            for _ in Self.calls(for: step, until: end) { _ = try await agent.reply() }
            if let leftover = trace.leftover {
                _ = try await agent.call(AgentCall(["run", "discard"], leftover))
            }
            return Delivery(status: .refused, messageID: message.messageID, reply: submitted.ending.ownWords)
        }
        if step == nil {
            step = tracer.next(after: Self.lines(submitted.bodies["submitted"] ?? []))
            try await agent.send(Self.calls(for: step, until: end))
        }
        while case .watch = step {
            let reply = try await agent.reply(within: max(end - clock.now, .zero) + .seconds(60))
            guard case .done = reply.ending else {
                return Delivery(
                    status: .queued,
                    messageID: message.messageID,
                    reply: "the log cannot be read: \(reply.ending.why)"
                )
            }
            step = tracer.next(after: Self.lines(reply.bodies["log"] ?? []))
            if case .watch = step, clock.now >= end {
                step = .found(Delivery(status: .queued, messageID: message.messageID))
            }
            try await agent.send(Self.calls(for: step, until: end))
        }
        guard case .found(var delivery) = step else { preconditionFailure("a watch was left unanswered") }
        if let relay = delivery.relay { delivery.relay = try await named(relay, on: agent) }
        if delivery.status != .delivered, let queueID = delivery.queueID,
            let discard = trace.discard
        {
            // Otherwise it would leave by the old route later and look like a proof of it.
            _ = try await agent.call(AgentCall(["run", "discard"], discard(queueID)))
        }
        return delivery
    }

    /// What is to be asked for a step: whole seconds, at least one.
    private static func calls(for step: TraceStep?, until end: ContinuousClock.Instant) -> [AgentCall] {
        guard case .watch(let watch) = step else { return [] }
        return [.watch(watch, seconds: max(1, Int((end - .now).components.seconds)))]
    }

    /// The relay by the name that the playbook has for it, where the log has but its address, or, as Sendmail's, the
    /// name behind a CNAME.
    private func named(_ relay: Delivery.Relay, on agent: AgentSession) async throws(Failure) -> Delivery.Relay {
        if relay.host != relay.address, !proof.route.isThroughOther(than: relay.host) { return relay }
        for host in proof.route.hosts where host != relay.address {
            let answer = try await agent.call(AgentCall(["leads", host, relay.address]))
            guard case .done(let words) = answer.ending, words.contains("yes") else { continue }
            return Delivery.Relay(host: host, address: relay.address, port: relay.port)
        }
        return relay
    }

    private static func lines(_ bytes: [UInt8]) -> [String] {
        bytes.split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
    }
}

extension AgentReply.Ending {
    /// What `sendmail` says for itself, where it also shows its talk with a smarthost.
    fileprivate var ownWords: String {
        let mark = "sendmail: "
        let own = why.split(separator: "\n").filter { $0.hasPrefix(mark) }.map { $0.dropFirst(mark.count) }
        return own.isEmpty ? why : own.joined(separator: "; ")
    }

    fileprivate var why: String {
        if case .failed(_, let why) = self { why } else { "" }
    }
}
