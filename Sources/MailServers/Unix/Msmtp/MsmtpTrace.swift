import MTAPlan

/// What happened to a message by the log line that msmtp printed.
///
/// A message that the smarthost did not take makes `sendmail` exit non-zero, and then nobody asks this.
///
/// Source: print_log_entry in msmtp.c of 1.8.28; lines of 1.8.23 and 1.8.28.
struct MsmtpTrace: Tracer {
    private let messageID: String

    init(messageID: String) { self.messageID = messageID }

    mutating func next(after lines: [String]) -> TraceStep {
        guard let line = lines.last(where: { $0.contains("host=") && $0.contains(" exitcode=") }),
            let host = Self.field("host", in: line), Self.field("exitcode", in: line) == "EX_OK"
        else {
            return .found(
                Delivery(status: .queued, messageID: messageID, reply: "msmtp did not print its log line")
            )
        }
        let isEncrypted = Self.field("tls", in: line) == "on"
        return .found(
            Delivery(
                status: .delivered,
                messageID: messageID,
                relay: Delivery.Relay(host: host.escaped, address: "", port: nil),
                tls: isEncrypted ? TLSSession("TLS", .unknown) : nil,
                // How good the certificate had to be is in the settings alone; a bad one ends the delivery.
                tellsTLS: !isEncrypted,
                authenticated: Self.field("auth", in: line) == "on",
                reply: (Self.field("smtpmsg", in: line) ?? "").escaped
            )
        )
    }

    /// The value of `name=value` or `name='value'`.
    private static func field(_ name: String, in line: String) -> String? {
        let mark = line.firstRange(of: " \(name)=") ?? line.firstRange(of: "\(name)=")
        guard let mark else { return nil }
        let rest = line[mark.upperBound...]
        if rest.hasPrefix("'") {
            let inside = rest.dropFirst()
            return (inside.firstRange(of: "' ") ?? inside.firstRange(of: "'")).map { String(inside[..<$0.lowerBound]) }
        }
        return String(rest.prefix { $0 != " " })
    }
}
