import MTAPlan

/// Follows a message through the rows of the message tracking log, and says what its queue says where it does not go.
///
/// A line is `tracking`, `queue` or `pickup`, then `NAME=VALUE`, with tabs between.
///
/// Source: "Message tracking", Exchange; article 2663556 for SENDEXTERNAL, which 2007 and 2010 call SEND.
struct ExchangeTrace: Tracer {
    private let messageID: String

    init(messageID: String) { self.messageID = messageID }

    mutating func next(after lines: [String]) -> TraceStep {
        let rows = lines.compactMap { TrackingRow($0) }
        if let row = rows.first(where: \.hasLeft) { return .found(delivered(row)) }
        if let row = rows.first(where: \.hasFailed) { return .found(undelivered(.bounced, row.reply)) }
        if lines.isEmpty || rows.contains(where: \.isOwnHop) {
            // Another server of the organisation has it now.
            if !lines.contains(where: { $0.hasPrefix("queue\t") || $0.hasPrefix("pickup\t") }) {
                return .watch(Self.watch)
            }
        }
        return .found(undecided(rows, lines))
    }

    private static let ownHop = "ConnectorId=Intra-Organization SMTP Send Connector"
    private static let watch = Watch(
        containing: ["tracking\t", "queue\t", "pickup\t"],
        until: ["SENDEXTERNAL", "SEND", "FAIL", "BADMAIL"].map { ["tracking\t", "\tEventId=\($0)\t"] },
        except: [ownHop]
    )

    private func delivered(_ row: TrackingRow) -> Delivery {
        let host = row["ServerHostname"] ?? row["ServerIp"] ?? ""
        let by = row["ConnectorId"].map { " (Send connector \"\($0)\")" } ?? ""
        return Delivery(
            status: .delivered,
            messageID: messageID,
            relay: Delivery.Relay(host: host, address: row["ServerIp"] ?? "", port: nil),
            tellsTLS: false,
            reply: Printable.line(row.reply + by)
        )
    }

    private func undelivered(_ status: Delivery.Status, _ reply: String) -> Delivery {
        Delivery(
            status: status,
            messageID: messageID,
            queueID: messageID,
            tellsTLS: false,
            reply: Printable.line(reply)
        )
    }

    /// When the time was up: what hinders the message, by its queue, the folder, or its last row.
    private func undecided(_ rows: [TrackingRow], _ lines: [String]) -> Delivery {
        let picked = lines.filter { $0.hasPrefix("pickup\t") }
        if picked.contains(where: { $0.hasSuffix(".bad") }) {
            return undelivered(.refused, "the pickup folder refused the message (.bad)")
        }
        let queues = lines.compactMap { TrackingRow(queue: $0) }
        let waiting = queues.filter { ($0["MessageCount"] ?? "0") != "0" }
        if let queue = waiting.first(where: { $0["Identity"]?.lowercased().hasSuffix("\\unreachable") == true }) {
            return undelivered(
                .deferred,
                "no Send connector takes the message: it is in the queue \(queue["Identity"] ?? "")"
            )
        }
        let trouble = waiting.compactMap { $0["LastError"] }.first { !$0.isEmpty } ?? rows.last { $0.isDeferred }?.reply
        if let trouble { return undelivered(.deferred, LastError(trouble).words) }
        if rows.isEmpty, picked.contains(where: { $0.hasSuffix(".eml") }) {
            return undelivered(.queued, "the transport service has not taken the message from the pickup folder")
        }
        if let unread = lines.lazy.compactMap({ TrackingRow(unread: $0) }).first {
            let server = unread["ServerHostname"] ?? ""
            return undelivered(
                .queued,
                "the tracking log of \(server) cannot be read: \(unread["RecipientStatus"] ?? "")"
            )
        }
        if rows.isEmpty { return undelivered(.queued, "the message is not in the tracking log") }
        return undelivered(.queued, "")
    }

    /// What Exchange's own words mean.
    static let hints: [Trace.Hint] =
        [
            Trace.Hint("Open relay not allowed", notYet), Trace.Hint("relay not", notYet),
            Trace.Hint("Relay access denied", notYet),
            Trace.Hint(
                "Require basic authentication",
                "Exchange logs in only with AUTH LOGIN: does the smarthost offer it after STARTTLS?"
            ),
            Trace.Hint(
                "Cannot achieve Exchange Server authentication",
                "the connector's mechanism is for other Exchange servers: set `exchange: {authentication: basic}` or `none`"
            ),
            Trace.Hint("4.4.1", "is the smarthost's port correct, and does a firewall let this server through?"),
            Trace.Hint(
                "Connection timed out",
                "is the smarthost's port correct, and does a firewall let this server through?"
            ),
            Trace.Hint("Must issue a STARTTLS", "the smarthost requires TLS: write `tls: required`"),
            Trace.Hint(
                "in the queue",
                "is a connector enabled for the recipient's domain, and available to this server?"
            ),
            Trace.Hint("pickup folder", "is the Microsoft Exchange Transport service running, and not in maintenance?"),
        ] + Trace.Hint.common

    private static let notYet =
        "the provider does not know this address yet: authorise it there, wait as long as it says, then apply again"
}

/// A row of the tracking log, or what is told of a queue.
struct TrackingRow: Sendable {
    private let values: [Substring: Substring]

    init?(_ line: String) { self.init(line, of: "tracking") }
    init?(queue line: String) { self.init(line, of: "queue") }
    /// What is told of a server whose log cannot be read.
    init?(unread line: String) { self.init(line, of: "unread") }

    private init?(_ line: String, of kind: String) {
        let parts = line.split(separator: "\t", omittingEmptySubsequences: false)
        guard parts.first.map(String.init) == kind else { return nil }
        values = Dictionary(
            parts.dropFirst().compactMap { part in
                part.firstIndex(of: "=").map { (part[..<$0], part[part.index(after: $0)...]) }
            }
        ) { first, _ in first }
    }

    subscript(name: String) -> String? {
        guard let value = values[name[...]], !value.isEmpty else { return nil }
        return String(value)
    }

    private var event: String { (self["EventId"] ?? "").uppercased() }
    private var connector: String { self["ConnectorId"] ?? "" }

    /// A hop between servers of the organisation.
    var isOwnHop: Bool { event.hasPrefix("SEND") && connector.hasPrefix("Intra-Organization") }
    var hasLeft: Bool { (event == "SENDEXTERNAL" || event == "SEND") && !isOwnHop }
    var hasFailed: Bool { event == "FAIL" || event == "BADMAIL" }
    var isDeferred: Bool { event == "DEFER" }

    /// What the next hop said.
    var reply: String {
        LastError(self["RecipientStatus"] ?? self["SourceContext"] ?? "").words
    }
}

/// The reason that a queue or a row gives: `[{LRT=…};{LED=450 4.7.0 …};{FQDN=…};{IP=…}]`, or plain text before 2013.
///
/// The time is in the host's own format, so only LED is read.
struct LastError: Sendable {
    let words: String

    init(_ text: String) {
        guard let start = text.firstRange(of: "{LED=")?.upperBound else {
            words = text
            return
        }
        let rest = text[start...]
        // The words themselves may have braces in them.
        let end = ["};{", "}]"].compactMap { rest.firstRange(of: $0)?.lowerBound }.min() ?? rest.endIndex
        words = String(rest[..<end])
    }
}
