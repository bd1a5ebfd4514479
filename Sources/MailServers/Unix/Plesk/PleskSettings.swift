package import MTAPlan

/// What only Plesk has.
package struct PleskSettings: ServerSettings {
    package static let key = "plesk"
    package static let note = "Only Plesk, whichever mail server it has."
    package static let servers = ["plesk", "postfix", "qmail"]
    package static let keys = [
        Key(
            "smarthost",
            .choice([
                Word("panel", "in the panel itself, where it can: Obsidian 18.0.64 and later"),
                Word("postfix", "in Postfix's own files; the panel's must be off"),
            ]),
            "Where a smarthost for all mail is set.",
            fallback: "panel"
        )
    ]

    /// Where the route of all mail is set.
    package enum SmarthostSetting: String, Sendable, Hashable, CaseIterable {
        /// In Plesk, where it has a smarthost of its own: Obsidian 18.0.64 and later.
        case panel
        /// In Postfix, next to the panel's, which is to be off.
        case postfix
    }

    package var smarthost: SmarthostSetting = .panel

    package init() {}

    package init(_ section: SectionReader) { smarthost = section.word("smarthost") ?? smarthost }
}
