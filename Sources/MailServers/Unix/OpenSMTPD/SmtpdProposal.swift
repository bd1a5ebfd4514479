import MTAPlan

/// From wanted routes to the changes of one host's OpenSMTPD.
struct SmtpdProposal {
    let routes: Routes
    let facts: Facts
    let secrets: Secrets

    func make() throws(Failure) -> Proposal {
        guard let path = facts.text("opensmtpd.conf"), let found = try SettingsChange.file(path, in: facts) else {
            throw .noConf
        }
        if routes != Routes() { try facts.checkRelied(on: [path]) }
        try SmtpdRefusals(routes: routes, facts: facts, secrets: secrets).check()
        do { return try make(found, path) } catch { throw error.at(path) }
    }

    private func make(_ found: FoundFile, _ path: String) throws(Failure) -> Proposal {
        var lines = ConfigLines(found.bytes)
        try lines.removeBlocks()
        let rules = try SmtpdRules(SmtpdConf(lines), given: facts)
        try SmtpdRefusals(routes: routes, facts: facts, secrets: secrets).check(rules)

        let logins = path.split(separator: "/").dropLast().map { "/\($0)" }.joined() + "/smtpd-mtactl-logins"
        var wanted = SmtpdRoutes(routes, logins: logins)
        var blocks: [(line: Int, content: [String])] = []
        if routes != Routes() {
            for (rule, relay) in rules.remote {
                blocks.append((rule.lines.lowerBound, try wanted.rules(before: rule, relay)))
            }
        }
        if !blocks.isEmpty { blocks[0].content = wanted.definitions + blocks[0].content }
        lines.insertBlocks(blocks)

        let files = [
            try loginChange(wanted.loginLines, logins), try confChange(found, lines, path),
        ].compactMap { $0 }
        let base = rules.remote.first?.relay.name ?? "relay"
        var set = POSIXWork(files: files, reload: [], health: [Self.isRunning])
        if !files.isEmpty {
            let service = SmtpdService(facts)
            set.check = Self.check(conf: found.realPath, logins: logins)
            set.reload = [service.stop, Self.adopt(base: base, conf: path), service.start]
        }
        return Proposal(set, notes: notes(rules))
    }

    // MARK: Files

    private func loginChange(_ ours: SecretLines, _ path: String) throws(Failure) -> FileChange? {
        let found = try SettingsChange.file(path, in: facts)
        guard !ours.lines.isEmpty else {
            guard let found else { return nil }
            return try FileChange(
                path: found.realPath,
                found: .file(found),
                wanted: .absent,
                kind: .secret,
                secrets: secrets
            )
        }
        let group = ["opensmtpd.groups", "opensmtpd.user"].compactMap { facts.text($0) }.first
        return try SettingsChange(
            path: path,
            found: found,
            content: ours.content(ours.lines.flatMap { $0 + [0x0A] }),
            mode: FileMode(rawValue: 0o640),
            owner: "root",
            group: group?.split(separator: ":").first.map(String.init) ?? "_smtpd",
            secrets: secrets
        ).change()
    }

    private func confChange(_ found: FoundFile, _ lines: ConfigLines, _ path: String) throws(Failure) -> FileChange? {
        guard lines.bytes != found.bytes else { return nil }
        return try FileChange(
            path: found.realPath,
            found: .file(found),
            wanted: .file(Content(lines.bytes), mode: found.mode, owner: found.owner, group: found.group),
            kind: .configuration,
            secrets: secrets
        )
    }

    // MARK: Commands

    private static let isRunning = Command(
        to: "check that OpenSMTPD is running",
        program: PackageResources.opensmtpd_health_sh
    )

    /// OpenSMTPD's own check, of a copy that names the staged table.
    private static func check(conf: String, logins: String) -> POSIXWork.StagedCheck {
        let staged = PackageResources.opensmtpd_staged_sh
        return POSIXWork.StagedCheck(
            files: [conf, logins],
            commands: [Command(to: "have smtpd read the staged files", program: staged, ["{}", conf, logins])]
        )
    }

    /// Gives mail that waits for an action that no longer exists to the host's own.
    ///
    /// Otherwise OpenSMTPD would never look at it again: `invalid envelope …: unknown dispatcher`, envelope_validate
    /// in queue_backend.c. An envelope is a text file whose second line names the action. While the daemon is down.
    private static func adopt(base: String, conf: String) -> Command {
        Command(
            to: "move mail queued for a removed route to the default one",
            program: PackageResources.as_owner_sh + PackageResources.opensmtpd_adopt_sh,
            [base, conf, ShellProgram.line(PackageResources.opensmtpd_envelopes_sh)]
        )
    }

    // MARK: Notes

    private func notes(_ rules: SmtpdRules) -> [String] {
        guard routes != Routes() else { return [] }
        var notes: [String] = []
        let relays = rules.remote.map(\.relay)
        if case .via = routes.defaultRoute, let old = relays.compactMap(\.host).first {
            notes.append("mail took `\(old.escaped)` and no longer does, as mtactl's rules come first")
        }
        let others = rules.rules.filter { !$0.isForOthers && rules.relays[$0.action] != nil }
        for rule in others {
            notes.append("line \(rule.number) of the host still decides for `\(rule.shownTarget.escaped)`")
        }
        // For all mail too, but to where ours do not come first.
        let first = Set(rules.remote.map(\.rule.number))
        for rule in rules.rules where rule.isForOthers && !first.contains(rule.number) {
            notes.append("line \(rule.number) of the host still decides for `\(rule.shownOptions.escaped)`")
        }
        for smarthost in routes.usedSmarthosts where smarthost.tls == .opportunistic {
            notes.append(
                "whether mail to `\(smarthost.name)` is encrypted is the smarthost's choice, as `tls: opportunistic` asks"
            )
        }
        return notes
    }
}

/// How the daemon is stopped and started: what it reads, it reads at its start alone.
struct SmtpdService {
    let stop: Command
    let start: Command

    init(_ facts: Facts) {
        switch facts.text("host.init") {
        case "systemd":
            stop = Command(to: "stop OpenSMTPD", program: PackageResources.smtpd_stop_sh)
            start = Command(to: "start OpenSMTPD", program: PackageResources.smtpd_start_sh)
        case "openrc": (stop, start) = (["rc-service", "smtpd", "stop"], ["rc-service", "smtpd", "start"])
        case "bsd": (stop, start) = (["service", "smtpd", "stop"], ["service", "smtpd", "start"])
        default: (stop, start) = (["service", "opensmtpd", "stop"], ["service", "opensmtpd", "start"])
        }
    }
}

extension Failure {
    fileprivate static let noConf = Failure(
        "smtpd.conf was not found",
        hint: "put it back at /etc/smtpd.conf, or choose another mail server with `mta`"
    )
}
