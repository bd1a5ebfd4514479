import MTAPlan

/// One line of Sendmail's log, whatever is before its own part.
///
/// Any bytes may come: what does not fit is not a line, and nothing else happens.
///
/// Source: logdelivery in deliver.c, op.me, section 2.1; lines of 8.17.1.9 and 8.18.1 through syslog and journald.
struct SendmailLogLine: Sendable, Equatable {
    var pid: Substring
    /// What follows the colon.
    var message: Substring

    /// - Parameter line: As in `Nov 21 18:40:02 web1 sm-mta[123]: …`, or with a date of another form.
    init?(_ line: String) {
        guard let line = SyslogLine(line), !line.id.isEmpty,
            line.id.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else { return nil }
        pid = line.id
        message = line.message
    }

    /// The queue id and what is said of it: eight letters and digits of the time, then six digits or more.
    var queued: (id: String, text: Substring)? {
        guard let colon = message.firstRange(of: ": ") else { return nil }
        let id = message[..<colon.lowerBound]
        guard (12...20).contains(id.utf8.count), id.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber) }),
            id.suffix(5).allSatisfy(\.isNumber)
        else { return nil }
        return (String(id), message[colon.upperBound...])
    }

    /// `STARTTLS=client`: the relay, and what is said of the session.
    var session: (relay: Substring, tls: TLSSession)? {
        guard message.hasPrefix("STARTTLS=client, "), let relay = Self.field("relay", in: message),
            let version = Self.field("version", in: message), let verify = Self.field("verify", in: message)
        else { return nil }
        // In its words OK is a chain of trust; that the name is right our own rules see to.
        let trust: CertificateTrust =
            switch verify {
            case "OK", "TRUSTED": .verified
            case "NO": .anonymous
            default: .untrusted
            }
        return (Self.bare(relay), TLSSession(String(version).escaped, trust))
    }

    /// `AUTH=client`, which Sendmail logs from LogLevel 10 on: op.me.
    var login: Substring? {
        guard message.hasPrefix("AUTH=client, ") else { return nil }
        return Self.field("relay", in: message).map(Self.bare)
    }

    /// What happened to some recipients.
    struct Attempt: Sendable, Equatable {
        var mailer: Substring
        var relay: Substring?
        /// Of the enhanced status code.
        var dsn: Substring
        /// Such as `Sent (2.0.0 taken)` or `Deferred: Connection refused by x`.
        var status: Substring
        /// The other side's words.
        var reply: Substring?
    }

    var attempt: Attempt? {
        guard let (_, text) = queued, text.hasPrefix("to="), let stat = text.firstRange(of: ", stat="),
            let dsn = Self.field("dsn", in: text), let mailer = Self.field("mailer", in: text)
        else { return nil }
        // A reply may have commas in it; it is the last field before the status.
        let reply = text.firstRange(of: ", reply=").map { text[$0.upperBound..<max($0.upperBound, stat.lowerBound)] }
        return Attempt(
            mailer: mailer,
            relay: Self.field("relay", in: text),
            dsn: dsn,
            status: text[stat.upperBound...],
            reply: reply
        )
    }

    static func field(_ name: String, in text: Substring) -> Substring? {
        guard let start = text.firstRange(of: ", \(name)=") else { return nil }
        let rest = text[start.upperBound...]
        return rest.firstRange(of: ", ").map { rest[..<$0.lowerBound] } ?? rest
    }

    /// A name without the dot of the DNS.
    static func bare(_ name: Substring) -> Substring { name.hasSuffix(".") ? name.dropLast() : name }
}
