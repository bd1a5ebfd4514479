/// The JSON Schema of inventories in YAML, for editors.
package enum InventorySchema {
    package static func json(in language: PlaybookLanguage) -> String {
        Shape.table(keys: groupName, values: .defined("group")).document(
            title: "mtactl inventory",
            note:
                "Ansible's YAML inventory. Variables that are not described here belong to other tools and are ignored.",
            definitions: [
                ("group", .either([nothing, .record(group)])), ("variables", .record(variables(in: language))),
            ]
        )
    }

    private static let groupName = TextForm("the name of a group", pattern: #"^\S+$"#)
    private static let hostName = TextForm("a host name, optionally with a range", pattern: #"^[^\s-]\S*$"#)

    /// `name:` and nothing after it.
    private static let nothing = Shape.null

    private static let group = Record(
        "a group",
        [
            Key(
                "hosts",
                .either([
                    nothing, .table(keys: hostName, values: .either([nothing, .defined("variables")])), .text(hostName),
                ]),
                "Hosts and their own variables. `www[01:50]` stands for fifty hosts."
            ),
            Key("vars", .either([nothing, .defined("variables")]), "Variables for all hosts of the group."),
            Key(
                "children",
                .either([nothing, .table(keys: groupName, values: .defined("group"))]),
                "The groups in this group."
            ),
        ]
    )

    private static func variables(in language: PlaybookLanguage) -> Record {
        Record("a host", HostSetting.all.flatMap { $0.keys(in: language) } + language.sectionKeys, isOpen: true)
    }
}

extension HostSetting {
    /// The plain name and its synonyms.
    ///
    /// What Ansible writes otherwise is not held against it.
    fileprivate func keys(in language: PlaybookLanguage) -> [Key] {
        let shape = shape(in: language)
        let others = synonyms.map { Key($0, .anything, "The same as `\(name.rawValue)`. \(note)") }
        return [Key(name.rawValue, name == .become ? .either([shape, .boolean]) : shape, note)] + others
    }
}
