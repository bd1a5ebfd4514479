import MTAPlan

/// msmtprc: accounts, each with its settings up to the next `account` or `defaults`.
///
/// Source: msmtp(1), "CONFIGURATION FILES"; get_next_cmd and read_conffile in conf.c of 1.8.28.
struct MsmtpSettings: Sendable {
    struct Account: Sendable {
        var name: String
        /// The accounts that it begins as a copy of.
        var copied: [String]
        var settings: [String: String]
        /// The names of those that it does not have of `defaults`, in order.
        var own: [String] = []
        /// The lines that make it, in the file.
        var lines: Set<Int>
        var first: Int

        /// A setting that is there and not switched off.
        func value(_ name: String) -> String? {
            settings[name].flatMap { ["", "off"].contains($0) ? nil : $0 }
        }

        var route: String {
            ((value("host") ?? "localhost") + (value("port").map { ":\($0)" } ?? "")).shownAsHost
        }

        var login: String? { value("auth") == nil ? nil : value("user") }

        var tls: String? {
            guard settings["tls"] == "on" else { return nil }
            let start = settings["tls_starttls"] == "off" ? "TLS" : "STARTTLS"
            return start + (settings["tls_certcheck"] == "off" ? ", certificate not verified" : ", verified")
        }
    }

    private(set) var accounts: [Account] = []
    private var defaults: [String: String] = [:]
    private var evaluated: Int?
    /// The line of the last `defaults`.
    private var lastDefaults = 0

    /// As msmtp reads them, ours too.
    init(_ bytes: [UInt8]) {
        read(ConfigLines(bytes).lines.enumerated().map { ($0 + 1, $1[...].withoutBreak) })
    }

    /// The host's own, also those that ours have replaced.
    init(own lines: ConfigLines) throws(Failure) { read(try lines.ownLines()) }

    private mutating func read(_ lines: [(number: Int, line: ArraySlice<UInt8>)]) {
        var isDefaults = false
        for (number, line) in lines {
            let text = line.trimmed
            guard !text.isEmpty, text.first != UInt8(ascii: "#") else { continue }
            let command = text.prefix { !$0.isBlank }.text
            let argument = Self.argument(text[text.dropFirst(command.utf8.count).startIndex...])
            switch command {
            case "defaults": (isDefaults, lastDefaults) = (true, number)
            case "account":
                isDefaults = false
                accounts.append(account(argument, number))
            case "eval": evaluated = evaluated ?? number
            case _ where isDefaults: defaults[command] = argument
            default:
                // Settings before any account make one: compatibility with 1.2.
                if accounts.isEmpty { accounts.append(account("default", number)) }
                accounts[accounts.count - 1].settings[command] = argument
                accounts[accounts.count - 1].own.append(command)
                accounts[accounts.count - 1].lines.insert(number)
            }
        }
    }

    private func account(_ argument: String, _ line: Int) -> Account {
        let parts = argument.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let names = parts.map { $0.split(separator: ",").map { String($0.utf8.trimmedText) } }
        let copied = names.count > 1 ? names[1] : []
        var settings = defaults
        var own: [String] = []
        for other in copied.compactMap({ name in accounts.first { $0.name == name } }) {
            for name in other.own { settings[name] = other.settings[name] }
            own += other.own
        }
        return Account(
            name: parts[0].utf8.trimmedText,
            copied: copied,
            settings: settings,
            own: own,
            lines: [line],
            first: line
        )
    }

    /// Without blanks around it, and without one pair of double quotes.
    private static func argument(_ bytes: ArraySlice<UInt8>) -> String {
        let text = bytes.trimmed
        let isQuoted = text.count > 1 && text.first == UInt8(ascii: "\"") && text.last == UInt8(ascii: "\"")
        return (isQuoted ? text.dropFirst().dropLast() : text).text
    }

    /// What decides the way of a message, or who is told what about it; all else stays the host's.
    private static let decisive: Set = [
        "host", "port", "protocol", "socket", "proxy_host", "proxy_port", "from", "auth", "user", "password",
        "passwordeval", "ntlmdomain", "tls", "tls_starttls", "tls_certcheck", "tls_fingerprint", "tls_host_override",
        "tls_key_file", "tls_cert_file",
    ]

    /// Settings of the default account that ours is to have too.
    var kept: [(name: String, value: String)] {
        guard let account = accounts.first(where: { $0.name == "default" }) else { return [] }
        var seen: Set<String> = []
        return account.own.filter { !Self.decisive.contains($0) && seen.insert($0).inserted }
            .map { ($0, account.settings[$0] ?? "") }
    }

    /// Settings of `defaults` that would change the way, and that an account empties by naming them alone.
    var toBeEmptied: [String] {
        [
            "socket", "proxy_host", "tls_fingerprint", "tls_host_override", "tls_key_file", "tls_cert_file",
            "passwordeval", "from",
        ].filter { defaults[$0] != nil } + (defaults["protocol"] == nil ? [] : ["protocol smtp"])
    }

    /// The sender of mail that gives none.
    var defaultFrom: String? {
        let account = accounts.first { $0.name == "default" }
        return account.map { $0.value("from") } ?? defaults["from"]
    }

    var linesOfDefault: Set<Int> {
        accounts.filter { $0.name == "default" }.reduce(into: []) { $0.formUnion($1.lines) }
    }

    /// The first line of the account that the default account copies, where it would take mail by its `from`.
    ///
    /// Ours have to come before it, as of accounts that fit msmtp takes the first. The account itself stays, for `msmtp -a`.
    var firstThatTakesMail: Int? {
        namedDefault.flatMap { name in accounts.first { $0.name == name } }.flatMap {
            $0.value("from") == nil ? nil : $0.first
        }
    }

    /// The account that the default account is a copy of, where no other is: `account default : isp`.
    var namedDefault: String? {
        guard let account = accounts.first(where: { $0.name == "default" }), account.copied.count == 1,
            let name = account.copied.first,
            !accounts.contains(where: { $0.name != "default" && $0.copied.contains(name) })
        else { return nil }
        return name
    }

    /// - Throws: Where accounts of the host would decide before ours, or could not be next to them.
    func check(beside ours: MsmtpAccounts) throws(Failure) {
        guard !ours.isEmpty else { return }
        if let evaluated { throw .eval(line: evaluated) }
        if let account = accounts.first(where: { $0.name.hasPrefix("mtactl-") }) { throw .name(account) }
        let replaced = ours.hasDefault ? ["default", namedDefault] : []
        for account in accounts where !replaced.contains(account.name) {
            if account.copied.contains("default"), ours.hasDefault { throw .copy(account) }
            if let from = account.value("from") { throw .from(account, from) }
        }
        // Ours would be without the settings of a `defaults` below them.
        if ours.hasDefault, let first = firstThatTakesMail, lastDefaults > first,
            let account = accounts.first(where: { $0.first == first }), let from = account.value("from")
        {
            throw .from(account, from)
        }
        if ours.needsDefault, !accounts.contains(where: { $0.name == "default" }) { throw .noDefault }
    }
}

extension Sequence<UInt8> {
    fileprivate var trimmedText: String { Array(self).trimmed.text }
}

extension Failure {
    fileprivate static func eval(line: Int) -> Failure {
        Failure(
            "line \(line): `eval` makes settings when mail is sent, so the settings in force cannot be determined",
            hint: "write out the settings in its place"
        )
    }
    fileprivate static func name(_ account: MsmtpSettings.Account) -> Failure {
        Failure(
            "line \(account.first): the account `\(account.name.escaped)` is outside the markers `# BEGIN mtactl` and `# END mtactl`",
            hint: "remove it, or rename it"
        )
    }
    fileprivate static func copy(_ account: MsmtpSettings.Account) -> Failure {
        Failure(
            "line \(account.first): the account `\(account.name.escaped)` is a copy of the default account, which is to "
                + "be replaced",
            hint: "write its settings out"
        )
    }
    fileprivate static func from(_ account: MsmtpSettings.Account, _ from: String) -> Failure {
        // With a blank or a quote in it, it may be a password that somebody put there.
        let isAddress = !from.contains { $0.isWhitespace || $0 == "\"" }
        return Failure(
            "line \(account.first): the account `\(account.name.escaped)` takes the mail from "
                + "\(isAddress ? "`\(from.escaped)`" : "a sender") before the playbook's routes",
            hint: "remove its `from` and give that sender a row under `senders`"
        )
    }
    fileprivate static let noDefault = Failure(
        "there is no default account, and the playbook gives no default route",
        hint: "write `default:` with a smarthost in the play's routes"
    )
}
