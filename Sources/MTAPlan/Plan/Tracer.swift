/// Follows one message through a mail server's log, from its Message-ID to the next hop's answer.
///
/// Pure: it is given lines and says what to look for next. Lines are a host's answer, so they are data:
/// nothing in them can do more than fail to match.
package protocol Tracer: Sendable {
    /// `lines`: All log lines since just before the message was submitted that match the last `Watch`,
    /// oldest first, also those seen before. When they do not fulfil the watch, time is up. At the first call, what
    /// `sendmail` printed when it took the message, where it was asked to (`Trace.submissionWords`), else none.
    mutating func next(after lines: [String]) -> TraceStep
}

/// What was handed to `sendmail`, for logs in which a message is known by something else than its Message-ID.
package struct SentMessage: Sendable, Hashable {
    /// Without angle brackets.
    package var messageID: String
    /// Of the envelope.
    package var from: String
    package var to: String
    package var byteCount: Int

    package init(messageID: String, from: String, to: String, byteCount: Int) {
        self.messageID = messageID
        self.from = from
        self.to = to
        self.byteCount = byteCount
    }
}

package enum TraceStep: Sendable, Equatable {
    case watch(Watch)
    case found(Delivery)
}

/// Which log lines are wanted.
package struct Watch: Sendable, Hashable {
    /// In what is looked for, the place of an id that the log names first.
    package static let id = "{id}"

    /// How the log names an id: the word before a text, in lines that contain another.
    package struct Naming: Sendable, Hashable {
        package var line: String
        package var before: String

        package init(line: String, before: String) {
            self.line = line
            self.before = before
        }

        /// Without the colon that some logs have after it.
        package func id(in text: String) -> String? {
            guard text.contains(line), let end = text.firstRange(of: before)?.lowerBound,
                let word = text[..<end].split(separator: " ").last
            else { return nil }
            return String(word.hasSuffix(":") ? word.dropLast() : word)
        }
    }

    /// Where what is looked for has ids in it that are not known yet.
    package var naming: Naming?
    /// Lines that contain any of these strings are wanted.
    package var containing: [String]
    /// Watching ends when a wanted line contains all strings of one of these lists.
    package var until: [[String]]
    /// A line that contains any of these ends nothing.
    package var except: [String]

    package init(naming: Naming? = nil, containing: [String], until: [[String]], except: [String] = []) {
        self.naming = naming
        self.containing = containing
        self.until = until
        self.except = except
    }

    /// What is looked for once these lines are known: the same again with each id that they name.
    private func knowing(_ lines: [String]) -> Watch {
        guard let naming else { return self }
        let ids = Set(lines.compactMap(naming.id).filter { !$0.isEmpty })
        let named = { (text: String) in ids.map { text.replacing(Self.id, with: $0) } }
        return Watch(
            containing: containing.flatMap { $0.contains(Self.id) ? named($0) : [$0] },
            until: until.flatMap { group in
                guard group.contains(where: { $0.contains(Self.id) }) else { return [group] }
                return ids.map { id in group.map { $0.replacing(Self.id, with: id) } }
            },
            except: except
        )
    }

    /// What an agent answers that has these lines in the log; it leaves out a line that comes before its id is named.
    package func wanted(of lines: [String]) -> [String] {
        let containing = knowing(lines).containing
        return lines.filter { line in containing.contains { line.contains($0) } }
    }

    /// Whether watching ends with these lines; else time was up.
    package func isMet(by lines: [String]) -> Bool { !ends(in: lines).isEmpty }

    /// Those of the lines with which watching ends.
    package func ends(in lines: [String]) -> [String] {
        let until = knowing(lines).until
        return lines.filter { line in
            let line = Array(line.utf8)
            return !except.contains { line.has($0) } && until.contains { $0.allSatisfy { line.has($0) } }
        }
    }
}

extension [UInt8] {
    /// Whether the text is in it, byte by byte as the agent's awk looks for it.
    fileprivate func has(_ text: String) -> Bool {
        guard let first = text.utf8.first else { return true }
        return indices.contains { self[$0] == first && self[$0...].starts(with: text.utf8) }
    }
}

/// What happened to a message.
package struct Delivery: Sendable, Equatable, Codable {
    package enum Status: String, Sendable, Codable {
        /// A next hop took it, or it was put into a local mailbox.
        case delivered
        /// Nothing was decided as long as we waited.
        case queued
        case bounced
        case deferred
        /// The server would not even take it.
        case refused
    }

    package var status: Status
    package var messageID: String
    package var queueID: String?
    /// The host that answered; `nil` where there was none, as for local delivery or a name that is not found.
    package var relay: Relay?
    package var tls: TLSSession?
    /// Whether the log would tell of TLS and how far the certificate is trusted; where it would not, what is missing
    /// in `tls` means nothing.
    package var tellsTLS: Bool
    /// `nil` where the log does not tell.
    package var authenticated: Bool?
    /// The next hop's words, or the server's own reason.
    package var reply: String
    /// What to try next, by what the server's words mean; `nil` where they are not known.
    package var hint: String?
    /// How often the smarthost asked to try again later, before it decided or the time was up.
    package var deferrals = 0

    package init(
        status: Status,
        messageID: String,
        queueID: String? = nil,
        relay: Relay? = nil,
        tls: TLSSession? = nil,
        tellsTLS: Bool = true,
        authenticated: Bool? = nil,
        reply: String = "",
        hint: String? = nil
    ) {
        self.status = status
        self.messageID = messageID
        self.queueID = queueID
        self.relay = relay
        self.tls = tls
        self.tellsTLS = tellsTLS
        self.authenticated = authenticated
        self.reply = reply
        self.hint = hint
    }

    package struct Relay: Sendable, Hashable, Codable, CustomStringConvertible {
        /// The name, or the address again where the log has no name.
        package var host: String
        /// Empty where the log has none; both are where a program has but one way and never names it, as sSMTP.
        package var address: String
        /// `nil` where the log does not tell, as qmail's.
        package var port: Int?

        package init(host: String, address: String, port: Int?) {
            self.host = host
            self.address = address
            self.port = port
        }

        package var description: String {
            if host.isEmpty { return "its one smarthost" }
            return host + (address.isEmpty ? "" : "[\(address)]") + (port.map { ":\($0)" } ?? "")
        }
    }
}
