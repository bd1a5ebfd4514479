import MTAPlan

/// The wanted routes as actions and rules of smtpd.conf.
///
/// Before each rule of the host that sends mail to any other host are copies of it, narrower or with another action.
/// So who may send and what stays local is decided as before, and the first match is ours.
///
/// Source: smtpd.conf(5), table(5), ruleset.c, table.c and to.c of OpenSMTPD 7.6; tried with 6.8.0p2 and 7.6.0p1:
/// - `mail-from "<>"` matches nothing. The empty sender is compared as `@`.
/// - `*.example.org` matches one label, as hostname_match does not go back. A regular expression matches all below.
/// - `boss@example.com` matches `boss+list@` too; a regular expression does not.
struct SmtpdRoutes: Sendable {
    struct Way: Hashable {
        var smarthost: Smarthost
        var login: Login?
    }

    private let routes: Routes
    private let logins: String
    /// Actions of ours in the order in which they are first needed.
    private(set) var actions: [(name: String, text: String)] = []
    private(set) var ways: [Way] = []

    /// `logins`: The path of the table of logins.
    init(_ routes: Routes, logins: String) {
        self.routes = routes
        self.logins = logins
    }

    static let table = "mtactl_logins"

    /// The rules that come before one of the host's.
    mutating func rules(before rule: SmtpdRules.Rule, _ relay: SmtpdRules.Relay) throws(Failure) -> [String] {
        var lines: [String] = []
        for row in Self.ordered(routes.recipients) {
            if rule.isNegated { throw .negated(rule) }
            let action = action(for: row.route, login: nil, like: relay)
            lines.append(match(rule, to: Self.recipient(row.domain), action: action))
        }
        let isDefault = routes.defaultRoute != .direct
        // A rule for senders of its own never has mail without one.
        let bounces = isDefault && routes.bounces == .direct && !rule.hasSender
        if !routes.senders.isEmpty, rule.hasSender { throw .hasSender(rule) }
        if bounces { lines.append(match(rule, from: #"regex "^@$""#, action: direct(like: relay))) }
        for row in Self.ordered(routes.senders) {
            lines.append(
                match(
                    rule,
                    from: Self.sender(row.sender),
                    action: action(for: row.route, login: row.login, like: relay)
                )
            )
        }
        if isDefault {
            lines.append(match(rule, action: action(for: routes.defaultRoute, login: nil, like: relay)))
        }
        return lines
    }

    /// The table's line and the actions, to be before the first rule of ours.
    var definitions: [String] {
        let isNeeded = ways.contains { $0.login != nil }
        return (isNeeded ? ["table \(Self.table) file:\(logins)"] : []) + actions.map(\.text)
    }

    static let header = "# Written by mtactl and overwritten by it: logins, see table(5)"

    /// A line for each login: `LABEL USER:PASSWORD`.
    var loginLines: SecretLines {
        var lines = SecretLines()
        guard ways.contains(where: { $0.login != nil }) else { return lines }
        lines.append(Self.header)
        for way in ways {
            guard let login = way.login else { continue }
            lines.append("\(label(way)) \(login.username):", login.password, as: .plain)
        }
        return lines
    }

    // MARK: Rules

    private func match(
        _ rule: SmtpdRules.Rule,
        from sender: String? = nil,
        to recipients: String? = nil,
        action: String
    ) -> String {
        var words = rule.options.map(\.written)
        if let recipients, let range = rule.recipients { words.replaceSubrange(range, with: ["for", recipients]) }
        if let sender { words += ["mail-from", sender] }
        return Self.spaced(["match"] + words + ["action", "\"\(action)\""])
    }

    /// The nearest first: a domain itself, then what is below the longest.
    private static func ordered(_ rows: [RecipientRow]) -> [RecipientRow] {
        let isExact = { (row: RecipientRow) in if case .exactly = row.domain { true } else { false } }
        let below = rows.filter { !isExact($0) }
        return rows.filter(isExact) + below.sorted { $0.domain.key.utf8.count > $1.domain.key.utf8.count }
    }

    private static func ordered(_ rows: [SenderRow]) -> [SenderRow] {
        let isAddress = { (row: SenderRow) in if case .address = row.sender { true } else { false } }
        return rows.filter(isAddress) + rows.filter { !isAddress($0) }
    }

    private static func recipient(_ domain: DomainPattern) -> String {
        switch domain {
        case .exactly(let domain): "domain \"\(domain)\""
        case .subdomains(let domain): "domain regex \"(?i)^.+[.]\(literal(domain))$\""
        }
    }

    private static func sender(_ sender: SenderPattern) -> String {
        switch sender {
        case .address(let address): "regex \"(?i)^\(literal(address))$\""
        case .domain(let domain): "\"@\(domain)\""
        }
    }

    /// An extended regular expression for a text; a backslash in quotes stays one before these characters.
    private static func literal(_ text: String) -> String {
        text.map { character in
            if character == "^" { return "\\^" }
            return ".[]{}()*+?$|\\".contains(character) ? "[\(character)]" : String(character)
        }.joined()
    }

    /// Words with blanks between them, symbols as people write them.
    private static func spaced(_ words: [String]) -> String {
        words.joined(separator: " ").replacing("< ", with: "<").replacing(" >", with: ">").replacing(" ,", with: ",")
    }

    // MARK: Actions

    private mutating func action(for route: Route, login: Login?, like relay: SmtpdRules.Relay) -> String {
        guard case .via(let smarthost) = route else { return direct(like: relay) }
        let way = Way(smarthost: smarthost, login: login ?? smarthost.login)
        if !ways.contains(way) { ways.append(way) }
        var words = ["relay", "host", "\"\(url(way))\""]
        switch smarthost.tls {
        case .none, .opportunistic: break
        case .required: words += ["tls", "no-verify"]
        // What the scheme asks for too; written, so that no other version takes the scheme for less.
        case .verified: words.append("tls")
        }
        if way.login != nil { words += ["auth", "<\(Self.table)>"] }
        return define("mtactl-\(label(way))", words, like: relay)
    }

    /// The host's own action where that goes direct; else one that does.
    private mutating func direct(like relay: SmtpdRules.Relay) -> String {
        relay.host == nil ? relay.name : define("mtactl-direct", ["relay"], like: relay)
    }

    private mutating func define(_ name: String, _ words: [String], like relay: SmtpdRules.Relay) -> String {
        let carried = relay.carried.flatMap { $0 }.map(\.written)
        let rest = Self.spaced(words + carried)
        var number = 1
        while true {
            let full = number == 1 ? name : "\(name)_\(number)"
            let text = "action \"\(full)\" \(rest)"
            guard let other = actions.first(where: { $0.name == full }) else {
                actions.append((full, text))
                return full
            }
            if other.text == text { return full }
            number += 1
        }
    }

    /// `filter`, and `filter-2` for the second login there.
    ///
    /// In small letters: the table's keys are.
    private func label(_ way: Way) -> String {
        let name = way.smarthost.name.lowercased()
        let alike = ways.filter { $0.smarthost.name.lowercased() == name }
        let number = alike.firstIndex(of: way).map { $0 + 1 } ?? 1
        return number == 1 ? name : "\(name)-\(number)"
    }

    /// smtpd.conf(5), `relay-url`.
    private func url(_ way: Way) -> String {
        let smarthost = way.smarthost
        let scheme =
            switch smarthost.tls {
            case .none: "smtp+notls"
            case .opportunistic: "smtp"
            case .required, .verified: smarthost.port == 465 ? "smtps" : "smtp+tls"
            }
        let label = way.login == nil ? "" : "\(label(way))@"
        return "\(scheme)://\(label)\(smarthost.hosts.first ?? ""):\(smarthost.port)"
    }
}

extension Failure {
    fileprivate static func negated(_ rule: SmtpdRules.Rule) -> Failure {
        Failure(
            "line \(rule.number): a rule `!for local` cannot be narrowed to some recipients",
            hint: "write it as `match … for any …` after the rules for local mail"
        )
    }
    fileprivate static func hasSender(_ rule: SmtpdRules.Rule) -> Failure {
        Failure(
            "line \(rule.number): the rule for other hosts names senders of its own, so the playbook's senders cannot be handled separately in it",
            hint: "remove `mail-from` from the rule, and give the senders rows in the playbook"
        )
    }
}
