import MTAPlan

/// What happened to a message according to the dialogue that `sendmail -v` printed.
///
/// A message that the smarthost did not take makes `sendmail` exit non-zero, and then nobody asks this. The dialogue
/// tells neither the host nor the port; both are in the settings, and there is no other way.
///
/// Source: lines of 2.64 on Debian 13.
struct SSMTPTrace: Tracer {
    private let messageID: String

    init(messageID: String) { self.messageID = messageID }

    mutating func next(after lines: [String]) -> TraceStep {
        let talk = lines.map { $0.filter { $0 != "\r" } }
        let end = talk.lastIndex { $0 == "[->] ." }
        let reply = end.flatMap { end in talk[(end + 1)...].first { $0.hasPrefix("[<-] ") } }.map { $0.dropFirst(5) }
        guard let reply, reply.first == "2" else {
            return .found(
                Delivery(
                    status: .queued,
                    messageID: messageID,
                    reply: "sendmail did not show its dialogue with the smarthost"
                )
            )
        }
        // The message itself is printed too, so only what comes before it counts.
        let commands = talk.prefix { $0 != "[->] DATA" }
        let isEncrypted = commands.contains("[->] STARTTLS")
        return .found(
            Delivery(
                status: .delivered,
                messageID: messageID,
                relay: Delivery.Relay(host: "", address: "", port: nil),
                tls: isEncrypted ? TLSSession("STARTTLS", .untrusted) : nil,
                tellsTLS: isEncrypted,
                authenticated: commands.contains { $0.hasPrefix("[->] AUTH ") },
                reply: String(reply).escaped
            )
        )
    }
}
