import MTAPlan

/// Follows a message through the lines of nullmailer-send, which sends one message after another.
///
/// For each attempt it logs the host and the queue's file, the envelope, the Message-ID, then what its `smtp` program
/// says, then what happened to it. Neither the port nor TLS nor a login are logged.
///
/// Source: log_msg and catchsender in src/send.cc of 2.2; lines of 2.2 on Debian 12 and 13.
struct NullmailerTrace: Tracer {
    private let messageID: String
    private var stage = Stage.submitted

    private enum Stage {
        case submitted
        case awaitingMessage
        case awaitingEnd
    }

    init(messageID: String) { self.messageID = messageID }

    mutating func next(after lines: [String]) -> TraceStep {
        let messages = lines.compactMap(SyslogLine.init).filter { $0.program.hasSuffix("nullmailer-send") }
            .map(\.message)
        let attempt = attempt(in: messages)
        if let delivery = attempt?.delivery(messageID) { return .found(delivery) }
        switch stage {
        case .submitted:
            stage = .awaitingMessage
            return .watch(Watch(containing: [Self.program], until: [[messageID]]))
        case .awaitingMessage where attempt == nil:
            return .found(undecided(nil, reply: "the message is not in the log"))
        case .awaitingEnd where !messages.contains { $0.hasPrefix(Self.end) }: return .found(undecided(attempt))
        // The end of an attempt names no message, so another one's may have ended the wait.
        case .awaitingMessage, .awaitingEnd:
            stage = .awaitingEnd
            return .watch(Watch(containing: [Self.program], until: [["]: \(Self.end)"]]))
        }
    }

    private static let program = "nullmailer-send["
    private static let end = "Delivery complete, "

    private func undecided(_ attempt: Attempt?, reply: String = "") -> Delivery {
        Delivery(status: .queued, messageID: messageID, queueID: attempt?.file, tellsTLS: false, reply: reply)
    }

    private struct Attempt {
        var host: Substring
        var file: String
        /// What the protocol's program said: `smtp: Succeeded: 250 …`.
        var said: Substring?
        /// The line with which an attempt ends.
        var end: Substring?

        func delivery(_ messageID: String) -> Delivery? {
            guard let end else { return nil }
            let words = said ?? end
            let reply = ["smtp: Succeeded: ", "smtp: Failed: "].reduce(words) { text, mark in
                text.hasPrefix(mark) ? text.dropFirst(mark.count) : text
            }
            let isBounced = reply.first == "5" && !end.contains("authenticate")
            return Delivery(
                status: end.hasPrefix("Sent file") ? .delivered : isBounced ? .bounced : .deferred,
                messageID: messageID,
                queueID: file,
                relay: Delivery.Relay(host: String(host).escaped, address: "", port: nil),
                tellsTLS: false,
                reply: String(reply).escaped
            )
        }
    }

    /// The message's first attempt that came to an end, else its last.
    private func attempt(in lines: [Substring]) -> Attempt? {
        var attempts: [Attempt] = []
        var current: Attempt?
        var isOurs = false
        for line in lines {
            if let started = Self.started(line) {
                if let current, isOurs { attempts.append(current) }
                current = started
                isOurs = false
            } else if line.lowercased().hasPrefix("message-id:"), line.contains("<\(messageID)>") {
                isOurs = true
            } else if line.hasPrefix("smtp: ") {
                current?.said = line
            } else if ["Sent file", "Sending failed", "Sending timed out", "Sending process "]
                .contains(where: { line.hasPrefix($0) })
            {
                current?.end = line
            }
        }
        if let current, isOurs { attempts.append(current) }
        return attempts.first { $0.end != nil } ?? attempts.last
    }

    /// `Starting delivery: host: HOST protocol: smtp file: FILE`.
    private static func started(_ line: Substring) -> Attempt? {
        let mark = "Starting delivery: host: "
        let rest = line.dropFirst(mark.count)
        guard line.hasPrefix(mark), let end = rest.firstRange(of: " protocol: "),
            let file = rest.firstRange(of: " file: ")
        else { return nil }
        let name = String(line[file.upperBound...])
        // It becomes part of a path.
        guard !name.isEmpty, name.utf8.allSatisfy({ $0 == 0x2E || ($0 >= 0x30 && $0 <= 0x39) }) else { return nil }
        return Attempt(host: rest[..<end.lowerBound], file: name)
    }
}
