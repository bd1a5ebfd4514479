/// A mail server as the lab has it: a row of the table in `docs/mail-servers.md`.
struct LabServer: Sendable {
    /// As in the table: `Postfix`.
    var name: String
    /// Hosts of `Tests/Lab/hosts` that are to behave the same way, with the beginning of the version on each.
    var hosts: [String: String]
    /// Hosts that run it too and are no part of the table.
    var others: Set<String> = []
    /// What it stands in for, where the real thing cannot be had.
    var standsInFor: String?
    /// The scenarios that it does; the others that are for every server it has to refuse, with a hint.
    var does: Set<Int>
    /// What a playbook has to concede to it.
    ///
    /// Without the concession the playbook has to be refused.
    var concessions: [Concession] = []
    /// Whether the host delivers mail for its own users.
    var hasLocalMail = true
    /// What its `sendmail -f` takes for the null sender; `nil` where nothing is.
    var nullSender: String? = "<>"
    /// Whether the envelope sender is the header's From, whatever `sendmail -f` says.
    var setsSender = false
    /// Whether it asks for the sender's row first, and so refuses rows for recipients next to those.
    var asksSendersFirst = false
    /// Whether a message that was discarded stays in the queue until its next attempt is due.
    var discardsLater = false
    /// Whether what cannot be sent now waits; else its `sendmail` sends by itself, or fails.
    var hasQueue = true
    /// Run on the host before anything else, and before a scenario.
    var prepared: String?
    var given: [Int: String] = [:]
    /// A file of the host that scenario 1 edits, or makes.
    var edited: String
    /// A file that the server's own programs make, and what changes its meaning by hand.
    var generated: (path: String, edit: String)?
    /// Shell commands that print how often the server was reloaded or restarted, and how many messages are queued.
    var reloads: String
    var queued: String
    /// Tries every queued message now.
    var flush: String
    /// Folders that change with each message.
    var unseen: [String]

    /// Those of `LabServers.all` whose hosts are up.
    static func up() throws -> [LabServer] {
        let hosts = try Lab.hosts()
        return LabServers.all.filter { hosts.isSuperset(of: $0.hosts.keys) }
    }

    /// The same server in another form.
    func another(
        _ name: String,
        _ hosts: [String: String],
        standsInFor: String? = nil,
        with changes: (inout LabServer) -> Void = { _ in }
    ) -> LabServer {
        var server = self
        (server.name, server.hosts, server.standsInFor) = (name, hosts, standsInFor)
        changes(&server)
        return server
    }

    /// The server of a host.
    static func of(_ host: String) -> LabServer? {
        LabServers.all.first { $0.hosts[host] != nil || $0.others.contains(host) }
    }
}
