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
    ]

    /// The port of the administration interface, on the host itself.
    package var adminPort: Int = 4040
    /// An account of the administration interface.
    package var adminLogin: Login?
    package var replaceOthers: OtherRules = .disable

    package init() {}

    package init(_ section: SectionReader) {
        adminPort = section.integer("admin-port") ?? adminPort
        adminLogin = section.login("admin-login", what: "for Kerio's administration")
        replaceOthers = section.word("replace-others") ?? replaceOthers
    }

    package var logins: [Login] { [adminLogin].compactMap { $0 } }

    /// What becomes of relay rules that others made.
    package enum OtherRules: String, Sendable, Hashable, CaseIterable { case disable, keep }
}
