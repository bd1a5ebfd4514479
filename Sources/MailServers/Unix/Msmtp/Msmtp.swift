package import MTAPlan

/// msmtp 1.8: hands each message to the smarthost of the sender's account before `sendmail` returns.
///
/// No queue, no local delivery, no way but a smarthost. Scenarios 1, 2, 4 and 5 of docs/mail-servers.md, senders by accounts.
///
/// Source: msmtp(1), conf.c of 1.8.28; tried with 1.8.23 and 1.8.28 of Debian 12 and 13.
package struct Msmtp: MailServer {
    package let recognition = Recognition(
        "msmtp",
        programs: ["msmtp"],
        version: { $0.version(of: "msmtp", after: "msmtp version ") }
    )

    package init() {}

    package var limitations: Set<Limitation> { [.bouncesTakeDefaultRoute, .sendsToRelaysAlone] }

    package var factsScript: [UInt8] { PackageResources.msmtp_facts_sh }

    package func survey(_ facts: Facts) -> Survey {
        let accounts = MsmtpSettings(facts.file(Self.path(in: facts))?.bytes ?? []).accounts
        guard let account = accounts.first(where: { $0.name == "default" }) else {
            return Survey(defaultRoute: "nowhere: no default account")
        }
        // Of several with the same sender the first takes the mail.
        var seen: Set<String> = []
        return Survey(
            defaultRoute: account.route,
            senders: accounts.compactMap { account in
                account.value("from").flatMap { seen.insert($0).inserted ? $0 : nil }.map {
                    Survey.Row(MsmtpAccounts.readable($0), account.route, tls: account.tls, login: account.login)
                }
            },
            tls: account.tls,
            login: account.login
        )
    }

    package func proposal(
        for routes: Routes,
        extras: ServerExtras,
        given facts: Facts,
        secrets: Secrets
    ) throws(Failure) -> Proposal {
        _ = try OneWay(server: name, routes: routes).smarthost(able: [.senders])
        let path = Self.path(in: facts)
        let found = try SettingsChange.file(path, in: facts)
        var lines = ConfigLines(found?.bytes ?? [])
        let replaced: MsmtpSettings
        do { replaced = try MsmtpSettings(own: lines) } catch { throw error.at(path) }
        let accounts = try MsmtpAccounts(routes, beside: replaced, secrets: secrets)
        if !accounts.isEmpty { try facts.checkRelied(on: [path]) }
        try checkReaders(accounts, found, facts, path)
        if !accounts.isEmpty, let own = facts.text("msmtp.own") { throw .rootsOwn(own) }
        do {
            try replaced.check(beside: accounts)
            try lines.put(accounts)
        } catch { throw error.at(path) }
        let change = try SettingsChange(
            path: path,
            found: found,
            content: accounts.lines.content(lines.bytes),
            mode: FileMode(rawValue: accounts.hasLogin ? 0o640 : 0o644),
            owner: "root",
            group: Self.program(in: facts)?.group ?? "root",
            secrets: secrets
        ).change()
        let check = POSIXWork.StagedCheck(
            files: [change?.path ?? path],
            commands: [Self.reading(path: change?.path ?? path)]
        )
        return Proposal(
            POSIXWork(
                files: change.map { [$0] } ?? [],
                check: change == nil ? nil : check,
                reload: [],
                expectations: accounts.expectations
            ),
            notes: notes(accounts, replaced, routes, facts)
        )
    }

    /// msmtp prints its log line itself where it is asked to: msmtp(1), `--logfile`.
    ///
    /// It has no queue.
    package var trace: Trace {
        Trace(
            log: { _ in .submission },
            tracer: { MsmtpTrace(messageID: $0.messageID) },
            submissionWords: { _ in ["--logfile=-"] },
            discard: nil,
            hints: Trace.Hint.common
        )
    }

    private static func path(in facts: Facts) -> String { "\(facts.text("msmtp.folder") ?? "/etc")/msmtprc" }

    /// The mode and the group of the program.
    private static func program(in facts: Facts) -> (mode: FileMode, group: String)? {
        let words = (facts.text("msmtp.program") ?? "").split(separator: " ")
        guard words.count == 2, let mode = FileMode(octal: words[0]) else { return nil }
        return (mode, String(words[1]))
    }

    /// msmtp runs as whoever sends, so the settings must be readable for them, and whoever can read them may know the password.
    ///
    /// A group that the program alone runs as keeps it from nobody: `--proxy-host` takes precedence over the file, so
    /// any user has msmtp log in through a proxy of his own, to which `--tls=off` gives the password in clear text:
    /// msmtp(1), "Options"; tried with 1.8.28, as `nobody`, through a group that alone could read the file.
    private func checkReaders(
        _ accounts: MsmtpAccounts,
        _ found: FoundFile?,
        _ facts: Facts,
        _ path: String
    ) throws(Failure) {
        guard accounts.hasLogin else { return }
        if let program = Self.program(in: facts), program.mode.rawValue & 0o6000 != 0,
            program.mode.rawValue & 0o001 != 0
        {
            throw .everyoneRuns(path)
        }
        let isThere = found != nil
        guard let found, found.mode.rawValue & 0o004 == 0 else { throw .everyoneReads(path, isThere: isThere) }
    }

    /// msmtp's own reading of the staged file; as a user's file it must be readable to the user alone.
    private static func reading(path: String) -> Command {
        let name = path.split(separator: "/").last.map(String.init) ?? "msmtprc"
        return Command(
            to: "have msmtp read the staged file",
            program: PackageResources.msmtp_staged_sh,
            ["{}", name]
        )
    }

    private func notes(
        _ accounts: MsmtpAccounts,
        _ replaced: MsmtpSettings,
        _ routes: Routes,
        _ facts: Facts
    ) -> [String] {
        guard !accounts.isEmpty else { return [] }
        var notes: [String] = []
        if accounts.hasDefault, let old = replaced.accounts.first(where: { $0.name == "default" }) {
            let named =
                replaced.namedDefault.map { "; the account `\($0.escaped)` that it copies stays, for `-a`" } ?? ""
            notes.append("the default account was `\(old.route.escaped)` and is commented out\(named)")
        }
        if case .via(let smarthost) = routes.defaultRoute {
            notes.append(
                "msmtp sends mail for the host's own domains to `\(smarthost.name)` too, as it does not deliver locally"
            )
        }
        notes += accounts.clearLogins.map(String.clearLogin)
        notes += MsmtpCallers(facts).notes
        return notes
    }
}

extension ConfigLines {
    /// Puts our accounts where they decide, and comments out the default account that they replace.
    fileprivate mutating func put(_ accounts: MsmtpAccounts) throws(Failure) {
        guard accounts.hasDefault else { return try setBlock(accounts.lines.lines) { _, _ in false } }
        if try MsmtpSettings(own: self).firstThatTakesMail != nil {
            // One of an older mtactl is at the end; one that is in its place comes back there.
            try removeBlocks()
        }
        let own = try MsmtpSettings(own: self)
        let (first, out) = (own.firstThatTakesMail, own.linesOfDefault)
        let place = try ownLines().first { $0.number == first }?.line
        try setBlock(
            accounts.lines.lines,
            before: { line in place.map { line.withoutBreak.elementsEqual($0) } ?? false },
            replacing: { number, _ in out.contains(number) }
        )
    }
}

extension Failure {
    fileprivate static func rootsOwn(_ path: String) -> Failure {
        Failure(
            "root has its own settings, which take precedence over the system's for its mail, so no route could be proved",
            hint: "move them out of root's home, if root's mail is to take the playbook's routes",
            at: path
        )
    }
    fileprivate static func everyoneReads(_ path: String, isThere: Bool) -> Failure {
        Failure(
            "\(path) \(isThere ? "is" : "would be") read by everyone who sends mail, so a password in it would be visible to all users of the host",
            hint: alone(path, isThere ? "" : "touch \(path) && ")
        )
    }
    fileprivate static func everyoneRuns(_ path: String) -> Failure {
        Failure(
            "msmtp is setuid or setgid, so anyone who runs it can have the password sent to their own proxy",
            hint: "run `chmod 755 /usr/bin/msmtp`, and \(alone(path, ""))"
        )
    }

    private static func alone(_ path: String, _ before: String) -> String {
        "let only one group read it, `\(before)chgrp GROUP \(path) && chmod 640 \(path)`, or have the smarthost accept the host by its address"
    }
}
