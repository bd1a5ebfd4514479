import MTAPlan

/// The actions and rules of an smtpd.conf, as far as they send mail to other hosts.
struct SmtpdRules: Sendable {
    /// `action NAME relay OPTION…`.
    struct Relay: Sendable, Hashable {
        var name: String
        /// Option by option, with its words.
        var options: [[SmtpdConf.Token]]
        /// The smarthost that it names, if it does, macros replaced.
        var host: String?

        func option(_ name: String) -> [SmtpdConf.Token]? { options.first { $0.first == .word(name) } }

        /// What another way to other hosts is to have too: source address, HELO name, rewriting, filters.
        var carried: [[SmtpdConf.Token]] {
            let dropped: Set = ["host", "domain", "auth", "tls", "backup"]
            return options.filter { !dropped.contains($0.first?.text ?? "") }
        }

        /// Whether it hands mail to a program on the host itself, a filter or a signing proxy, which gives it back.
        var isLoopback: Bool {
            guard let host = host?.lowercased() else { return false }
            let name = (host.firstRange(of: "://").map { host[$0.upperBound...] } ?? host[...]).split(separator: "@")
                .last
            return ["localhost", "127.", "[::1]", "::1"].contains { name?.hasPrefix($0) == true }
        }
    }

    /// A rule with the words between `match` and `action`.
    struct Rule: Sendable {
        var options: [SmtpdConf.Token]
        /// Where in the options the recipients are named, with a `!` before.
        var recipients: Range<Int>?
        var action: String
        var lines: ClosedRange<Int>

        var number: Int { lines.lowerBound + 1 }
        var hasSender: Bool { options.contains(.word("mail-from")) }

        /// The words after `for`, without `!`.
        var target: [SmtpdConf.Token] {
            recipients.map { options[$0].drop { $0 == .word("!") }.dropFirst() }.map(Array.init) ?? []
        }
        var isNegated: Bool { recipients.map { options[$0.lowerBound] == .word("!") } ?? false }

        /// Whether it takes mail for any other host: `for any`, or all that is not local.
        var isForOthers: Bool { isNegated ? target.first == .word("local") : target.first == .word("any") }

        /// The words before `action` as people write them.
        var shownOptions: String { SmtpdConf.spaced(options.map(\.text)) }

        /// The words after `for` as people write them.
        var shownTarget: String { SmtpdConf.spaced(target.map(\.text)) }
    }

    private(set) var relays: [String: Relay] = [:]
    private(set) var rules: [Rule] = []
    private(set) var includes: [(path: String, line: Int)] = []
    /// Words such as `queue encryption` that make the queue's files unreadable to others.
    private(set) var isQueueOpaque: Int?
    private(set) var names: Set<String> = []
    /// The words after the name of each table.
    private(set) var tables: [String: [SmtpdConf.Token]] = [:]
    private var macros: [String: String] = [:]
    private let facts: Facts

    /// `facts`: For the tables and macros of files that it names.
    ///
    /// - Throws: At an action or rule that cannot be understood.
    init(_ conf: SmtpdConf, given facts: Facts) throws(Failure) {
        self.facts = facts
        for statement in conf.statements {
            if define(statement) { continue }
            switch statement.keyword {
            case "action": try read(action: statement)
            case "match": try read(rule: statement)
            case "include":
                let path = statement.tokens.dropFirst().first?.text ?? ""
                includes.append((path, statement.number))
                // What is wrong with the file is said where it is looked at for rules.
                let included = facts.file(path).flatMap { try? SmtpdConf(ConfigLines($0.bytes)) }
                for statement in included?.statements ?? [] { _ = define(statement) }
            case "queue" where ["compression", "encryption"].contains(statement.tokens.dropFirst().first?.text):
                isQueueOpaque = statement.number
            default: break
            }
        }
    }

    /// Takes a table's or a macro's definition; whether it was one.
    ///
    /// Source: smtpd.conf(5), "MACROS".
    private mutating func define(_ statement: SmtpdConf.Statement) -> Bool {
        let tokens = statement.tokens
        if tokens.count > 2, tokens[1] == .word("=") {
            macros[tokens[0].text] = tokens.dropFirst(2).map(\.text).joined(separator: " ")
            return true
        }
        guard statement.keyword == "table", tokens.count > 1 else { return false }
        names.insert(tokens[1].text)
        tables[tokens[1].text] = Array(tokens.dropFirst(2))
        return true
    }

    /// A word with the macro that it stands for in its place.
    private func expanded(_ token: SmtpdConf.Token) -> String {
        guard !token.isQuoted, token.text.hasPrefix("$") else { return token.text }
        return macros[String(token.text.dropFirst())] ?? token.text
    }

    /// The rules that send mail for any other host away, which the playbook's routes come before.
    var remote: [(rule: Rule, relay: Relay)] {
        rules.filter(\.isForOthers).compactMap { rule in
            relays[rule.action].flatMap { $0.option("backup") == nil && !$0.isLoopback ? (rule, $0) : nil }
        }
    }

    /// The first rule that names each domain, itself or in a table that was read.
    var byDomain: [String: Rule] {
        var found: [String: Rule] = [:]
        for rule in rules where !rule.isNegated {
            for domain in domains(of: rule) where found[domain] == nil { found[domain] = rule }
        }
        return found
    }

    private func domains(of rule: Rule) -> Set<String> {
        let target = rule.target
        guard target.first == .word("domain") else { return [] }
        if target.count == 2 { return [expanded(target[1]).lowercased()] }
        if target[1] == .word("{") { return Set(target[2...].map { expanded($0).lowercased() }) }
        let words = target.map(\.text)
        guard words.count == 4, words[1] == "<", let table = tables[words[2]] else { return [] }
        let path = table.first.map { $0.text.hasPrefix("file:") ? String($0.text.dropFirst(5)) : $0.text } ?? ""
        guard let file = facts.file(path) else { return Set(table.map { $0.text.lowercased() }) }
        return Set(file.bytes.split(separator: 0x0A).map { $0.trimmed.text.lowercased() }.filter { !$0.hasPrefix("#") })
    }

    private mutating func read(action statement: SmtpdConf.Statement) throws(Failure) {
        let tokens = statement.tokens
        guard tokens.count > 2, !tokens[1].text.hasPrefix("$") else { throw .notUnderstood(statement) }
        names.insert(tokens[1].text)
        guard tokens[2] == .word("relay") else { return }
        var options: [[SmtpdConf.Token]] = []
        var rest = tokens[3...]
        while let option = rest.first {
            guard !option.isQuoted, let count = Self.length(of: rest) else { throw .notUnderstood(statement) }
            options.append(Array(rest.prefix(count)))
            rest = rest.dropFirst(count)
        }
        var relay = Relay(name: tokens[1].text, options: options)
        relay.host = (relay.option("host") ?? relay.option("domain"))?.dropFirst().map(expanded).joined()
        relays[tokens[1].text] = relay
    }

    /// How many words an option of a relay action has.
    private static func length(of tokens: ArraySlice<SmtpdConf.Token>) -> Int? {
        let words = Array(tokens)
        switch words[0].text {
        case "srs": return 1
        case "backup": return words.count > 2 && words[1] == .word("mx") ? 3 : 1
        case "tls": return words.count > 1 && words[1] == .word("no-verify") ? 2 : 1
        case "helo", "pki", "ca", "ciphers", "protocols", "mail-from", "ttl", "helo-src", "src", "host", "domain",
            "auth", "filter":
            return operand(words, at: 1).map { 1 + $0 }
        default: return nil
        }
    }

    /// How many words a value has: one, a table in angle brackets, or a list in braces.
    private static func operand(_ words: [SmtpdConf.Token], at index: Int) -> Int? {
        guard index < words.count else { return nil }
        switch words[index] {
        case .word("<"): return index + 2 < words.count && words[index + 2] == .word(">") ? 3 : nil
        case .word("{"): return words[index...].firstIndex(of: .word("}")).map { $0 - index + 1 }
        default: return 1
        }
    }

    private mutating func read(rule statement: SmtpdConf.Statement) throws(Failure) {
        let tokens = statement.tokens
        guard tokens.last != .word("reject") else { return }
        guard tokens.count > 3, tokens[tokens.count - 2] == .word("action") else { throw .notUnderstood(statement) }
        let options = Array(tokens[1..<(tokens.count - 2)])
        guard !options.contains(where: { !$0.isQuoted && $0.text.hasPrefix("$") && $0.text.count == 1 }) else {
            throw .notUnderstood(statement)
        }
        var rule = Rule(options: options, action: tokens[tokens.count - 1].text, lines: statement.lines)
        if let word = options.firstIndex(of: .word("for")) {
            guard let count = Self.targetLength(options, at: word + 1) else { throw .notUnderstood(statement) }
            let isNegated = word > 0 && options[word - 1] == .word("!")
            rule.recipients = (isNegated ? word - 1 : word)..<(word + 1 + count)
        }
        rules.append(rule)
    }

    private static func targetLength(_ options: [SmtpdConf.Token], at index: Int) -> Int? {
        guard index < options.count else { return nil }
        switch options[index] {
        case .word("any"), .word("local"): return 1
        case .word("domain"), .word("rcpt-to"):
            let isRegex = index + 1 < options.count && options[index + 1] == .word("regex")
            let skipped = isRegex ? 2 : 1
            return operand(options, at: index + skipped).map { skipped + $0 }
        default: return nil
        }
    }
}

extension Failure {
    fileprivate static func notUnderstood(_ statement: SmtpdConf.Statement) -> Failure {
        let word = statement.tokens.first?.text ?? ""
        return Failure(
            "line \(statement.number): this `\(word.escaped)` is not understood, so where mail goes cannot be determined",
            hint: "write it without macros, or check it with `smtpd -n`"
        )
    }
}
