import MTAPlan

/// Follows a message through qmail-send's log: the message by its envelope and size, its number, the delivery, the report.
///
/// The log has no Message-ID. What was sent is known by its sender, its one recipient and its size: qmail-queue adds one
/// line of a length that hardly changes, some programs before it add more and none takes anything away. Numbers of
/// messages are inodes and soon used again, so only what is behind the message's own line counts.
///
/// The report has the relay's address, not its name or port.
struct QmailTrace: Tracer {
    private let sent: SentMessage
    private var last: Watch?

    init(_ message: SentMessage) { sent = message }

    mutating func next(after lines: [String]) -> TraceStep {
        let parsed = lines.compactMap(QmailLogLine.init)
        let start = found(in: parsed)
        if let start, case .report(_, let report, let text) = start.report {
            return .found(delivery(start.number, report, text, isLocal: start.isLocal))
        }
        let watch = watch(for: start)
        if watch == last {
            let why = start == nil ? "the message is not in the log" : ""
            return .found(Delivery(status: .queued, messageID: sent.messageID, queueID: start?.number, reply: why))
        }
        last = watch
        return .watch(watch)
    }

    // MARK: What to look for

    /// A delivery that may be the message's.
    private struct Start {
        var number: String
        var delivery: String
        var isLocal: Bool
        var isExact: Bool
        var report: QmailLogLine?
    }

    private func watch(for start: Start?) -> Watch {
        let sender = " from <\(Self.logged(sent.from))> qp "
        guard let start else {
            return Watch(
                containing: [sender, "starting delivery "],
                until: [
                    ["starting delivery ", " to remote \(Self.logged(sent.to))"],
                    ["starting delivery ", " to local ", Self.logged(sent.to)],
                ]
            )
        }
        return Watch(
            containing: [sender, "starting delivery ", "delivery \(start.delivery): "],
            until: ["success", "failure", "deferral"].map { [" delivery \(start.delivery): \($0): "] }
                + ["success", "failure", "deferral"].map { ["\(start.delivery): \($0): "] }
        )
    }

    /// The delivery of the message; of several that may be it, the one whose size is what qmail-queue makes of ours.
    private func found(in lines: [QmailLogLine]) -> Start? {
        var messages: [String: Bool] = [:]
        var starts: [Start] = []
        for line in lines {
            switch line {
            case .message(let number, let count, let from):
                messages[number] = nil
                let added = count - sent.byteCount
                guard from == Self.logged(sent.from), added >= 0, added <= Self.most else { continue }
                messages[number] = Self.received.contains(added)
            case .starting(let delivery, let number, let channel, let to):
                guard let isExact = messages[number], isRecipient(to, channel) else { continue }
                starts.append(
                    Start(number: number, delivery: delivery, isLocal: channel == .local, isExact: isExact)
                )
            case .report(let delivery, _, _):
                if let index = starts.lastIndex(where: { $0.delivery == delivery && $0.report == nil }) {
                    starts[index].report = line
                }
            }
        }
        return starts.first(where: \.isExact) ?? starts.first
    }

    private func isRecipient(_ logged: String, _ channel: QmailLogLine.Channel) -> Bool {
        switch channel {
        case .remote: logged == Self.logged(sent.to)
        // Virtual domains put a user's name before it: qmail-send(8), virtualdomains.
        case .local: logged == Self.logged(sent.to) || logged.hasSuffix("-" + Self.logged(sent.to))
        }
    }

    /// `Received: (qmail 1 invoked by uid 0); 1 Jan 2026 00:00:00 -0000`, with longer numbers, and a line feed.
    private static let received = 60...90
    /// What virus scanners and the like may add.
    private static let most = 4096

    /// As qmail-send writes addresses: anything but visible ASCII, and `%`, is `_`.
    ///
    /// Source: logsafe in qsutil.c.
    private static func logged(_ address: String) -> String {
        String(decoding: address.utf8.map { $0 < 33 || $0 > 126 || $0 == UInt8(ascii: "%") ? 0x5F : $0 }, as: UTF8.self)
    }

    // MARK: What happened to it

    private func delivery(
        _ number: String,
        _ report: QmailLogLine.Report,
        _ text: String,
        isLocal: Bool
    ) -> Delivery {
        let status: Delivery.Status =
            switch report {
            case .success: .delivered
            case .failure: .bounced
            case .deferral: .deferred
            }
        let words = QmailReport(text)
        return Delivery(
            status: status,
            messageID: sent.messageID,
            queueID: number,
            relay: isLocal ? nil : words.relay,
            tls: words.tls.map { TLSSession($0, .unknown) },
            // It never says that a certificate was verified; with `tlshosts/HOST.pem` it delivers to no other host.
            tellsTLS: words.tls == nil,
            authenticated: words.saysWithoutLogin ? false : nil,
            reply: words.reply.escaped
        )
    }
}

/// What qmail-remote says of a delivery, with `_` for blanks and `/` for line breaks.
///
///     10.9.0.2_accepted_message./Remote_host_said:_250_2.0.0_Ok/
///
/// Source: quit and outsmtptext in qmail-remote.c.
struct QmailReport: Sendable, Equatable {
    let relay: Delivery.Relay?
    let tls: String?
    let saysWithoutLogin: Bool
    /// The relay's words where it took the message, else qmail's own and the relay's.
    let reply: String

    init(_ text: String) {
        let words = text.split(separator: "_", omittingEmptySubsequences: false).joined(separator: " ")
        relay = Self.address(in: words).map { Delivery.Relay(host: $0, address: $0, port: nil) }
        tls = words.firstRange(of: "STARTTLS proto=").map { range in
            String(words[range.upperBound...].prefix { $0 != ";" && $0 != "/" && $0 != " " }).escaped
        }
        saysWithoutLogin = words.contains("continuing without authentication")
        let own = words.firstRange(of: " accepted message")
        let said = own.flatMap { words[$0.upperBound...].firstRange(of: "Remote host said: ") }
        let answer = said.map { words[$0.upperBound...] } ?? words[...]
        let end = own == nil ? nil : answer.firstRange(of: "/STARTTLS proto=")?.lowerBound
        let reply = answer[..<(end ?? answer.endIndex)]
        self.reply = String(reply.hasSuffix("/") ? reply.dropLast() : reply)
    }

    /// The address before or after qmail's own words.
    private static func address(in words: String) -> String? {
        let own = [" accepted message", " does not like recipient", " failed after I sent the message"]
        for phrase in own {
            guard let range = words.firstRange(of: phrase) else { continue }
            let address = words[..<range.lowerBound].split { $0 == " " || $0 == "/" }.last
            if let address, address.isAddress { return String(address) }
        }
        guard let range = words.firstRange(of: "onnected to ") else { return nil }
        let address = words[range.upperBound...].prefix { $0 != " " }
        return address.isAddress ? String(address) : nil
    }
}

extension Substring {
    fileprivate var isAddress: Bool {
        !isEmpty && allSatisfy { $0.isHexDigit || $0 == "." || $0 == ":" } && contains { $0 == "." || $0 == ":" }
    }
}
