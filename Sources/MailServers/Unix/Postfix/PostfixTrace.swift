import MTAPlan

/// Follows a message through Postfix's log: Message-ID, queue id, and through a content filter or an alias the next
/// queue id, to the answer of the last next hop.
///
/// The log never tells whether the client logged in, so `authenticated` stays unknown.
struct PostfixTrace: Tracer {
    private let messageID: String
    /// Of the envelope; `nil` looks at every recipient.
    private let recipient: String?
    private var last: Watch?
    /// The ids that the message has had, oldest first.
    private var ids: [String] = []

    /// `messageID`: Without angle brackets.
    init(messageID: String, to recipient: String? = nil) {
        self.messageID = messageID
        self.recipient = recipient
    }

    mutating func next(after lines: [String]) -> TraceStep {
        let parsed = lines.compactMap(PostfixLogLine.init)
        for id in queueIDs(parsed) where !ids.contains(id) { ids.append(id) }
        let open = ids.last { id in !ids.contains { $0 != id && isPassedOn(id, to: $0, in: parsed) } }
        if let open, let delivery = outcome(of: open, in: parsed), !isHandedOver(open, in: parsed) {
            return .found(delivery)
        }

        let watch = watch(for: open, in: parsed)
        if watch == last || last?.isMet(by: lines) == false { return .found(undecided(open, in: parsed)) }
        last = watch
        return .watch(watch)
    }

    // MARK: What to look for

    private func watch(for open: String?, in lines: [PostfixLogLine]) -> Watch {
        let handedOver = ids.filter { isHandedOver($0, in: lines) }
        // A filter gives the message back with the same Message-ID, under another id.
        let open = open.flatMap { handedOver.contains($0) ? nil : $0 } ?? Watch.id
        return Watch(
            naming: open == Watch.id ? Watch.Naming(line: token, before: "message-id=") : nil,
            containing: [token] + (ids + (open == Watch.id ? [open] : [])).map { "\($0): " } + [
                "TLS connection established to ", "TLS connection reused to ", ": fatal: ", ": panic: ",
                "-- throttling", ": hold: header ", ": reject: header ", "lookup error", "lookup problem",
                "connect to Milter service ",
            ],
            until: ends(of: open) + [["/mtactl-", ": fatal: "], ["/mtactl-", ": panic: "]]
                + (ids.isEmpty ? [[": replace: header ", token], [": strip: header ", token]] : []),
            except: handedOver.map { "\($0): " }
        )
    }

    /// What ends the wait: something is said of the message's own recipient, who may have been given another address, or
    /// nothing is left to be said.
    private func ends(of open: String) -> [[String]] {
        guard let recipient else { return [["\(open): to=<", ", status="], ["\(open): ", "reject: "]] }
        return [
            ["\(open): to=<\(recipient)>", ", status="], ["\(open): to=<", "orig_to=<\(recipient)>", ", status="],
            ["\(open): removed"], ["\(open): ", "reject: "],
        ]
    }

    /// The part of the Message-ID that is left where a rule of the host gives it another domain.
    private var token: String { messageID.split(separator: "@").first.map(String.init) ?? messageID }

    /// The ids under which the message came in.
    private func queueIDs(_ lines: [PostfixLogLine]) -> [String] {
        lines.compactMap { line in
            guard let (id, text) = line.queued, text.utf8.holds(token.utf8) else { return nil }
            let isNamed = ["message-id=<\(token)@", "message-id=\(token)@"].contains(where: text.hasPrefix)
            // A rule of header_checks that puts another Message-ID in its place: header_checks(5).
            return isNamed || text.utf8.holds(": header Message-ID: <\(messageID)>".utf8) ? id : nil
        }
    }

    /// Whether an id's delivery was a hand-over to another id of this host: by a content filter, or by an alias.
    private func isPassedOn(_ id: String, to next: String, in lines: [PostfixLogLine]) -> Bool {
        if isHandedOver(id, in: lines), let at = ids.firstIndex(of: id), ids[(at + 1)...].contains(next) { return true }
        return attempts(of: id, in: lines).contains { _, attempt in
            attempt.status == "sent"
                && ["queued as \(next)", "forwarded as \(next)"].contains { attempt.text.utf8.holds($0.utf8) }
        }
    }

    /// Whether a filter on this host has it: a program behind pipe(8), or a server on loopback that no service of ours is for.
    private func isHandedOver(_ id: String, in lines: [PostfixLogLine]) -> Bool {
        attempts(of: id, in: lines).contains { index, attempt in
            guard attempt.status == "sent", !lines[index].isOfOwnService else { return false }
            return attempt.text.hasPrefix("delivered via ")
                || ["[127.", "[::1]", "[private/"].contains { attempt.relay.utf8.holds($0.utf8) }
        }
    }

    /// What was tried for the message's own recipient; for any, where nothing is left and nothing names it.
    private func attempts(of id: String, in lines: [PostfixLogLine]) -> [(Int, PostfixLogLine.Attempt)] {
        let all = lines.enumerated().compactMap { index, line in
            line.queued?.id == id ? line.attempt.map { (index, $0) } : nil
        }
        guard let recipient = recipient?.lowercased() else { return all }
        let own = all.filter { $0.1.recipients.contains { $0.lowercased() == recipient } }
        let isGone = lines.contains { $0.queued.map { $0.id == id && $0.text == "removed" } ?? false }
        return own.isEmpty && isGone ? all : own
    }

    // MARK: What happened to it

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
        let own = lines.first { $0.isOfOwnService && $0.trouble?.hasSuffix("-- throttling") == false }
        return own.map { delivery(.deferred, id, reply: String($0.message)) }
    }

    /// The time is up.
    ///
    /// What other programs died of may be the reason, and may not.
    private func undecided(_ id: String?, in lines: [PostfixLogLine]) -> Delivery {
        if let id, let delivery = outcome(of: id, in: lines) { return delivery }
        let held = lines.compactMap(\.queued).last { $0.id == id && $0.text.hasPrefix("hold: ") }
        if let held { return delivery(.queued, id, reply: "held: \(held.text.dropFirst("hold: ".count))") }
        // A table or milter that does not answer keeps a message where it was put, without an id.
        let isFailure = { (text: Substring) in
            text.utf8.holds(" lookup ".utf8) || text.utf8.holds("connect to Milter service ".utf8)
        }
        let failed = id == nil ? lines.last { isFailure($0.message) }.map { String($0.message) } : nil
        let reply =
            troubles(in: lines).last.map(String.init) ?? failed
            ?? (id == nil ? "the message is not in the log" : "")
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
