import MTAPlan

/// Follows a message through Postfix's log: Message-ID, queue id, and through a content filter or an alias the next
/// queue id, to the answer of the last next hop.
///
/// The log never tells whether the client logged in, so `authenticated` stays unknown.
struct PostfixTrace: Tracer {
    private let messageID: String
    private var last: Watch?
    /// The ids that the message has had, oldest first.
    private var ids: [String] = []

    /// - Parameter messageID: Without angle brackets.
    init(messageID: String) { self.messageID = messageID }

    mutating func next(after lines: [String]) -> TraceStep {
        let parsed = lines.compactMap(PostfixLogLine.init)
        for id in queueIDs(parsed) where !ids.contains(id) { ids.append(id) }
        let open = ids.last { id in !ids.contains { $0 != id && isPassedOn(id, to: $0, in: parsed) } }
        if let open, let delivery = outcome(of: open, in: parsed) { return .found(delivery) }

        let watch = watch(for: open)
        if watch == last || last?.isMet(by: lines) == false { return .found(undecided(open, in: parsed)) }
        last = watch
        return .watch(watch)
    }

    // MARK: What to look for

    private func watch(for open: String?) -> Watch {
        let open = open ?? Watch.id
        return Watch(
            naming: ids.isEmpty ? Watch.Naming(line: messageID, before: "message-id=") : nil,
            containing: [messageID] + (ids.isEmpty ? [open] : ids).map { "\($0): " } + [
                "TLS connection established to ", "TLS connection reused to ", ": fatal: ", ": panic: ",
                "-- throttling",
            ],
            until: [
                ["\(open): to=<", ", status="], ["\(open): ", "reject: "], ["/mtactl-", ": fatal: "],
                ["/mtactl-", ": panic: "],
            ]
        )
    }

    /// The ids under which the message came in.
    private func queueIDs(_ lines: [PostfixLogLine]) -> [String] {
        lines.compactMap { line in
            guard let (id, text) = line.queued else { return nil }
            return text == "message-id=<\(messageID)>" || text == "message-id=\(messageID)" ? id : nil
        }
    }

    /// Whether an id's delivery was a hand-over to another id of this host: by a content filter, or by an alias.
    private func isPassedOn(_ id: String, to next: String, in lines: [PostfixLogLine]) -> Bool {
        attempts(of: id, in: lines).contains { _, attempt in
            attempt.status == "sent"
                && ["queued as \(next)", "forwarded as \(next)"].contains { attempt.text.contains($0) }
        }
    }

    private func attempts(of id: String, in lines: [PostfixLogLine]) -> [(Int, PostfixLogLine.Attempt)] {
        lines.enumerated().compactMap { index, line in
            guard line.queued?.id == id, let attempt = line.attempt else { return nil }
            return (index, attempt)
        }
    }

    // MARK: What became of it

    private func outcome(of id: String, in lines: [PostfixLogLine]) -> Delivery? {
        if let text = refusal(of: id, in: lines) { return delivery(.refused, id, reply: text) }
        let attempts = attempts(of: id, in: lines)
        // Of several recipients the one that fared worst.
        let worst = attempts.first { Self.status($0.1) != .delivered } ?? attempts.last
        if let (index, attempt) = worst {
            var result = delivery(Self.status(attempt), id, reply: String(attempt.text))
            result.relay = Self.relay(attempt.relay)
            result.tls = tls(before: index, to: attempt.relay, in: lines)
            if result.relay == nil, result.status == .deferred, let trouble = troubles(in: lines).last {
                result.reply += "; \(trouble)"
            }
            return result
        }
        let own = lines.first { $0.program.contains("/mtactl-") && $0.trouble?.hasSuffix("-- throttling") == false }
        return own.map { delivery(.deferred, id, reply: String($0.message)) }
    }

    /// The time is up.
    ///
    /// What other programs died of may be the reason, and may not.
    private func undecided(_ id: String?, in lines: [PostfixLogLine]) -> Delivery {
        let reply = troubles(in: lines).last.map(String.init) ?? (id == nil ? "the log does not have the message" : "")
        return delivery(.queued, id, reply: reply)
    }

    private func delivery(_ status: Delivery.Status, _ id: String?, reply: String) -> Delivery {
        Delivery(status: status, messageID: messageID, queueID: id, reply: reply.escaped)
    }

    /// By a check or a milter, while Postfix took the message in: cleanup(8).
    private func refusal(of id: String, in lines: [PostfixLogLine]) -> String? {
        for line in lines {
            guard let (found, text) = line.queued, found == id else { continue }
            if text.hasPrefix("reject: ") || text.hasPrefix("milter-reject: ") { return String(text) }
        }
        return nil
    }

    private func tls(before index: Int, to relay: Substring, in lines: [PostfixLogLine]) -> TLSSession? {
        let pid = lines[index].pid
        let session = lines[..<index].last { $0.pid == pid && $0.session?.relay == relay }?.session
        return session?.tls
    }

    private func troubles(in lines: [PostfixLogLine]) -> [Substring] { lines.compactMap(\.trouble) }

    private static func status(_ attempt: PostfixLogLine.Attempt) -> Delivery.Status {
        switch attempt.status {
        case "sent", "deliverable": .delivered
        case "deferred", "SOFTBOUNCE": .deferred
        default: .bounced
        }
    }

    /// `HOST[ADDRESS]:PORT`; `nil` for local deliveries, sockets and `none`.
    private static func relay(_ text: Substring) -> Delivery.Relay? {
        guard let open = text.firstIndex(of: "["), let close = text.lastRange(of: "]:"), open < close.lowerBound,
            let port = Int(text[close.upperBound...])
        else { return nil }
        return Delivery.Relay(
            host: String(text[..<open]).escaped,
            address: String(text[text.index(after: open)..<close.lowerBound]).escaped,
            port: port
        )
    }
}

extension Substring {
    fileprivate func lastRange(of text: String) -> Range<Index>? {
        ranges(of: text).last
    }
}
