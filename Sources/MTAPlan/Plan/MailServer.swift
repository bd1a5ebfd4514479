/// Something that can be on a host and that mtactl knows by its name: a mail server, or a panel that keeps one.
///
/// A conforming type holds no state and does no I/O. All that is known of one product is in its own folder.
package protocol Product: Sendable {
    /// Its name, and how it is recognised on a host.
    var recognition: Recognition { get }

    /// The part of the facts script about it, in POSIX sh: how it is found, and what a plan has to know of it.
    ///
    /// It may use `ask`, `file` and the other words that `facts.sh` defines, and may change nothing on the host.
    var factsScript: [UInt8] { get }

    /// What a Windows host is asked about it: how it is found, and what a plan has to know of it.
    var questions: [PowerShellQuestion] { get }

    /// How it is administered, where that is by calls over HTTPS; `nil` where files and programs do it.
    var interface: AdministrationInterface? { get }

    /// What a playbook can say about it alone; `nil` where there is nothing.
    var section: (any ServerSettings.Type)? { get }

    /// What it does with the files that mtactl would change.
    var keeping: Keeping { get }

    /// Itself as a mail server that mtactl can change; `nil` for a product that is recognised alone.
    var mailServer: (any MailServer)? { get }
}

/// What happens to a mail server's configuration on a host where a product of this kind keeps it.
package enum Keeping: Sendable, Hashable {
    /// What mtactl writes stays.
    case free
    /// It may be written over; when, and what to do, in a sentence for the plan.
    case mayRewrite(String)
    /// The product's own commands alone can change it.
    case itself(Failure)

    /// What is said in a plan.
    var note: String? { if case .mayRewrite(let words) = self { words } else { nil } }
}

extension Product {
    package var name: String { recognition.name }
    package var factsScript: [UInt8] { [] }
    package var questions: [PowerShellQuestion] { [] }
    package var interface: AdministrationInterface? { nil }
    package var section: (any ServerSettings.Type)? { nil }
    package var keeping: Keeping { .free }
    package var mailServer: (any MailServer)? { nil }
}

/// What may be shown of what is on a host: chosen, as nobody can tell a password from another word.
package protocol Disclosing {
    /// How a file is written, as far as it is needed to choose what is shown of it.
    func notation(of path: String) -> Notation

    /// Chooses what is shown of what the host says.
    func glossary(for routes: Routes) -> Glossary
}

/// A mail server that mtactl can change.
///
/// Everything it knows of a host is in `Facts`; everything it wants done is in a `Proposal`. The laws in
/// `Tests/MailServersTests/LawTests.swift` say what "supported" means.
package protocol MailServer: Product, Disclosing {
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

    /// How messages are handled on the host as it is and with the proposal done; `nil` where that cannot be determined.
    ///
    /// The messages are made from the host's own configuration; `probing` are looked at besides, and come first.
    func differential(of proposal: Proposal, for routes: Routes, given facts: Facts, probing: [Probe]) -> Differential?

    /// The way that a message has to take by the routes, where the server's own section of the playbook leaves another, too.
    func expected(_ route: ExpectedRoute, extras: ServerExtras) -> ExpectedRoute

    /// How a test message is followed through it.
    var trace: Trace { get }

    /// What it cannot do that most can.
    var limitations: Set<Limitation> { get }

    /// Whom a test message is from where the playbook does not say; `nil`: root at the host's own name.
    func sender(_ facts: Facts) -> String?
}

extension MailServer {
    package var mailServer: (any MailServer)? { self }

    /// No line of the host's own is shown.
    package func notation(of path: String) -> Notation { .unknown }

    package func glossary(for routes: Routes) -> Glossary { Glossary([], own: routes.words) }

    package var limitations: Set<Limitation> { [] }

    package func sender(_ facts: Facts) -> String? { nil }

    package func expected(_ route: ExpectedRoute, extras: ServerExtras) -> ExpectedRoute { route }

    package func differential(
        of proposal: Proposal,
        for routes: Routes,
        given facts: Facts,
        probing: [Probe]
    ) -> Differential? { nil }

    package func files(for routes: Routes) -> [String] {
        routes.sendersFile.map { [$0.path] + ($0.logins.map { [$0] } ?? []) } ?? []
    }
}

/// What a mail server cannot do that most can.
package enum Limitation: Sendable, Hashable {
    /// Mail with an empty sender takes the default route, as the rest does.
    case bouncesTakeDefaultRoute
    /// All mail goes to a relay that its configuration names: it looks no mail exchanger up.
    case sendsToRelaysAlone
    /// What mtactl wrote, and what that replaced, can be told from the host's own only by a backup.
    case changesAreUnmarked
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
    /// Why nothing can be determined of the routes, where that is so.
    package var obstacle: Failure?

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

    /// How mail leaves cannot be determined.
    package init(unknown obstacle: Failure, queued: Int? = nil) {
        self.init(defaultRoute: "unknown", queued: queued)
        self.obstacle = obstacle
    }
}

/// What is to be done to a site, and what the operator should know about it.
package struct Proposal: Sendable, Hashable {
    /// None where the site is as asked.
    package var edits: [Edit]
    package var work: Work
    /// What shadows what, what is replaced, what goes further than was asked.
    ///
    /// One sentence each.
    package var notes: [String]
    /// What the server's own section of the playbook asks to be different in how mail is handled, besides the routes.
    package var besides: Set<Handling.Property> = []

    package init(edits: [Edit], work: Work, notes: [String] = []) {
        self.edits = edits
        self.work = work
        self.notes = notes
    }

    /// Of a POSIX host: what is shown follows from what is done, and so does what is said of secrets in arguments.
    package init(_ work: POSIXWork, notes: [String] = []) {
        self.init(edits: work.edits, work: .posix(work), notes: notes + work.settings.compactMap(\.exposure))
    }
}
