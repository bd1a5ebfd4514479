package import MTAPlan

/// What only IceWarp has.
package struct IceWarpSettings: ServerSettings {
    package static let key = "icewarp"
    package static let note = "Only IceWarp."
    package static let keys = [
        Key(
            "tool",
            .text(.line("a path")),
            "The full path of tool.sh or tool.exe, if it is not in its usual place."
        ),
        Key(
            "use",
            .choice([
                Word("always"), Word("when-direct-fails", "only for mail that could not be delivered directly"),
            ]),
            "When the smarthost is used.",
            fallback: "always"
        ),
    ]

    /// The full path of `tool.sh` or `tool.exe`; found by itself where it is in its usual place.
    package var tool: String?
    package var use: Use = .always

    package init() {}

    package init(_ section: SectionReader) {
        tool = section.text("tool")
        use = section.word("use") ?? use
    }

    package enum Use: String, Sendable, Hashable, CaseIterable {
        case always
        /// Only for mail that could not be delivered directly.
        case whenDirectFails = "when-direct-fails"
    }
}
