import MTAPlan

/// Follows a message through OpenSMTPD's log, from the id that `sendmail -v` prints.
///
/// The id is of eight digits; those of the message's envelopes begin with it. Lines of one connection begin with the
/// id of its session.
///
/// Source: smtp_session.c, mta.c and mta_session.c of 7.6; lines of 6.8.0p2 and 7.6.0p1.
struct SmtpdTrace: Tracer {
    private let messageID: String
    private var id: String?
    /// Of the message as it came back from filters on the host itself.
    private var spent: Set<String> = []
    private var isWatched = false

    init(messageID: String) { self.messageID = messageID }

    mutating func next(after lines: [String]) -> TraceStep {
        if id == nil { id = Self.accepted(lines) }
        guard let id else {
            return .found(
                Delivery(status: .queued, messageID: messageID, reply: "sendmail did not print the message's id")
            )
        }
        return next(of: id, in: lines.compactMap(SyslogLine.init).filter { $0.program == "smtpd" }.map(\.message))
    }

    private mutating func next(of id: String, in messages: [Substring]) -> TraceStep {
        let ends = messages.filter { $0.contains(" delivery evpid=\(id)") }
        // Of several recipients the one that fared worst.
        if let end = ends.first(where: { Self.status($0) != .delivered }) ?? ends.last {
            guard Self.isToFilter(end), let back = givenBack(id, in: messages) else {
                return .found(delivery(end, messages))
            }
            spent.insert(id)
            (self.id, isWatched) = (back, false)
            return next(of: back, in: messages)
        }
        if isWatched {
            return .found(Delivery(status: .queued, messageID: messageID, queueID: id, reply: trouble(messages)))
        }
        isWatched = true
        return .watch(
            Watch(
                containing: [" mta ", " mda delivery ", " smtp envelope evpid=", "evpid=\(id)"],
                until: [[" delivery evpid=\(id)"]]
            )
        )
    }

    // MARK: Filters on the host

    /// Whether it was delivered to a program on the host itself.
    private static func isToFilter(_ end: Substring) -> Bool {
        guard status(end) == .delivered, let relay = field("relay", in: end) else { return false }
        return relay.hasPrefix("127.") || relay.hasPrefix("::1")
    }

    /// The id under which a filter gave the message back, before it took it: of the same sender and recipient.
    private func givenBack(_ id: String, in messages: [Substring]) -> String? {
        let mark = " smtp envelope evpid="
        let envelopes = messages.compactMap { message -> (id: Substring, rest: Substring)? in
            guard let start = message.range(ofASCII: mark)?.upperBound else { return nil }
            let evpid = message[start...].prefix { $0 != " " }
            return (evpid.prefix(8), message[evpid.endIndex...])
        }
        guard let own = envelopes.firstIndex(where: { $0.id == id }) else { return nil }
        let other = envelopes[own...].first { envelope in
            envelope.id != id && !spent.contains(String(envelope.id)) && envelope.rest == envelopes[own].rest
        }
        return other.map { String($0.id) }
    }

    /// `<<< 250 2.0.0 e8f852dc Message accepted for delivery`, and in 6.8 the same.
    private static func accepted(_ lines: [String]) -> String? {
        let line = lines.last { $0.hasPrefix("<<< 250 ") && $0.contains("Message accepted for delivery") }
        return line?.split(separator: " ").map { $0.filter { $0 != ":" } }.first { word in
            word.utf8.count == 8 && word.utf8.allSatisfy { Character(UnicodeScalar($0)).isHexDigit }
        }
    }

    private func delivery(_ line: Substring, _ lines: [Substring]) -> Delivery {
        let connection = Self.connection(of: line, in: lines)
        var delivery = Delivery(status: Self.status(line), messageID: messageID, queueID: id)
        // Of a connection that came to nothing the message's own line has only a general word.
        let trouble = delivery.status == .deferred ? trouble(connection) : ""
        delivery.reply = trouble.isEmpty ? (Self.field("stat", in: line) ?? "").escaped : trouble
        delivery.relay = Self.relay(connection)
        if let ciphers = connection.last(where: { $0.contains(" mta tls ciphers=") }) {
            let version = (Self.field("ciphers", in: ciphers) ?? "").prefix { $0 != ":" }
            let isTrusted = connection.contains {
                $0.contains("cert-check result=\"valid\"") || $0.contains("server-cert-check result=\"success\"")
            }
            delivery.tls = TLSSession(String(version).escaped, isTrusted ? .verified : .untrusted)
        }
        return delivery
    }

    /// The lines of the connection over which the message went, or was to go.
    private static func connection(of line: Substring, in lines: [Substring]) -> [Substring] {
        var session = line.prefix { $0 != " " }
        if session.allSatisfy({ $0 == "0" }), let host = field("relay", in: line) {
            let tried = lines.last { $0.contains(" mta connecting ") && field("host", in: $0) == host }
            session = tried?.prefix { $0 != " " } ?? session
        }
        return lines.filter { $0.hasPrefix("\(session) ") }
    }

    private static func status(_ line: Substring) -> Delivery.Status {
        switch field("result", in: line) {
        case "Ok": .delivered
        case "PermFail": .bounced
        default: .deferred
        }
    }

    /// `mta connecting address=smtp+tls://ADDRESS:PORT host=NAME`.
    private static func relay(_ lines: [Substring]) -> Delivery.Relay? {
        guard let line = lines.last(where: { $0.contains(" mta connecting ") }),
            let url = field("address", in: line), let place = url.range(ofASCII: "://"),
            let colon = url.lastIndex(of: ":"), let port = Int(url[url.index(after: colon)...])
        else { return nil }
        let address = url[place.upperBound..<colon].filter { $0 != "[" && $0 != "]" }
        return Delivery.Relay(
            host: (field("host", in: line) ?? address).escaped,
            address: address.escaped,
            port: port
        )
    }

    /// What kept the last connection from coming about.
    private func trouble(_ lines: [Substring]) -> String {
        let mark = " mta error reason="
        let line = lines.last { $0.contains(mark) }
        return line.flatMap { line in line.range(ofASCII: mark).map { String(line[$0.upperBound...]).escaped } } ?? ""
    }

    /// The value of `name=value` or `name="value"`.
    private static func field(_ name: String, in line: Substring) -> String? {
        guard let mark = line.range(ofASCII: " \(name)=") else { return nil }
        let rest = line[mark.upperBound...]
        guard rest.hasPrefix("\"") else { return String(rest.prefix { $0 != " " }) }
        let inside = rest.dropFirst()
        return (inside.range(ofASCII: "\" ") ?? inside.lastRange(of: "\"")).map { String(inside[..<$0.lowerBound]) }
    }
}

extension Substring {
    fileprivate func lastRange(of text: String) -> Range<Index>? { ranges(of: text).last }
}
