package import MTAPlan

/// What only DirectAdmin has.
package struct DirectAdminSettings: ServerSettings {
    package static let key = "directadmin"
    package static let note = "Only DirectAdmin."
    package static let keys = [
        Key(
            "sending-limits",
            .choice([Word("count", "`check_limits` is called"), Word("ignore")]),
            "The panel's limits per user.",
            fallback: "count"
        ),
        .dkim, .identityHeader, .replaceOthers,
    ]

    /// Whether `check_limits` is called.
    package var sendingLimits: SendingLimits = .count
    package var dkim: DKIMSigning = .sign
    package var identityHeader: String?
    package var replaceOthers: OtherSmarthosts = .refuse

    package init() {}

    package init(_ section: SectionReader) {
        sendingLimits = section.word("sending-limits") ?? sendingLimits
        dkim = section.word("dkim") ?? dkim
        identityHeader = section.text("identity-header")
        replaceOthers = section.word("replace-others") ?? replaceOthers
    }

    package var findings: [SettingsFinding] { replaceOthers.findings }
}
