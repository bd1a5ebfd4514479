package import MTAPlan

/// nullmailer 2.x: a queue, and a list of hosts that everything is sent to.
///
/// Scenarios 1 and 2 of docs/mail-servers.md. It delivers nothing itself, so its bounces take the smarthost too.
///
/// Source: nullmailer-send(8), lib/argparse.cc, protocols/smtp.cc, protocols/protocol.cc of 2.2; tried with 2.2 of
/// Debian 12 and 13.
package struct Nullmailer: MailServer {
    package let recognition = Recognition(
        "nullmailer",
        word: "nullmailer",
        listeners: ["nullmailer-smtpd"],
        version: { $0.packageVersion(of: "nullmailer") }
    )

    package init() {}

    package var limitations: Set<Limitation> { [.bouncesTakeDefaultRoute, .sendsToRelaysAlone] }

    package var factsScript: [UInt8] { PackageResources.nullmailer_facts_sh }

    package func survey(_ facts: Facts) -> Survey {
        let queued = facts.text("nullmailer.queued").flatMap { Int($0.filter { $0 != " " }) }
        let remotes = ConfigLines(facts.file(Self.path(in: facts))?.bytes ?? []).effectiveLines
            .compactMap { NullmailerRemote($0.text) }
        guard let remote = remotes.first else { return Survey(defaultRoute: "nowhere: no remotes", queued: queued) }
        return Survey(
            defaultRoute: remotes.map(\.route).joined(separator: ", "),
            tls: remote.tls,
            login: remote.value(of: "user"),
            queued: queued
        )
    }

    package func proposal(
        for routes: Routes,
        extras: ServerExtras,
        given facts: Facts,
        secrets: Secrets
    ) throws(Failure) -> Proposal {
        let path = Self.path(in: facts)
        let smarthost = try OneWay(server: name, routes: routes).smarthost(able: [.severalHosts])
        let found = try SettingsChange.file(path, in: facts)
        if smarthost != nil { try facts.checkRelied(on: [path]) }
        var remotes = ConfigLines(found?.bytes ?? [])
        var notes: [String] = []
        let ours = try smarthost.map { smarthost throws(Failure) in
            try check(smarthost, facts, secrets)
            return NullmailerRemote.lines(for: smarthost)
        }
        do {
            if ours != nil, let old = try Self.replaced(remotes, at: path) { notes.append(old) }
            try remotes.setBlock(ours?.lines ?? []) { NullmailerRemote.isRemote($1) }
        } catch { throw error.at(path) }
        if let smarthost {
            notes.append(
                "nullmailer sends mail for the host's own domains to `\(smarthost.name)` too, as it does not deliver locally"
            )
            if smarthost.login != nil, smarthost.tls == .none { notes.append(.clearLogin(smarthost)) }
        }
        // Its daemon reads them as a user of its own, whose file they are with Debian's package.
        let user = Self.user(facts)
        let change = try SettingsChange(
            path: path,
            found: found,
            content: ours?.content(remotes.bytes) ?? Content(remotes.bytes),
            mode: FileMode(rawValue: 0o600),
            owner: user.first ?? "mail",
            group: user.last ?? "mail",
            secrets: secrets
        ).change()
        // It reads the list again for each run of its queue, and so without a reload: nullmailer-send(8).
        let health: [Command] =
            facts.text("nullmailer.running") == "active" ? [["systemctl", "is-active", "--quiet", "nullmailer"]] : []
        var work = POSIXWork(files: change.map { [$0] } ?? [], reload: [], health: health)
        if let owner = found?.owner, owner == user.first, owner != "root" { work.owners = [owner] }
        return Proposal(work, notes: notes)
    }

    package var trace: Trace {
        Trace(
            log: { .syslog(in: $0, by: ["mail", "nullmail"]) },
            tracer: { NullmailerTrace(messageID: $0.messageID) },
            discard: Self.discard,
            hints: Trace.Hint.common + [.port("Connect failed")]
        )
    }

    /// There is no command for it: a file of the queue is the message.
    private static func discard(queueID: String) -> Command {
        Command(program: PackageResources.as_owner_sh + PackageResources.nullmailer_discard_sh, [queueID])
    }

    /// The user and the group whose its queue is.
    private static func user(_ facts: Facts) -> [String] {
        (facts.text("nullmailer.user") ?? "mail mail").split(separator: " ").map(String.init)
    }

    private static func path(in facts: Facts) -> String {
        "\(facts.text("nullmailer.folder") ?? "/etc/nullmailer")/remotes"
    }

    /// What is said of the host's own lines that lose their effect.
    private static func replaced(_ remotes: ConfigLines, at path: String) throws(Failure) -> String? {
        let own = try remotes.ownLines().filter { NullmailerRemote.isRemote($0.line) }
        let hosts = own.compactMap { NullmailerRemote($0.line.text)?.route }.map { "`\($0.escaped)`" }
        return hosts.isEmpty ? nil : "\(path) had \(hosts.joined(separator: ", ")), which is commented out"
    }

    private func check(_ smarthost: Smarthost, _ facts: Facts, _ secrets: Secrets) throws(Failure) {
        if let version = recognition.version(facts), version.hasPrefix("1.") { throw .oldNullmailer(version) }
        if let state = facts.text("nullmailer.running") ?? facts.answers["nullmailer.running"]?.output.text.trimmedLine,
            state != "active"
        {
            throw .nullmailerStopped(state)
        }
        if smarthost.tls == .opportunistic {
            throw .noSuchTLS(
                name,
                smarthost,
                why: "a remote either uses TLS or does not",
                hint: "write `tls: required`, or `tls: none`"
            )
        }
        if let login = smarthost.login { try LoginLimits(server: name).check(login, secrets: secrets) }
    }
}

extension String {
    /// The text without line breaks at its end.
    fileprivate var trimmedLine: String { String(self[...].prefix { !$0.isNewline }) }

    /// What is noted where a password is sent unprotected.
    static func clearLogin(_ smarthost: Smarthost) -> String {
        "the password for `\(smarthost.name)` crosses the network in clear text, as `tls: none` asks"
    }
}

extension Failure {
    fileprivate static func oldNullmailer(_ version: String) -> Failure {
        Failure(
            "nullmailer \(version) shows passwords in its process list",
            hint: "install nullmailer 2 or newer"
        )
    }
    fileprivate static func nullmailerStopped(_ state: String) -> Failure {
        Failure(
            "nullmailer is not running: its service is `\(state.escaped)`",
            hint: "start it with `systemctl start nullmailer`"
        )
    }
}
