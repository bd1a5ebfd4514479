package import MTAPlan

/// sSMTP 2.64: hands each message to one host before `sendmail` returns.
///
/// No queue, no local delivery.
/// Scenarios 1 and 2 of docs/mail-servers.md. It looks at no certificate, and leaves parts of passwords out; what it would
/// leave out is refused. Nobody maintains it.
///
/// Source: ssmtp.conf(5); each printable character in a password, tried with 2.64 of Debian 12 and 13.
package struct SSMTP: MailServer {
    package let recognition = Recognition(
        "ssmtp",
        programs: ["ssmtp"],
        version: { $0.version(of: "ssmtp", after: "sSMTP ") }
    )

    package init() {}

    package var limitations: Set<Limitation> { [.bouncesTakeDefaultRoute, .sendsToRelaysAlone] }

    package var factsScript: [UInt8] { PackageResources.ssmtp_facts_sh }

    package func survey(_ facts: Facts) -> Survey {
        let settings = SSMTPSettings(facts.file(SSMTPSettings.path(in: facts))?.bytes ?? [])
        return Survey(defaultRoute: settings.route, tls: settings.tls, login: settings.value(of: "authuser"))
    }

    package func proposal(
        for routes: Routes,
        extras: ServerExtras,
        given facts: Facts,
        secrets: Secrets
    ) throws(Failure) -> Proposal {
        let smarthost = try OneWay(server: name, routes: routes).smarthost()
        if let smarthost {
            try check(smarthost, secrets)
            try Self.checkFiles(facts)
            try checkAliases(smarthost, facts)
        }
        let path = SSMTPSettings.path(in: facts)
        let found = try SettingsChange.file(path, in: facts)
        var lines = ConfigLines(found?.bytes ?? [])
        let ours = smarthost.map(SSMTPSettings.lines) ?? SecretLines()
        let own: [(number: Int, line: ArraySlice<UInt8>)]
        do {
            own = try lines.ownLines()
            try lines.setBlock(ours.lines) { SSMTPSettings.decides($1) }
        } catch { throw error.at(path) }
        let change = try SettingsChange(
            path: path,
            found: found,
            content: ours.content(lines.bytes),
            mode: FileMode(rawValue: 0o640),
            owner: "root",
            group: "mail",
            secrets: secrets
        ).change()
        let expectation = smarthost.flatMap { smarthost in
            smarthost.hosts.first.map { host in
                POSIXWork.Expectation(["grep", "-i", "^mailhub=", path], prints: "mailhub=\(host):\(smarthost.port)")
            }
        }
        return Proposal(
            POSIXWork(
                files: change.map { [$0] } ?? [],
                reload: [],
                expectations: expectation.map { [$0] } ?? []
            ),
            notes: smarthost.map { notes(on: $0, own.map(\.line)) } ?? []
        )
    }

    /// What the plan says of the smarthost, given the host's own lines.
    private func notes(on smarthost: Smarthost, _ own: [ArraySlice<UInt8>]) -> [String] {
        guard let host = smarthost.hosts.first else { return [] }
        var notes = [
            "ssmtp sends mail for the host's own domains to `\(smarthost.name)` too, as it does not deliver locally"
        ]
        let old = own.compactMap { SSMTPSettings.row($0) }.last { $0.name == "mailhub" }?.value
        if let old, !old.isEmpty, old != "\(host):\(smarthost.port)" {
            notes.append("mailhub was `\(old.shownAsHost)` and is commented out")
        }
        if smarthost.login != nil, smarthost.tls == .none { notes.append(.clearLogin(smarthost)) }
        return notes
    }

    /// It prints its dialogue with the smarthost, without the password: ssmtp(8), `-v`.
    ///
    /// It has no queue.
    package var trace: Trace {
        Trace(
            log: { _ in .submission },
            tracer: { SSMTPTrace(messageID: $0.messageID) },
            mark: { _ in nil },
            submissionWords: { _ in ["-v"] },
            discard: nil,
            leftover: Self.leftover,
            hints: Trace.Hint.common + [.port("Cannot open ")]
        )
    }

    /// It puts what it had not read yet, the lines after the headers, at the end of `dead.letter` in the user's home.
    ///
    /// Source: dead_letter in ssmtp.c; seen with 2.64 of Debian 13.
    private static var leftover: Command {
        Command(program: PackageResources.ssmtp_leftover_sh)
    }

    /// Who has a mailhub of their own in revaliases sends there, and logs in there with the playbook's login.
    ///
    /// Source: ssmtp(8), "revaliases"; revaliases() in ssmtp.c: `user:address[:mailhub[:port]]`.
    private func checkAliases(_ smarthost: Smarthost, _ facts: Facts) throws(Failure) {
        let path = Self.aliases(in: facts)
        let lines = (facts.file(path)?.bytes ?? []).split(separator: 0x0A, omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            let words = line.prefix { $0 != UInt8(ascii: "#") }.text
                .split(separator: ":", omittingEmptySubsequences: false).map { String($0.filter { !$0.isWhitespace }) }
            guard words.count > 2, !words[2].isEmpty else { continue }
            let isOurs = smarthost.hosts.first == words[2] && words.dropFirst(3).first == String(smarthost.port)
            if !isOurs { throw .ownMailhub(words[0], words[2], at: "\(path):\(index + 1)") }
        }
    }

    private static func checkFiles(_ facts: Facts) throws(Failure) {
        let path = SSMTPSettings.path(in: facts)
        try facts.checkRelied(on: [path, aliases(in: facts)])
        // What it reads of such a line ends in the carriage return.
        if facts.file(path)?.bytes.firstRange(of: [0x0D, 0x0A]) != nil { throw .carriageReturns(path) }
    }

    private static func aliases(in facts: Facts) -> String {
        SSMTPSettings.path(in: facts).replacing("ssmtp.conf", with: "revaliases")
    }

    private func check(_ smarthost: Smarthost, _ secrets: Secrets) throws(Failure) {
        switch smarthost.tls {
        case .verified:
            throw .noSuchTLS(
                name,
                smarthost,
                why: "it checks no certificates",
                hint: "write `tls: required`, or install msmtp, which can do it, instead"
            )
        case .opportunistic:
            throw .noSuchTLS(
                name,
                smarthost,
                why: "it sends nothing if TLS was asked for and is not offered",
                hint: "write `tls: required`, or `tls: none`"
            )
        case .none, .required: break
        }
        if smarthost.hosts.contains(where: { $0.contains(":") }) { throw .noAddress(smarthost.name) }
        guard let login = smarthost.login else { return }
        let lost = Array(" \t\u{0B}\u{0C}#=".utf8)
        try LoginLimits(
            server: name,
            user: lost + Array(":".utf8),
            password: lost,
            hint: "install msmtp or dma instead, which can store it, or have the password changed"
        ).check(login, secrets: secrets)
    }
}

extension Failure {
    fileprivate static func ownMailhub(_ user: String, _ host: String, at place: String) -> Failure {
        Failure(
            "mail of `\(user.escaped)` takes its own mailhub, `\(host.shownAsHost)`, whatever ssmtp.conf says",
            hint: "remove the mailhub from the line: `USER:ADDRESS` keeps the address",
            at: place
        )
    }
    fileprivate static func noAddress(_ name: String) -> Failure {
        Failure(
            "ssmtp treats what follows a `:` as the port, so the IPv6 address of `\(name)` cannot be its mailhub",
            hint: "give the smarthost's name"
        )
    }
}
