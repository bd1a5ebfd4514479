import MTAPlan

/// Follows a message through Sendmail's log: Message-ID, the queue id of the submission, the id under which the daemon
/// took it from there, to the answer of the last next hop.
///
/// The log has no ports. A mailer of ours has its port in its name, and what the name says is compared with
/// sendmail.cf after each change.
struct SendmailTrace: Tracer {
    private let messageID: String
    private var last: Watch?
    /// The ids that the message has had, oldest first.
    private var ids: [String] = []

    /// - Parameter messageID: Without angle brackets.
    init(messageID: String) { self.messageID = messageID }

    mutating func next(after lines: [String]) -> TraceStep {
        let parsed = lines.compactMap(SendmailLogLine.init)
        for id in parsed.compactMap(taken) where !ids.contains(id) { ids.append(id) }
        let open = ids.last { id in !ids.contains { $0 != id && isPassedOn(id, to: $0, in: parsed) } }
        if let open, let delivery = outcome(of: open, in: parsed) { return .found(delivery) }

        let watch = watch(for: open, parsed)
        if watch == last || last?.isMet(by: lines) == false {
            return .found(
                Delivery(status: .queued, messageID: messageID, queueID: open, reply: undecided(open, in: parsed))
            )
        }
        last = watch
        return .watch(watch)
    }

    // MARK: What to look for

    private func watch(for open: String?, _ lines: [SendmailLogLine]) -> Watch {
        let open = open ?? Watch.id
        var until = [["\(open): to=", ", stat="], ["\(open): ", "reject="], ["\(open): ", ": DSN: "]]
        // The submission's next hop is the daemon here, which may log the message first.
        if let next = handOver(of: open, in: lines) { until = [["\(next): from="]] }
        return Watch(
            naming: ids.isEmpty ? Watch.Naming(line: "msgid=<\(messageID)>", before: "from=") : nil,
            containing: (ids.isEmpty ? [open] : ids).map { "\($0): " }
                + ["msgid=<\(messageID)>", "STARTTLS=client, ", "AUTH=client, "],
            until: until
        )
    }

    /// The id under which a line says that the message was taken in.
    private func taken(_ line: SendmailLogLine) -> String? {
        guard let (id, text) = line.queued, text.hasPrefix("from=") else { return nil }
        return text.contains("msgid=<\(messageID)>") ? id : nil
    }

    private func isPassedOn(_ id: String, to next: String, in lines: [SendmailLogLine]) -> Bool {
        handOver(of: id, in: lines) == next
    }

    /// The daemon's id, in its answer to the submission: `Sent (6ALN… Message accepted for delivery)`.
    private func handOver(of id: String, in lines: [SendmailLogLine]) -> String? {
        for line in lines where line.queued?.id == id {
            guard let attempt = line.attempt, attempt.isToThisHost,
                let end = attempt.status.firstRange(of: " Message accepted for delivery"),
                let start = attempt.status[..<end.lowerBound].lastIndex(where: { $0 == "(" || $0 == " " })
            else { continue }
            return String(attempt.status[start..<end.lowerBound].dropFirst())
        }
        return nil
    }

    // MARK: What happened to it

    /// The time is up.
    ///
    /// While the host's load is high, Sendmail takes mail in and leaves it to a later run: op.me, option QueueLA.
    private func undecided(_ id: String?, in lines: [SendmailLogLine]) -> String {
        guard let id else { return "the message is not in the log" }
        let isLeft = lines.contains { $0.queued?.id == id && $0.message.hasSuffix(", stat=queued") }
        return isLeft
            ? "left to a later run of the queue, as sendmail does where DeliveryMode says so or the host is busy (QueueLA)"
            : ""
    }

    private func outcome(of id: String, in lines: [SendmailLogLine]) -> Delivery? {
        let attempts = lines.enumerated().compactMap { index, line in
            line.queued?.id == id ? line.attempt.map { (index, $0) } : nil
        }
        // Handed over to the daemon, whose line is still to come.
        guard let (index, attempt) = attempts.first(where: { $0.1.outcome != .delivered }) ?? attempts.last,
            handOver(of: id, in: lines) == nil
        else { return nil }
        var delivery = Delivery(status: attempt.outcome, messageID: messageID, queueID: id)
        delivery.reply = String(attempt.words).escaped
        guard let relay = attempt.nextHop else { return delivery }
        delivery.relay = relay
        let before = lines[..<index].filter { $0.pid == lines[index].pid }
        delivery.tls = before.last { $0.session.map { $0.relay == relay.host } ?? false }?.session?.tls
        if before.contains(where: { $0.login.map { $0 == relay.host } ?? false }) { delivery.authenticated = true }
        return delivery
    }
}

extension SendmailLogLine.Attempt {
    fileprivate var isToThisHost: Bool {
        relay.map { $0.contains("[127.0.0.1]") || $0.contains("[IPv6:0:0:0:0:0:0:0:1]") || $0.contains("[::1]") }
            ?? false
    }

    /// By the class of the enhanced status code: RFC 3463, section 2.
    fileprivate var outcome: Delivery.Status {
        if status.hasPrefix("Sent") { return .delivered }
        return dsn.hasPrefix("4") || status.hasPrefix("Deferred") ? .deferred : dsn.hasPrefix("2") ? .queued : .bounced
    }

    fileprivate var words: Substring {
        if status.hasPrefix("Sent ("), status.hasSuffix(")") { return status.dropFirst("Sent (".count).dropLast() }
        return reply.map { "\($0) (\(status))"[...] } ?? status
    }

    /// `outgoing.example.net. [198.18.2.1]`; `nil` where no host was reached.
    fileprivate var nextHop: Delivery.Relay? {
        guard let relay, let open = relay.lastIndex(of: "["), relay.last == "]" else { return nil }
        let address = relay[open...].dropFirst().dropLast()
        let name = SendmailLogLine.bare(relay[..<open].drop { $0 == " " }.prefix { $0 != " " })
        let bareAddress = address.hasPrefix("IPv6:") ? address.dropFirst(5) : address
        let isOwn = mailer.hasPrefix("mtactl-")
        let port = isOwn ? mailer.split(separator: "-").last.flatMap { Int($0) } : nil
        let host = name.isEmpty || name.hasPrefix("[") ? bareAddress : name
        return Delivery.Relay(host: String(host).escaped, address: String(bareAddress).escaped, port: port)
    }
}
