package import Drivers
internal import Foundation
package import MTAPlan

/// Sends a test message through the host's own `sendmail` and follows it to the next hop's answer.
package struct DeliveryCheck: Sendable {
    private let trace: Trace
    private let proof: Proof
    private let run: RunID
    private let clock: any Clock<Duration>
    private let progress: @Sendable (String) -> Void
    /// The first message.
    private let first: TestMessage

    /// `clock`: Waits between two attempts where the smarthost asks to try again later.
    package init(
        server: any MailServer,
        proof: Proof,
        run: RunID,
        clock: any Clock<Duration> = ContinuousClock(),
        progress: @escaping @Sendable (String) -> Void
    ) {
        trace = server.trace
        self.proof = proof
        self.run = run
        self.clock = clock
        self.progress = progress
        first = Self.newMessage(proof, run)
    }

    /// What `prove` submits first, for whoever can hand it in earlier.
    package var announcement: AnnouncedMessage { submission(of: first, until: .now + .seconds(proof.patience)) }

    /// - Throws: Only when the connection is lost. What the mail server refuses is a `Delivery`.
    package func prove(on path: any MessagePath) async throws(Failure) -> Delivery {
        let end = ContinuousClock.now + .seconds(proof.patience)
        var pauses = TryLater.Pauses()
        var message = first
        while true {
            var delivery = try await delivery(of: message, on: path, until: end)
            let isRefused = delivery.status == .bounced || delivery.status == .refused
            if proof.settles == true, isRefused, TryLater.isUnknownYet(in: delivery.reply),
                let seconds = pauses.next(of: end.secondsLeft)
            {
                // A provider that does not know the host yet: not a no for good. The next one is another message.
                await wait(seconds, delivery.reply)
                message = Self.newMessage(proof, run)
                continue
            }
            delivery.hint = trace.hint(for: delivery.reply, on: proof.hints ?? [])
            return delivery
        }
    }

    private func delivery(
        of message: TestMessage,
        on path: any MessagePath,
        until end: ContinuousClock.Instant
    ) async throws(Failure) -> Delivery {
        progress("test message \(message.messageID) to \(proof.to)")
        let sent = sent(message)
        var pauses = TryLater.Pauses()
        var deferrals = 0
        while true {
            // Made for each try: after a pause, less time is left to look.
            let submission = submission(of: message, until: end)
            let isPrinted = !submission.message.words.isEmpty
            switch try await path.submit(submission.message, watching: submission.watching) {
            case .refused(let why):
                if let leftover = trace.leftover { try await path.clearAway(leftover) }
                let own = Self.ownWords(of: why)
                let reply = own.isEmpty && !isPrinted ? try await loggedReason(of: sent, on: path) : own
                // A program without a queue hands the smarthost's words back to whoever sends.
                if TryLater.isAsked(in: reply), let seconds = pauses.next(of: end.secondsLeft) {
                    deferrals += 1
                    await wait(seconds, reply)
                    continue
                }
                var refused = Delivery(status: .refused, messageID: message.messageID, reply: reply)
                refused.deferrals = deferrals
                return refused
            case .taken(let printed, let log):
                var found = try await decided(sent, printed: isPrinted ? printed : [], log, until: end, on: path)
                found.deferrals += deferrals
                return try await settled(found, on: path)
            }
        }
    }

    /// What the log says of a message that `sendmail` refused without a word.
    private func loggedReason(of sent: SentMessage, on path: any MessagePath) async throws(Failure) -> String {
        var look = Look(tracer: trace.tracer(sent), printed: [], spent: [], answer: nil)
        return try await look.follow(sent.messageID, until: .now + .seconds(5), on: path).reply
    }

    private func sent(_ message: TestMessage) -> SentMessage {
        SentMessage(messageID: message.messageID, from: proof.from, to: proof.to, byteCount: message.bytes.count)
    }

    private func submission(of message: TestMessage, until end: ContinuousClock.Instant) -> AnnouncedMessage {
        let sent = sent(message)
        let words = trace.submissionWords(sent)
        var tracer = trace.tracer(sent)
        // Where `sendmail` is asked to print nothing, the log is watched without another round trip.
        let first = words.isEmpty ? tracer.next(after: []) : nil
        let outgoing = OutgoingMessage(
            from: proof.from,
            to: proof.to,
            bytes: message.bytes,
            words: words,
            program: proof.submission
        )
        return AnnouncedMessage(outgoing, watching: first?.request(until: end))
    }

    private static func newMessage(_ proof: Proof, _ run: RunID) -> TestMessage {
        TestMessage(
            from: proof.from,
            to: proof.to,
            run: run,
            token: Token.random(bytes: 4),
            date: Timestamp.mail(Date())
        )
    }

    /// Follows the message until the smarthost decides: where it asks to try again later, that is done while there is time.
    ///
    /// `log`: The answer to the first look, where it came with the message.
    private func decided(
        _ sent: SentMessage,
        printed: [String],
        _ log: LogAnswer?,
        until end: ContinuousClock.Instant,
        on path: any MessagePath
    ) async throws(Failure) -> Delivery {
        var pauses = TryLater.Pauses()
        var (answer, spent) = (log, [String]())
        var last: Delivery?
        var deadline = end
        while true {
            var look = Look(tracer: trace.tracer(sent), printed: printed, spent: spent, answer: answer)
            var found = try await look.follow(sent.messageID, until: deadline, on: path)
            answer = nil
            let isNew = last == nil || found.status != .queued
            if !isNew, let last { found = last }
            found.deferrals = last?.deferrals ?? 0
            guard found.status == .deferred, TryLater.isAsked(in: found.reply) else { return found }
            if isNew { found.deferrals += 1 }
            last = found
            spent += look.ends
            guard let retry = trace.retry, let queueID = found.queueID else {
                // By its own schedule, then; some logs repeat this once the time is up.
                if !isNew || ContinuousClock.now >= end { return found }
                progress("deferred: \(Printable.line(found.reply)); waiting for the mail server's next attempt")
                continue
            }
            guard let seconds = pauses.next(of: end.secondsLeft) else { return found }
            await wait(seconds, found.reply)
            // A queue run for this message alone, which fails where it has left meanwhile.
            try await path.clearAway(retry(queueID))
            deadline = min(end, .now + .seconds(20))
        }
    }

    private func wait(_ seconds: Int, _ reply: String) async {
        progress("deferred: \(Printable.line(reply)); trying again in \(seconds) s")
        do { try await clock.sleep(for: .seconds(seconds)) } catch { return }
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

    /// What `sendmail` says for itself, where it also shows its dialogue with a smarthost.
    private static func ownWords(of why: String) -> String {
        let mark = "sendmail: "
        let own = why.split(separator: "\n").filter { $0.hasPrefix(mark) }.map { $0.dropFirst(mark.count) }
        return own.isEmpty ? why : own.joined(separator: "; ")
    }
}

/// One look through the log, from the message's way in to what happened to it.
private struct Look {
    var tracer: any Tracer
    /// By `sendmail`, where it was asked to.
    let printed: [String]
    /// Ends of earlier attempts, which decide nothing any more.
    let spent: [String]
    /// To the first question, where it came with the message.
    var answer: LogAnswer?
    /// The lines with which it ended.
    private(set) var ends: [String] = []

    init(tracer: any Tracer, printed: [String], spent: [String], answer: LogAnswer?) {
        (self.tracer, self.printed, self.spent, self.answer) = (tracer, printed, spent, answer)
    }

    /// Looks until the tracer has found what happened to the message, or the time is over.
    mutating func follow(
        _ messageID: String,
        until end: ContinuousClock.Instant,
        on path: any MessagePath
    ) async throws(Failure) -> Delivery {
        var step = tracer.next(after: printed)
        while var request = step.request(until: end) {
            request.watch.except += spent
            let said: LogAnswer
            if let answer { said = answer } else { said = try await path.watch(request) }
            answer = nil
            switch said {
            case .unreadable(let why):
                return Delivery(status: .queued, messageID: messageID, reply: "the log cannot be read: \(why)")
            case .lines(let all):
                let lines = spent.isEmpty ? all : all.filter { !spent.contains($0) }
                ends = request.watch.ends(in: lines)
                step = tracer.next(after: lines)
            }
            if case .watch = step, .now >= end { return Delivery(status: .queued, messageID: messageID) }
        }
        guard case .found(let delivery) = step else { preconditionFailure("a watch was left unanswered") }
        return delivery
    }
}

extension ContinuousClock.Instant {
    /// Whole seconds from now.
    fileprivate var secondsLeft: Int { Int((self - .now).components.seconds) }
}

extension TraceStep {
    /// What is to be asked: for whole seconds, at least one.
    fileprivate func request(until end: ContinuousClock.Instant) -> WatchRequest? {
        guard case .watch(let watch) = self else { return nil }
        return WatchRequest(watch, seconds: max(1, Int((end - .now).components.seconds)))
    }
}
