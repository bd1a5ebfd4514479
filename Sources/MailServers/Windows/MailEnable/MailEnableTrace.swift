import MTAPlan

/// Follows a message through MailEnable's activity log, by its sender and recipient: the log has no Message-ID.
///
/// A row is a command or an answer, with tabs between its fields: time, `SMTP-IN` or another word for what goes out, the
/// message's file, socket, the other side's address, command, its details, the answer, and more.
///
/// Source: knowledge base, ME020170; rows of 9.76 in a public log parser. Which word rows have that go out is not known.
struct MailEnableTrace: Tracer {
    private let sent: SentMessage
    private var last: Watch?

    init(_ message: SentMessage) { sent = message }

    mutating func next(after lines: [String]) -> TraceStep {
        let rows = lines.compactMap(MailEnableRow.init).filter { !$0.isIncoming }
        let taken = rows.last { $0.details.hasCaselessPrefix("RCPT TO:<\(sent.to)>") }
        let refused = rows.last { row in
            row.command == "AUTH" && Self.loginRefused.contains { row.answer.hasPrefix($0) }
        }
        if taken == nil, let refused { return .found(delivery(refused, rows)) }
        let watch = taken.map { Watch(containing: [$0.session], until: [[$0.session, "\tQUIT\t"]]) } ?? first
        if let last, last == watch || !last.isMet(by: lines) { return .found(waiting(taken, rows)) }
        last = watch
        return .watch(watch)
    }

    /// For the session in which the message leaves, or one that comes to nothing before it names a recipient.
    private var first: Watch {
        Watch(
            containing: ["RCPT TO:<\(sent.to)>"] + Self.loginRefused.map { "\t\($0)" },
            until: [["RCPT TO:<\(sent.to)>"]] + Self.loginRefused.map { ["\tAUTH\t", "\t\($0)"] },
            except: [MailEnableRow.incoming]
        )
    }

    private static let loginRefused = ["535 ", "534 ", "530 "]

    private func waiting(_ taken: MailEnableRow?, _ rows: [MailEnableRow]) -> Delivery {
        if let start = taken ?? rows.last { return delivery(start, rows) }
        return Delivery(
            status: .queued,
            messageID: sent.messageID,
            queueID: sent.messageID,
            reply: "the log has no session with a smarthost"
        )
    }

    private func delivery(_ start: MailEnableRow, _ all: [MailEnableRow]) -> Delivery {
        let rows = all.filter { $0.session == start.session }
        // The answer to the message comes in a row without a command, behind that to DATA.
        let data = rows.lastIndex { $0.command == "DATA" && $0.answer.hasPrefix("354") }
        let end = data.flatMap { data in rows[data...].dropFirst().first { $0.command.isEmpty } }
        let refusal = rows.last { ["4", "5"].contains($0.answer.prefix(1)) }
        let answer = end?.answer.hasPrefix("2") == true ? end : refusal ?? end
        let reply = answer?.answer ?? ""
        let status: Delivery.Status =
            switch reply.prefix(1) {
            case "2": .delivered
            case "5": .bounced
            case "4": .deferred
            default: .queued
            }
        let address = String(start.address).escaped
        let tls = rows.contains { $0.command == "STARTTLS" && $0.answer.hasPrefix("220") }
        return Delivery(
            status: status,
            messageID: sent.messageID,
            queueID: sent.messageID,
            relay: address.isEmpty ? nil : Delivery.Relay(host: address, address: address, port: nil),
            tls: tls ? TLSSession("TLS", .unknown) : nil,
            authenticated: rows.contains { $0.answer.hasPrefix("235") },
            reply: String(reply).escaped
        )
    }
}

/// A row of the activity log.
struct MailEnableRow: Sendable, Equatable {
    /// As rows have it of sessions with clients.
    static let incoming = "\tSMTP-IN\t"

    /// Message file, socket and address, with tabs around them: what rows of one session have in common.
    let session: String
    let isIncoming: Bool
    let address: Substring
    let command: Substring
    let details: Substring
    let answer: Substring

    init?(_ line: String) {
        let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
        guard fields.count >= 8 else { return nil }
        isIncoming = fields[1] == "SMTP-IN"
        session = "\t\(fields[2])\t\(fields[3])\t\(fields[4])\t"
        (address, command, details, answer) = (fields[4], fields[5], fields[6], fields[7])
    }
}

extension Substring {
    fileprivate func hasCaselessPrefix(_ text: String) -> Bool { lowercased().hasPrefix(text.lowercased()) }
}
