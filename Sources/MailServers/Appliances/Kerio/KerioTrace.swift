import MTAPlan

/// Follows a message through Kerio's mail log, in which each line of a message has its Message-ID.
///
///     [27/Nov/2026 02:31:07] Sent: Queue-ID: 6567f3ab-00000004, Recipient: <a@b.example>, Result: delivered, Status: …
///
/// Source: Kerio Connect's manual, Mail log; lines that administrators have published.
struct KerioTrace: Tracer {
    private let messageID: String
    private var hasWatched = false

    /// - Parameter messageID: Without angle brackets.
    init(messageID: String) { self.messageID = messageID }

    mutating func next(after lines: [String]) -> TraceStep {
        let entries = lines.filter { $0.contains("<\(messageID)>") }.compactMap { KerioLogLine($0) }
        if let sent = entries.last(where: { $0.kind == "Sent" }) { return .found(delivery(sent)) }
        guard hasWatched else {
            hasWatched = true
            return .watch(
                Watch(containing: ["<\(messageID)>"], until: [["] Sent: ", "<\(messageID)>"]])
            )
        }
        let arrival = entries.first
        return .found(
            Delivery(
                status: .queued,
                messageID: messageID,
                queueID: arrival?.fields["Queue-ID"],
                tellsTLS: false,
                reply: arrival == nil ? "the message is not in the mail log" : ""
            )
        )
    }

    private func delivery(_ line: KerioLogLine) -> Delivery {
        let status: Delivery.Status =
            switch line.fields["Result"] {
            case "delivered": .delivered
            case "failed": .bounced
            default: .deferred
            }
        let remote = line.fields["Remote-Host"].flatMap { $0.isEmpty ? nil : $0 }
        return Delivery(
            status: status,
            messageID: messageID,
            queueID: line.fields["Queue-ID"],
            relay: remote.map { Delivery.Relay(host: $0, address: Self.isAddress($0) ? $0 : "", port: nil) },
            tellsTLS: false,
            reply: Printable.line(line.fields["Status"] ?? "")
        )
    }

    private static func isAddress(_ text: String) -> Bool {
        text.contains(":") || text.allSatisfy { $0 == "." || $0.isNumber }
    }

    static let hints: [Trace.Hint] =
        [
            Trace.Hint(
                "uthentication",
                "are the user name and the password correct? Kerio logs in with what the rule has stored"
            ),
            Trace.Hint("STARTTLS", "is TLS switched on for outgoing mail in Kerio's SMTP server?"),
        ] + Trace.Hint.common
}

/// A line of the mail log, as far as it is of the form `[TIME] KIND: NAME: VALUE, NAME: VALUE, …`.
struct KerioLogLine: Sendable {
    let kind: String
    let fields: [String: String]

    init?(_ line: String) {
        guard let end = line.firstRange(of: "] ")?.upperBound, let colon = line[end...].firstIndex(of: ":") else {
            return nil
        }
        kind = String(line[end..<colon])
        guard ["Recv", "Sent"].contains(kind) else { return nil }
        var fields: [String: String] = [:]
        var last: String?
        for piece in line[line.index(after: colon)...].split(separator: ",") {
            let text = piece.drop { $0 == " " }
            if let colon = text.firstIndex(of: ":"), Self.names.contains(String(text[..<colon])) {
                let name = String(text[..<colon])
                fields[name] = fields[name] ?? Self.trimmed(text[text.index(after: colon)...])
                last = name
            } else if let name = last {
                // A comma in a value, as in what a smarthost says.
                fields[name] = "\(fields[name] ?? ""),\(Self.trimmed(piece))"
            }
        }
        self.fields = fields
    }

    private static let names: Set<String> = [
        "Queue-ID", "Service", "From", "To", "Size", "User", "Sender-Host", "SSL", "Subject", "Msg-Id", "Recipient",
        "Result", "Status", "Remote-Host",
    ]

    private static func trimmed(_ text: Substring) -> String {
        var text = text.drop { $0 == " " }
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
