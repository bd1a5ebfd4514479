import MTAPlan

/// What keeps an OpenSMTPD from doing exactly what is asked, found before anything is changed.
struct SmtpdRefusals {
    let routes: Routes
    let facts: Facts
    let secrets: Secrets

    /// What has nothing to do with what is in smtpd.conf.
    func check() throws(Failure) {
        let exposed = (facts.text("opensmtpd.exposed") ?? "").split(separator: "\n").first
        if let exposed { throw .exposed(exposed) }
        if let answer = facts.answers["opensmtpd.check"], answer.status != 0 { throw .broken(answer) }
        guard routes != Routes() else { return }
        if case .relay = routes.localDomains { throw .localMail("opensmtpd") }
        if let file = routes.sendersFile { throw .smtpdSendersFile(file.path) }
        if routes.returnPath != nil { throw .returnPath("opensmtpd") }
        if let answer = facts.answers["opensmtpd.running"], answer.status != 0 { throw .smtpdStopped }
        for smarthost in routes.usedSmarthosts { try check(smarthost) }
        for row in routes.senders {
            guard case .via(let smarthost) = row.route, let login = row.login else { continue }
            try check(login, at: smarthost)
        }
    }

    func check(_ rules: SmtpdRules) throws(Failure) {
        guard routes != Routes() else { return }
        if let line = rules.isQueueOpaque { throw .opaqueQueue(line: line) }
        try checkIncludes(rules)
        if let name = rules.names.sorted().first(where: { $0.hasPrefix("mtactl-") || $0 == SmtpdRoutes.table }) {
            throw .foreignName(name)
        }
        guard !rules.remote.isEmpty else { throw .noRule }
        if let (rule, relay) = rules.remote.first(where: { $0.relay.option("domain") != nil }) {
            throw .table(rule, relay)
        }
        try checkRecipients(rules)
    }

    private func check(_ smarthost: Smarthost) throws(Failure) {
        try smarthost.checkHosts(on: "opensmtpd")
        if let host = smarthost.hosts.first(where: { $0.contains(":") }) { throw .address(smarthost.name, host) }
        if smarthost.tls == .verified, smarthost.hosts.contains(where: HostAddress.isIPv4) {
            throw .noSuchTLS(
                "opensmtpd",
                smarthost,
                why: "a certificate is for a name, and its host is an address",
                hint: "give the host's name, or write `tls: required`"
            )
        }
        if let login = smarthost.login { try check(login, at: smarthost) }
    }

    private func check(_ login: Login, at smarthost: Smarthost) throws(Failure) {
        if smarthost.tls == .none || smarthost.tls == .opportunistic {
            throw .noSuchTLS(
                "opensmtpd",
                smarthost,
                why: "it logs in only if TLS is certain",
                hint: "write `tls: required`, or have the smarthost accept the host by its address"
            )
        }
        // table(5), "Credentials tables"; parse_table_line in util.c; LINE_MAX is 2048.
        let limits = LoginLimits(server: "opensmtpd", user: Array(":".utf8), isTrimmed: true)
        try limits.check(login, secrets: secrets)
        if try secrets.value(of: login.password).reveal().count > 1000 { throw .longPassword(login) }
    }

    /// Rules in files of their own would have to be read in their place.
    private func checkIncludes(_ rules: SmtpdRules) throws(Failure) {
        for include in rules.includes {
            guard let file = facts.file(include.path) else { throw .unknownInclude(include.path, line: include.line) }
            let conf: SmtpdConf
            do { conf = try SmtpdConf(ConfigLines(file.bytes)) } catch { throw error.at(include.path) }
            if let odd = conf.statements.first(where: { ["match", "action", "include"].contains($0.keyword ?? "") }) {
                throw .includedRule(include.path, line: odd.number, include.line)
            }
        }
    }

    /// A rule for a domain that comes first would keep mail for it from our row.
    private func checkRecipients(_ rules: SmtpdRules) throws(Failure) {
        let own = [facts.hostName, "localhost"].map { $0.lowercased() }
        let named = rules.byDomain
        for row in routes.recipients {
            guard case .exactly(let domain) = row.domain else { continue }
            if own.contains(domain) { throw .ownDomain(domain) }
            if let rule = named[domain] { throw .ruleForDomain(rule, domain) }
        }
    }
}

extension Failure {
    fileprivate static func broken(_ answer: Facts.Answer) -> Failure {
        let words = (answer.errors + answer.output).text.split(separator: "\n").first { !$0.hasPrefix("warn") }
        return Failure(
            "opensmtpd cannot read its own configuration\(words.flatMap(harmless).map { ": \($0)" } ?? "")",
            hint: "repair this first; `smtpd -n` shows it"
        )
    }

    /// The place, and words that quote nothing: others may be of a line that has a login in it.
    private static func harmless(_ words: Substring) -> Substring? {
        let path = /(pushfile: )?\/[A-Za-z0-9\/._-]+(:[0-9]+)?/
        let reason = /: (syntax error|No such file or directory|Permission denied)/
        guard let place = words.prefixMatch(of: path) else { return nil }
        let rest = words[place.range.upperBound...]
        guard let known = rest.wholeMatch(of: reason) else { return place.2 == nil ? nil : words[place.range] }
        return words[place.range.lowerBound..<known.range.upperBound]
    }

    fileprivate static func smtpdSendersFile(_ path: String) -> Failure {
        Failure(
            "opensmtpd cannot read senders from \(path) in the form that other mail servers use",
            hint: "write them under `senders`, or install Postfix or Exim on the host"
        )
    }
    fileprivate static let smtpdStopped = Failure(
        "opensmtpd is not running, so no route could be proved",
        hint: "start it with `systemctl start opensmtpd`, or through its service"
    )
    fileprivate static func opaqueQueue(line: Int) -> Failure {
        Failure(
            "line \(line): the queue is compressed or encrypted, so queued mail could not be restored when this is undone",
            hint: "remove `queue compression` and `queue encryption` once the queue is empty"
        )
    }
    fileprivate static func foreignName(_ name: String) -> Failure {
        Failure(
            "`\(name.escaped)` is outside the markers `# BEGIN mtactl` and `# END mtactl`",
            hint: "remove it, or rename it"
        )
    }
    fileprivate static let noRule = Failure(
        "no rule sends mail to other hosts, so there is no rule that mtactl's could precede",
        hint: "write `match from local for any action \"relay\"`, and an action of that name, on the host"
    )
    fileprivate static func table(_ rule: SmtpdRules.Rule, _ relay: SmtpdRules.Relay) -> Failure {
        Failure(
            "line \(rule.number): the action `\(relay.name.escaped)` looks the host up by domain, which mtactl's would hide",
            hint: "write its rows under `recipients`, and give the rule an action without `domain`"
        )
    }
    fileprivate static func address(_ name: String, _ host: String) -> Failure {
        Failure(
            "opensmtpd treats what follows a `:` as the port, so `\(name)` cannot be the IPv6 address \(host)",
            hint: "give the smarthost's name"
        )
    }
    fileprivate static func longPassword(_ login: Login) -> Failure {
        Failure(
            "opensmtpd cannot send the password of `\(login.username.escaped)` (\(login.password)): it is longer than "
                + "1000 bytes",
            hint: "have the password changed"
        )
    }
    fileprivate static func unknownInclude(_ path: String, line: Int) -> Failure {
        Failure(
            "line \(line): the included file `\(path.escaped)` was not found, so its effect is not known",
            hint: "write its full path, or its lines in its place"
        )
    }
    fileprivate static func includedRule(_ path: String, line: Int, _ include: Int) -> Failure {
        Failure(
            "line \(include) includes rules or actions: `\(path.escaped)`:\(line)",
            hint: "move them into smtpd.conf, where mtactl's can be placed between them"
        )
    }
    fileprivate static func ownDomain(_ domain: String) -> Failure {
        Failure("`\(domain)` is the host's own domain", hint: "remove the row from `recipients`")
    }
    fileprivate static func ruleForDomain(_ rule: SmtpdRules.Rule, _ domain: String) -> Failure {
        Failure(
            "line \(rule.number): the host has a rule for `\(domain)` already, which comes before mtactl's",
            hint: "remove the row from `recipients`, or the rule from smtpd.conf"
        )
    }
}
