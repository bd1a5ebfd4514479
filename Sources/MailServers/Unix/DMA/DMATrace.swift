import MTAPlan

/// Follows a message through dma's log by the name that it was given with `-L`.
///
/// dma has no Message-ID in its log. It does not log the next hop's last answer, but that it was a good one; nor how
/// good the certificate was, as it does not look.
///
/// Source: dma.c, spool.c, net.c and crypto.c of 0.13; lines of 0.13 on Debian 13.
struct DMATrace: Tracer {
    private let messageID: String
    private let tag: String
    private var isWatched = false

    init(messageID: String) {
        self.messageID = messageID
        tag = Self.tag(messageID)
    }

    /// `mtactl-` and what no other message has.
    ///
    /// util.c has room for 50 characters, of which a queue id takes some.
    static func tag(_ messageID: String) -> String {
        let own = messageID.prefix { $0 != "@" }.split(separator: "-").last ?? ""
        return "mtactl-\(own.prefix(20))"
    }

    mutating func next(after lines: [String]) -> TraceStep {
        let ours = lines.compactMap(SyslogLine.init).filter { $0.program == tag || $0.program.hasPrefix("\(tag)[") }
            .map(\.message)
        if let delivery = delivery(ours) { return .found(delivery) }
        if isWatched {
            let reply = ours.isEmpty ? "the message is not in the log" : ""
            return .found(Delivery(status: .queued, messageID: messageID, queueID: queueID(ours), reply: reply))
        }
        isWatched = true
        let ends =
            ["delivery successful", "remote delivery deferred", "delivery failed", "failed after", "greeting at"]
            + ["delivery deferred", " failed: ", "SSL handshake failed", "not resolve"]
        return .watch(Watch(containing: [tag], until: ends.map { ["\(tag)[", $0] }))
    }

    private func queueID(_ lines: [Substring]) -> String? {
        for line in lines {
            guard let mark = line.firstRange(of: "> queued as ") else { continue }
            let id = line[mark.upperBound...]
            // It becomes part of a path.
            if id.utf8.allSatisfy({ $0 == 0x2E || Character(UnicodeScalar($0)).isHexDigit }) { return String(id) }
        }
        return nil
    }

    private func delivery(_ lines: [Substring]) -> Delivery? {
        guard let end = lines.firstIndex(where: { Self.status($0) != nil }), let status = Self.status(lines[end]) else {
            return nil
        }
        let before = lines[..<end]
        var delivery = Delivery(status: status, messageID: messageID, queueID: queueID(lines))
        delivery.reply = String(status == .delivered ? "taken" : lines[end]).escaped
        delivery.relay = relay(before)
        // It also says so where it found no TLS and went on without: smtp_init_crypto in crypto.c.
        let isClear = before.contains { $0.hasPrefix("in opportunistic TLS mode, STARTTLS not available") }
        if !isClear, before.contains("SSL initialization successful") { delivery.tls = TLSSession("TLS", .untrusted) }
        let isUsed = before.contains { $0.hasPrefix("using SMTP authentication for user ") }
        let isGivenUp = before.contains { $0.hasPrefix("SMTP login not available") }
        delivery.authenticated = status == .delivered ? isUsed && !isGivenUp : nil
        return delivery
    }

    private static func status(_ line: Substring) -> Delivery.Status? {
        if line.hasSuffix("> delivery successful") { return .delivered }
        if line.contains("deferred") || line.hasPrefix("connect to ") || line.contains("greeting at") {
            return .deferred
        }
        if line.hasPrefix("SMTP login not available") { return nil }
        return line.contains("remote delivery") && line.contains("failed") ? .bounced : nil
    }

    /// `trying remote delivery to HOST [ADDRESS] pref 0`, and the port from `using smarthost (HOST:PORT)`.
    private func relay(_ lines: ArraySlice<Substring>) -> Delivery.Relay? {
        let mark = "trying remote delivery to "
        guard let line = lines.last(where: { $0.hasPrefix(mark) })?.dropFirst(mark.count),
            let open = line.firstRange(of: " ["), let close = line[open.upperBound...].firstRange(of: "] ")
        else { return nil }
        let host = line[..<open.lowerBound]
        let smarthost = lines.last { $0.hasPrefix("using smarthost (\(host):") }
        let port = smarthost?.split(separator: ":").last?.prefix { $0.isNumber }
        return Delivery.Relay(
            host: String(host).escaped,
            address: String(line[open.upperBound..<close.lowerBound]).escaped,
            port: port.flatMap { Int($0) } ?? 25
        )
    }
}
