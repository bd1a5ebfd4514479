/// What only one product has, as it is in a playbook under its name, or among a host's variables.
package protocol ServerSettings: Sendable, Hashable {
    /// The section's name.
    static var key: String { get }
    /// What the schema says of it.
    static var note: String { get }
    static var keys: [Key] { get }
    /// Values of `mta:` with which the section means something.
    static var servers: [String] { get }

    init(_ section: SectionReader)

    /// Logins whose passwords have to be at hand.
    var logins: [Login] { get }
    /// What `lint` says of it.
    var findings: [SettingsFinding] { get }
}

/// Something about a product's section that should be known before it is used.
package struct SettingsFinding: Sendable, Hashable {
    package var id: String
    package var severity: Finding.Severity
    /// Where in the section.
    package var key: String
    package var problem: String
    package var hint: String?

    package init(id: String, severity: Finding.Severity, key: String, problem: String, hint: String? = nil) {
        self.id = id
        self.severity = severity
        self.key = key
        self.problem = problem
        self.hint = hint
    }
}

extension ServerSettings {
    package static var servers: [String] { [key] }
    package var logins: [Login] { [] }
    package var findings: [SettingsFinding] { [] }

    /// The names of the section and of its keys.
    package static var names: [String] { [key] + keys.map(\.name) }

    static var shape: Shape { .record(Record("`\(key)`", keys)) }

    fileprivate func isEqual(to other: (any ServerSettings)?) -> Bool { other as? Self == self }
}

/// The sections of products in one place: of a play, or of a host.
package struct ServerExtras: Sendable {
    private var sections: [String: any ServerSettings] = [:]

    package init(_ sections: any ServerSettings...) {
        for section in sections { add(section) }
    }

    package subscript<Settings: ServerSettings>(_: Settings.Type) -> Settings? { sections[Settings.key] as? Settings }

    /// By name.
    package var all: [any ServerSettings] { sections.sorted { $0.key < $1.key }.map(\.value) }

    mutating func add(_ section: some ServerSettings) { sections[type(of: section).key] = section }

    /// These settings, with those of a host in place of a product's whole section where the host has one.
    package func overridden(by host: ServerExtras) -> ServerExtras {
        var extras = self
        extras.sections.merge(host.sections) { _, hosts in hosts }
        return extras
    }
}

extension ServerExtras: Hashable {
    package static func == (a: ServerExtras, b: ServerExtras) -> Bool {
        a.sections.count == b.sections.count && a.sections.allSatisfy { $1.isEqual(to: b.sections[$0]) }
    }

    package func hash(into hasher: inout Hasher) {
        for section in all { section.hash(into: &hasher) }
    }
}
