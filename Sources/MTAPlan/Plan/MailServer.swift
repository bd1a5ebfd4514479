/// One mail server program: how to recognise it, what to read from it and what to change.
///
/// A conforming type holds no state and does no I/O. Everything it knows of a host is in `Facts`; everything it
/// wants done is in a `POSIXWork`. The laws in `Tests/MailServersTests/LawTests.swift` say what "supported" means.
package protocol MailServer: Sendable {
    /// As in `mta:` and in reports: `postfix`.
    var name: String { get }

    /// The part of the facts script that asks about this server, in POSIX sh.
    ///
    /// It may use `ask`, `file` and the other words that `facts.sh` defines, and may change nothing on the host.
    var factsScript: [UInt8] { get }

    /// The server as it is installed on the host, or `nil` where it is not.
    func installation(in facts: Facts) -> Installation?

    /// How mail leaves the host today.
    func survey(_ facts: Facts) -> Survey

    /// Files that the play makes it necessary to read, besides what `factsScript` reads.
    func files(for routes: Routes) -> [String]

    /// What is to be changed so that mail takes these routes; no files where it does already.
    ///
    /// - Throws: What keeps this server from doing exactly what is asked. It never approximates.
    func proposal(
        for routes: Routes,
        extras: ServerExtras,
        given facts: Facts,
        secrets: Secrets
    ) throws(Failure) -> Proposal

    /// How messages are handled on the host as it is and with the proposal done; `nil` where that cannot be told.
    ///
    /// The messages are made from the host's own configuration; `probing` are looked at besides, and come first.
    func differential(of proposal: Proposal, for routes: Routes, given facts: Facts, probing: [Probe]) -> Differential?

    /// Where the server logs deliveries, or `nil` where that cannot be told.
    func log(_ facts: Facts) -> LogSource?

    /// Follows a test message through the log.
    func tracer(messageID: String) -> any Tracer

    /// The same for a log without Message-IDs.
    func tracer(of message: SentMessage) -> any Tracer

    /// Words for `sendmail` by which the message is known, or its way told, where the log alone does neither.
    func submissionWords(for message: SentMessage) -> [String]

    /// Clears away what a message leaves on the host that `sendmail` did not take; `nil` where it leaves nothing.
    func leftover(of message: SentMessage) -> Command?

    /// Takes a message out of the queue.
    func discard(queueID: String) -> Command
}

extension MailServer {
    package func differential(
        of proposal: Proposal,
        for routes: Routes,
        given facts: Facts,
        probing: [Probe]
    ) -> Differential? { nil }

    package func files(for routes: Routes) -> [String] {
        routes.sendersFile.map { [$0.path] + ($0.logins.map { [$0] } ?? []) } ?? []
    }

    package func submissionWords(for message: SentMessage) -> [String] { [] }

    package func leftover(of message: SentMessage) -> Command? { nil }

    package func tracer(of message: SentMessage) -> any Tracer { tracer(messageID: message.messageID) }
}

/// A mail server as it is installed.
package struct Installation: Sendable, Hashable {
    /// As the server itself gives it: `3.7.11`.
    package var version: String
    /// Whether it is the one that `sendmail` and port 25 belong to; `nil` where that cannot be told.
    package var isActive: Bool?

    package init(version: String, isActive: Bool? = nil) {
        self.version = version
        self.isActive = isActive
    }
}

/// How mail leaves a host today, in the server's own notation.
///
/// Never a password.
package struct Survey: Sendable, Equatable, Codable {
    package struct Row: Sendable, Equatable, Codable {
        /// A recipient or sender pattern, as the server has it.
        package var key: String
        package var route: String
        /// As for the default route; `nil` where nothing is said for this one.
        package var tls: String?
        package var login: String?

        package init(_ key: String, _ route: String, tls: String? = nil, login: String? = nil) {
            self.key = key
            self.route = route
            self.tls = tls
            self.login = login
        }
    }
    /// `direct`, or `[outgoing.example.net]:587`.
    package var defaultRoute: String
    package var recipients: [Row]
    package var senders: [Row]
    /// The TLS level towards the default route, in the server's words.
    package var tls: String?
    /// The user name towards the default route.
    package var login: String?
    package var queued: Int?

    package init(
        defaultRoute: String,
        recipients: [Row] = [],
        senders: [Row] = [],
        tls: String? = nil,
        login: String? = nil,
        queued: Int? = nil
    ) {
        self.defaultRoute = defaultRoute
        self.recipients = recipients
        self.senders = senders
        self.tls = tls
        self.login = login
        self.queued = queued
    }
}

/// A change set and what the operator should know about it.
package struct Proposal: Sendable, Hashable {
    package var changes: POSIXWork
    /// What shadows what, what is replaced, what goes further than was asked.
    ///
    /// One sentence each.
    package var notes: [String]

    package init(_ changes: POSIXWork, notes: [String] = []) {
        self.changes = changes
        self.notes = notes
    }
}

/// Where log lines are to be had.
package enum LogSource: Sendable, Hashable, Codable {
    /// systemd's journal, facility mail.
    case journal
    case file(String)
    /// What `sendmail` prints itself when it takes a message: of programs that send it on before they return.
    case submission
}
