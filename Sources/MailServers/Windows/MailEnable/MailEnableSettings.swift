package import MTAPlan

/// What only MailEnable has.
package struct MailEnableSettings: ServerSettings {
    package static let key = "mailenable"
    package static let note = "Only MailEnable."
    package static let keys = [
        Key(
            "profile",
            .text(.line("a path")),
            "A file next to the playbook with the names of the smart host's registry values in this version."
        )
    ]

    /// A file on the controller that says under which names this version keeps its smart host in the registry.
    package var profile: String?

    package init() {}

    package init(_ section: SectionReader) { profile = section.path("profile") }
}
