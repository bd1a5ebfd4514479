import MTAPlan

/// One line of Postfix's log, whatever is before its own part.
///
/// Any bytes may come: what does not fit is not a line, and nothing else happens.
///
/// Source: smtp(8), log_adhoc.c; lines of Postfix 3.7.11, 3.10.13 and 3.11.7 through syslog, journald and
/// `maillog_file`.
struct PostfixLogLine: Sendable, Equatable {
    /// The syslog name and the program: `postfix/mtactl-filter/smtp`.
    var program: Substring
    var pid: Substring
    /// What follows the colon.
    var message: Substring

    /// - Parameter line: As in `Nov 21 18:40:02 web1 postfix/smtp[123]: …`, or with a date of another form.
    init?(_ line: String) {
        var rest = line[...]
        while let end = rest.range(ofASCII: "]: ") {
            let head = line[..<end.lowerBound]
            if let bracket = head.lastIndex(of: "["), Self.isNumber(head[bracket...].dropFirst()) {
                let name = head[..<bracket]
                program = name.lastIndex(of: " ").map { name[name.index(after: $0)...] } ?? name
                pid = head[bracket...].dropFirst()
                message = line[end.upperBound...]
                return
            }
            rest = line[end.upperBound...]
        }
        return nil
    }

    private static func isNumber(_ text: Substring) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }

    /// Whether a service of ours wrote it.
    var isOfOwnService: Bool { program.utf8.holds("/mtactl-".utf8) }

    /// The queue id and what is said of it.
    ///
    /// Ids are of hexadecimal digits, or, with
    /// `enable_long_queue_ids`, of 52 letters and digits: postconf(5).
    var queued: (id: String, text: Substring)? {
        guard let colon = message.range(ofASCII: ": ") else { return nil }
        let id = message[..<colon.lowerBound]
        let isID = id.utf8.allSatisfy { byte in
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
        }
        // Words such as `warning` are short of digits.
        guard (6...25).contains(id.utf8.count), isID, id.contains(where: \.isNumber) || id.allSatisfy(\.isUppercase)
        else { return nil }
        return (String(id), message[colon.upperBound...])
    }
}

extension PostfixLogLine {
    /// What happened to one recipient.
    struct Attempt: Sendable, Equatable {
        /// `none`, `local`, or `HOST[ADDRESS]:PORT`.
        var relay: Substring
        /// A word such as `sent`, `bounced` or `deferred`.
        var status: Substring
        /// The next hop's words, or Postfix's own.
        var text: Substring
        /// Who it is for, and who that was before an alias or a rule.
        var recipients: [Substring]
    }

    /// The delivery attempt that the line tells of.
    var attempt: Attempt? {
        guard let (_, text) = queued, text.hasPrefix("to=<"), text.hasSuffix(")"),
            let relay = Self.field("relay", in: text), let dsn = text.range(ofASCII: ", dsn=")
        else { return nil }
        let rest = text[dsn.upperBound...]
        guard let mark = rest.range(ofASCII: ", status=") else { return nil }
        let status = rest[mark.upperBound...].prefix { $0 != " " }
        let words = rest[status.endIndex...]
        guard !status.isEmpty, words.hasPrefix(" (") else { return nil }
        let addresses = ["to=<", "orig_to=<"].compactMap { mark in
            text[..<dsn.lowerBound].range(ofASCII: mark).map { text[$0.upperBound...].prefix { $0 != ">" } }
        }
        return Attempt(
            relay: relay,
            status: status,
            text: words.dropFirst(2).dropLast(),
            recipients: addresses
        )
    }

    /// The relay of a TLS session, and what is said of it.
    ///
    /// It has no queue id; the line with the same process id that follows has.
    var session: (relay: Substring, tls: TLSSession)? {
        for mark in [" TLS connection established to ", " TLS connection reused to "] {
            guard let range = message.range(ofASCII: mark) else { continue }
            let parts = message[range.upperBound...]
            guard let end = parts.range(ofASCII: ": "), let with = parts.range(ofASCII: " with cipher "),
                end.upperBound <= with.lowerBound
            else { return nil }
            let trust = CertificateTrust(rawValue: message[..<range.lowerBound].lowercased()) ?? .unknown
            let version = String(parts[end.upperBound..<with.lowerBound]).escaped
            return (parts[..<end.lowerBound], TLSSession(version, trust))
        }
        return nil
    }

    /// The message of a program that had to stop.
    var trouble: Substring? {
        let isTrouble =
            message.hasPrefix("fatal: ") || message.hasPrefix("panic: ") || message.hasSuffix("-- throttling")
        return isTrouble ? message : nil
    }

    private static func field(_ name: String, in text: Substring) -> Substring? {
        guard let start = text.range(ofASCII: ", \(name)=") else { return nil }
        let rest = text[start.upperBound...]
        return rest.range(ofASCII: ", ").map { rest[..<$0.lowerBound] }
    }
}
