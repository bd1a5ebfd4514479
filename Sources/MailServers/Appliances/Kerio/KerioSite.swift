import MTAPlan

/// What a host with Kerio Connect reported.
struct KerioSite {
    static let versionKey = "kerio.version"
    static let rulesKey = "kerio.rules"
    static let settingsKey = "kerio.settings"

    let rules: RelayRules
    /// Whether it uses TLS where the other side offers it: for all mail that leaves.
    let usesTLS: Bool

    /// - Throws: Why nothing can be planned here.
    init(_ facts: Facts) throws(Failure) {
        if let major = Self.version(told: facts).flatMap(Self.major), major < 9 {
            throw .noRuleList(Self.version(facts) ?? "")
        }
        if case .failed(_, let words)? = facts.calls[AdministrationInterface.troubleKey] {
            let lines = words.split(separator: "\n").map(String.init)
            throw Failure(lines.first ?? "", hint: lines.count > 1 ? lines[1] : nil)
        }
        guard let answer = facts.calls[Self.rulesKey] else { throw .noLogin }
        if answer.isUnknownMethod { throw .noRuleList(Self.version(facts) ?? "") }
        if let trouble = answer.trouble { throw .refused("the relay rules", trouble) }
        rules = try RelayRules(answer.result)
        let server = facts.calls[Self.settingsKey]
        if let trouble = server?.trouble { throw .refused("the settings of the SMTP server", trouble) }
        guard let usesTLS = server?.result?["server"]?["useSSL"]?.flag else {
            throw Failure("the settings of the SMTP server do not say whether TLS is used (`useSSL`)")
        }
        self.usesTLS = usesTLS
    }

    /// As its interface reports it.
    static func version(told facts: Facts) -> String? {
        guard let answer = facts.calls[versionKey]?.result,
            let text = answer["version"]?.text ?? answer["version"]?["version"]?.text
        else { return nil }
        return number(in: text)
    }

    /// As its interface or its configuration file reports it.
    static func version(_ facts: Facts) -> String? {
        version(told: facts) ?? facts.text("mta.version.kerio").flatMap(number)
    }

    /// `9.4.2`; only digits and points are taken.
    private static func number(in text: String) -> String? {
        if text.contains("<?xml") { return nil }
        guard let match = text.firstMatch(of: /(?:^|[^0-9.])([0-9]{1,3}(?:\.[0-9]{1,5}){1,3})(?:[^0-9.]|$)/) else {
            return nil
        }
        return String(match.1)
    }

    private static func major(of version: String) -> Int? { version.split(separator: ".").first.flatMap { Int($0) } }
}

extension Failure {
    /// Source: GFI KB 110337; -32601 at the list's method.
    fileprivate static func noRuleList(_ version: String) -> Failure {
        Failure(
            "Kerio Connect\(version.isEmpty ? "" : " \(Printable.line(version))") has no list of relay rules, only one "
                + "relay server, and no documented way to set it from outside",
            hint:
                "set it by hand, in its administration under SMTP Server, SMTP Delivery, or upgrade Kerio Connect to 9 or later"
        )
    }

    fileprivate static let noLogin = Failure(
        "Kerio Connect is changed through its administration interface, and no account for that is given",
        hint: "write `kerio: {admin-login: {username: NAME, password: env:NAME}}` in the play or the inventory"
    )

    fileprivate static func refused(_ what: String, _ words: String) -> Failure {
        Failure(
            "Kerio's administration interface does not return \(what): \(words)",
            hint: "the account of `admin-login` needs full access to the whole server's settings"
        )
    }
}
