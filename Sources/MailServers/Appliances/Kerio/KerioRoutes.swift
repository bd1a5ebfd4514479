import MTAPlan

/// The rules that say what a play's routes say, in their order: the first that holds decides.
struct KerioRoutes {
    /// By recipient, then by sender, the most exact first.
    private(set) var specific: [APIWork.NewRule] = []
    /// For all mail that no other rule decides about; `nil` where it is to go as before.
    private(set) var general: APIWork.NewRule?
    /// Rows by which mail is to go direct: what others' rules might say of it counts.
    private(set) var direct: [String] = []
    /// Where to get passwords.
    private(set) var passwords: [APIWork.KnownPassword] = []

    /// - Throws: Where no order of rules says exactly that.
    init(_ routes: Routes) throws(Failure) {
        var directRecipients: [String] = []
        for row in routes.recipients {
            guard case .exactly(let domain) = row.domain else { continue }
            switch row.route {
            case .direct: directRecipients.append(domain)
            case .via(let smarthost):
                let condition = RelayRule.Condition(.recipient, pattern: "*@\(domain)")
                specific.append(rule("to \(domain)", smarthost, smarthost.login, condition))
            }
        }
        let addresses = routes.senders.filter { if case .address = $0.sender { true } else { false } }
        let domains = routes.senders.filter { !addresses.contains($0) }
        var directSenders: [SenderPattern] = []
        for row in addresses + domains {
            switch row.route {
            case .direct: directSenders.append(row.sender)
            case .via(let smarthost):
                let condition = RelayRule.Condition(.sender, pattern: row.sender.pattern)
                specific.append(rule("from \(row.sender)", smarthost, row.login ?? smarthost.login, condition))
            }
        }
        direct = directRecipients + directSenders.map(\.description)
        try check(directRecipients, directSenders, routes)
        if case .via(let smarthost) = routes.defaultRoute { setGeneral(smarthost, directRecipients, directSenders) }
        try checkPasswords()
    }

    private mutating func setGeneral(
        _ smarthost: Smarthost,
        _ directRecipients: [String],
        _ directSenders: [SenderPattern]
    ) {
        let condition =
            directRecipients.first.map { RelayRule.Condition(.recipient, isNegated: true, pattern: "*@\($0)") }
            ?? directSenders.first.map { RelayRule.Condition(.sender, isNegated: true, pattern: $0.pattern) }
            ?? RelayRule.Condition()
        general = rule(direct.first.map { "all but \($0)" } ?? "all mail", smarthost, smarthost.login, condition)
    }

    private mutating func rule(
        _ what: String,
        _ smarthost: Smarthost,
        _ login: Login?,
        _ condition: RelayRule.Condition
    ) -> APIWork.NewRule {
        let host = smarthost.hosts[0]
        if let login {
            let account = RelayAccount(host: host, port: smarthost.port, username: login.username)
            passwords.append(APIWork.KnownPassword(account, login.password))
        }
        return APIWork.NewRule(
            "\(smarthost.name): \(what)",
            host: host,
            port: smarthost.port,
            username: login?.username,
            condition
        )
    }

    /// A rule can only send elsewhere, so mail goes direct where none holds.
    private func check(
        _ recipients: [String],
        _ senders: [SenderPattern],
        _ routes: Routes
    ) throws(Failure) {
        guard let row = direct.first else { return }
        let bySender = specific.contains { $0.condition.test == .sender }
        if !recipients.isEmpty, bySender {
            throw .directRow(row, "a rule for its sender would still send it to a smarthost")
        }
        for sender in senders {
            guard case .address(let address) = sender, let domain = MailAddress.split(address)?.domain else { continue }
            let pattern = SenderPattern.domain(domain).pattern
            if specific.contains(where: { $0.condition.pattern == pattern }) {
                throw .directRow(address, "the rule for `@\(domain)` would still send it to a smarthost")
            }
        }
        if case .via = routes.defaultRoute, direct.count > 1 {
            throw .directRow(direct[1], "the rule for all other mail can exclude only one row, which is `\(row)`")
        }
    }

    private func checkPasswords() throws(Failure) {
        for known in passwords where passwords.contains(where: { $0.account == known.account && $0 != known }) {
            throw Failure(
                "two passwords are given for `\(known.account.username)` at \(known.account.host)",
                hint: "give the same one in each place"
            )
        }
    }
}

extension SenderPattern {
    /// As a rule has it.
    fileprivate var pattern: String {
        switch self {
        case .address(let address): address
        case .domain(let domain): "*@\(domain)"
        }
    }
}
