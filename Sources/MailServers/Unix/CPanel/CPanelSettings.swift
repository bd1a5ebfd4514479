package import MTAPlan

/// What only cPanel has.
///
/// `/etc/mailips` and `/etc/mailhelo` are always kept.
package struct CPanelSettings: ServerSettings {
    package static let key = "cpanel"
    package static let note = "Only cPanel."
    package static let keys = [
        Key(
            "hourly-limits",
            .choice([
                Word("count", "mail through the smarthost counts (POSTMAILCOUNT)"),
                Word("ignore", "it does not (ROUTERSTART)"),
            ]),
            "The panel's hourly limits per domain.",
            fallback: "count"
        ),
        .dkim, .identityHeader, .replaceOthers,
    ]

    /// Whether the router is in POSTMAILCOUNT, behind the hourly limits by domain, or before them.
    package var hourlyLimits: SendingLimits = .count
    package var dkim: DKIMSigning = .sign
    /// A header with the name of the logged-in user, for smarthosts that count by user: `X-AuthUser`.
    package var identityHeader: String?
    package var replaceOthers: OtherSmarthosts = .refuse

    package init() {}

    package init(_ section: SectionReader) {
        hourlyLimits = section.word("hourly-limits") ?? hourlyLimits
        dkim = section.word("dkim") ?? dkim
        identityHeader = section.text("identity-header")
        replaceOthers = section.word("replace-others") ?? replaceOthers
    }

    package var findings: [SettingsFinding] { replaceOthers.findings }
}
