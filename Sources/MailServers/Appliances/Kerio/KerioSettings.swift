package import MTAPlan

/// What only Kerio Connect has.
package struct KerioSettings: ServerSettings {
    package static let key = "kerio"
    package static let note = "Only Kerio Connect."
    package static let keys = [
        Key("admin-port", .integer(1...65_535), "The port of the administration interface.", fallback: "4040"),
        Key("admin-login", .login, "An account of the administration interface."),
        Key(
            "replace-others",
            .words(of: OtherRules.self),
            "Relay rules that others made.",
            fallback: "disable"
        ),
        Key(
            "keep",
            .list(of: .text(.line("the description of a rule")), atLeast: 1),
            "Rules that stay as they are, by their descriptions."
        ),
        Key(
            "rule-passwords",
            .table(keys: .line("the description of a rule"), values: .text(.secret)),
            "Passwords of rules that others made, by their descriptions: without them such rules would lose their logins, "
                + "as the list is written as a whole."
        ),
    ]

    /// The port of the administration interface, on the host itself.
    package var adminPort: Int = 4040
    /// An account of the administration interface.
    package var adminLogin: Login?
    package var replaceOthers: OtherRules = .disable
    /// Rules that stay as they are, whatever `replaceOthers` says.
    package var keep: [String] = []
    /// Passwords of rules that others made, by the rules' names.
    package var rulePasswords: [String: SecretReference] = [:]

    package init() {}

    package init(_ section: SectionReader) {
        adminPort = section.integer("admin-port") ?? adminPort
        adminLogin = section.login("admin-login", what: "for Kerio's administration")
        replaceOthers = section.word("replace-others") ?? replaceOthers
        keep = section.texts("keep")
        rulePasswords = section.secrets("rule-passwords", what: "password of the relay rule")
    }

    package var logins: [Login] {
        [adminLogin].compactMap { $0 }
            + rulePasswords.sorted { $0.key < $1.key }.map { Login(username: $0.key, password: $0.value) }
    }

    package var findings: [SettingsFinding] {
        guard !keep.isEmpty, replaceOthers == .keep else { return [] }
        return [
            SettingsFinding(
                id: "kerio-keep",
                severity: .note,
                key: "keep",
                problem: "`keep` has no effect if all other rules are kept",
                hint: "write `replace-others: disable`, or leave `keep` out"
            )
        ]
    }

    /// What happens to relay rules that others made.
    package enum OtherRules: String, Sendable, Hashable, CaseIterable { case disable, keep }
}
