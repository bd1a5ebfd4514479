import MTAPlan

/// Follows a message through IceWarp's log of SMTP sessions.
///
/// The log has no Message-ID. What was sent is known by its sender and recipient, in the line with which a session sums a
/// message up; the lines of that session before it have the smarthost's answers. A session in which IceWarp is the client
/// is told by the words `Client session`, and in an older form by its address, which is not this host's.
///
///     127.0.0.1       [1A2B] 10:00:00 *** <a@example.com> <b@example.org> 1 1024 00:00:00 OK
///     198.51.100.9    [1A2C] 10:00:01 Client session <<< 250 2.0.0 taken
///     198.51.100.9    [1A2C] 10:00:01 Client session *** <a@example.com> <b@example.org> 1 1024 00:00:01 OK
///
/// Source: docs.icewarp.com, "Logs"; IceWarp's knowledge base, "What do the icons in the Session History tab mean?".
struct IceWarpTrace: Tracer {
    private let sent: SentMessage
    private var last: Watch?

    init(_ message: SentMessage) { sent = message }

    mutating func next(after lines: [String]) -> TraceStep {
        let parsed = lines.compactMap(IceWarpLogLine.init)
        let sums = parsed.filter { $0.text.hasPrefix(sum) }
        let end = sums.first(where: \.isClient)
        let isOver = last.map { $0.containing == end.map { [$0.session] } || !$0.isMet(by: lines) } ?? false
        if isOver { return .found(end.map { delivery($0, parsed) } ?? waiting(isTaken: !sums.isEmpty)) }
        let watch =
            end.map { Watch(containing: [$0.session], until: [[$0.session, sum]]) }
            ?? Watch(containing: [sum], until: [[sum]], except: sums.map(\.whole))
        last = watch
        return .watch(watch)
    }

    /// How the line begins that sums the message up.
    private var sum: String { "*** <\(sent.from)> <\(sent.to)> " }

    private func waiting(isTaken: Bool) -> Delivery {
        Delivery(
            status: .queued,
            messageID: sent.messageID,
            queueID: sent.messageID,
            reply: isTaken ? "" : "the message is not in the log"
        )
    }

    private func delivery(_ end: IceWarpLogLine, _ lines: [IceWarpLogLine]) -> Delivery {
        let session = lines.prefix { $0 != end }.filter { $0.session == end.session && $0.address == end.address }
        // `1 1024 00:00:01 OK`: messages, bytes, how long it took, and what resulted from it.
        let words = end.text.dropFirst(sum.count).split(separator: " ", maxSplits: 3)
        let result = words.count > 3 ? words[3] : ""
        let isTaken = words.first != "0" && result.hasPrefix("OK")
        let answer = session.last { $0.text.hasPrefix("<<< ") && !$0.text.hasPrefix("<<< 221") }
        let said = answer.map { $0.text.dropFirst("<<< ".count) }
        let refusal = Self.code(result) == nil ? said.flatMap { Self.code($0) == nil ? nil : $0 } ?? result : result
        return Delivery(
            status: isTaken ? .delivered : Self.code(refusal) == "5" ? .bounced : .deferred,
            messageID: sent.messageID,
            queueID: sent.messageID,
            relay: relay(end, session),
            tls: isEncrypted(session) ? TLSSession("TLS", .unknown) : nil,
            tellsTLS: session.count > 1,
            authenticated: session.count > 1 ? session.contains { $0.text.hasPrefix("<<< 235") } : nil,
            reply: String(isTaken ? said ?? "taken" : refusal).escaped
        )
    }

    /// The first digit of an SMTP code.
    private static func code(_ text: Substring) -> Substring? {
        text.firstMatch(of: /(?:^|[^0-9.])([45])[0-9][0-9](?:[ -]|$)/)?.1
    }

    private func isEncrypted(_ session: [IceWarpLogLine]) -> Bool {
        guard let asked = session.firstIndex(where: { $0.text == ">>> STARTTLS" }) else { return false }
        return session[asked...].dropFirst().first?.text.hasPrefix("<<< 220") ?? false
    }

    /// The name and port where the session says to whom it connects.
    private func relay(_ end: IceWarpLogLine, _ session: [IceWarpLogLine]) -> Delivery.Relay? {
        guard end.address.contains(where: { $0 == "." || $0 == ":" }) else { return nil }
        let address = String(end.address).escaped
        let mark = "Connecting to "
        let place = session.last { $0.text.hasPrefix(mark) }?.text.dropFirst(mark.count).filter { $0 != "'" } ?? ""
        let parts = place.split(separator: ":")
        guard parts.count == 2, let port = Int(parts[1]) else {
            return Delivery.Relay(host: address, address: address, port: nil)
        }
        return Delivery.Relay(host: String(parts[0]).escaped, address: address, port: port)
    }
}

/// `ADDRESS [SESSION] TIME TEXT`; in the older form with date and zone.
struct IceWarpLogLine: Sendable, Equatable {
    /// Without a carriage return at its end.
    let whole: String
    /// `SYSTEM` where there was no connection.
    let address: Substring
    /// In brackets: `[1A2B]`.
    let session: String
    /// Whether IceWarp was the client.
    let isClient: Bool
    let text: Substring

    init?(_ line: String) {
        whole = line.hasSuffix("\r") ? String(line.unicodeScalars.dropLast()) : line
        let words = whole.split(separator: " ", maxSplits: 2)
        guard words.count == 3, words[1].hasPrefix("["), words[1].hasSuffix("]"),
            let time = words[2].firstMatch(of: /^(?:[^<>*]*? )?[0-9]{2}:[0-9]{2}:[0-9]{2} (?:[+-][0-9]{4} )?/)
        else { return nil }
        address = words[0]
        session = String(words[1])
        let rest = words[2][time.range.upperBound...]
        let mark = "Client session "
        let isMarked = rest.hasPrefix(mark)
        text = isMarked ? rest.dropFirst(mark.count) : rest
        isClient = isMarked || !["127.0.0.1", "::1"].contains(address)
    }
}
