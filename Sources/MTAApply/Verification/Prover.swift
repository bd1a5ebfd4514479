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
    package func prove(on path: any MessagePath) async throws(Failure) -> Delivery {
        var delivery = try await delivery(on: path)
        delivery.hint = trace.hint(for: delivery.reply)
        return delivery
    }

    private func delivery(on path: any MessagePath) async throws(Failure) -> Delivery {
        let end = ContinuousClock.now + .seconds(proof.patience)
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
        let outgoing = OutgoingMessage(from: proof.from, to: proof.to, bytes: message.bytes, words: words)
        var tracer = trace.tracer(sent)
        // Where `sendmail` is asked to print nothing, the log is watched without another round trip.
        let first = words.isEmpty ? tracer.next(after: []) : nil
        switch try await path.submit(outgoing, watching: first?.request(until: end)) {
        case .refused(let why):
            if let leftover = trace.leftover { try await path.clearAway(leftover) }
            return Delivery(status: .refused, messageID: message.messageID, reply: Self.ownWords(of: why))
        case .taken(let printed, let log):
            let step = first ?? tracer.next(after: printed)
            return try await settled(
                try await follow(step, answer: log, of: message.messageID, with: &tracer, until: end, on: path),
                on: path
            )
        }
    }

    /// Looks into the log until the tracer has found what became of the message, or the time is over.
    ///
    /// `answer`: To the first step, where it came with the message.
    private func follow(
        _ first: TraceStep,
        answer: LogAnswer?,
        of messageID: String,
        with tracer: inout any Tracer,
        until end: ContinuousClock.Instant,
        on path: any MessagePath
    ) async throws(Failure) -> Delivery {
        var (step, answer) = (first, answer)
        while true {
            guard let request = step.request(until: end) else { break }
            let said: LogAnswer
            if let answer { said = answer } else { said = try await path.watch(request) }
            answer = nil
            switch said {
            case .unreadable(let why):
                return Delivery(status: .queued, messageID: messageID, reply: "the log cannot be read: \(why)")
            case .lines(let lines): step = tracer.next(after: lines)
            }
            if case .watch = step, .now >= end { return Delivery(status: .queued, messageID: messageID) }
        }
        guard case .found(let delivery) = step else { preconditionFailure("a watch was left unanswered") }
        return delivery
    }

    /// The delivery with the relay's name in the playbook; what was not delivered does not stay in the queue.
    private func settled(_ found: Delivery, on path: any MessagePath) async throws(Failure) -> Delivery {
        var delivery = found
        if let relay = delivery.relay { delivery.relay = try await named(relay, on: path) }
        if delivery.status != .delivered, let queueID = delivery.queueID, let discard = trace.discard {
            // Otherwise it would leave by the old route later and look like a proof of it.
            try await path.clearAway(discard(queueID))
        }
        return delivery
    }

    /// The relay by the name that the playbook has for it, where the log has but its address, or, as Sendmail's, the
    /// name behind a CNAME.
    private func named(_ relay: Delivery.Relay, on path: any MessagePath) async throws(Failure) -> Delivery.Relay {
        if relay.host != relay.address, !proof.route.isThroughOther(than: relay.host) { return relay }
        for host in proof.route.hosts where host != relay.address {
            guard try await path.resolves(host, to: relay.address) else { continue }
            return Delivery.Relay(host: host, address: relay.address, port: relay.port)
        }
        return relay
    }

    /// What `sendmail` says for itself, where it also shows its talk with a smarthost.
    private static func ownWords(of why: String) -> String {
        let mark = "sendmail: "
        let own = why.split(separator: "\n").filter { $0.hasPrefix(mark) }.map { $0.dropFirst(mark.count) }
        return own.isEmpty ? why : own.joined(separator: "; ")
    }
}

extension TraceStep {
    /// What is to be asked: for whole seconds, at least one.
    fileprivate func request(until end: ContinuousClock.Instant) -> WatchRequest? {
        guard case .watch(let watch) = self else { return nil }
        return WatchRequest(watch, seconds: max(1, Int((end - .now).components.seconds)))
    }
}
