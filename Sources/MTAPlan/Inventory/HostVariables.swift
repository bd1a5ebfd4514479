/// The variables of one host, from the weakest to the strongest, and which of them are ours.
struct HostVariables {
    struct Entry: Sendable {
        var name: String
        var value: YAMLNode
        /// Where the name stands.
        var place: Place

        init(_ name: String, _ value: YAMLNode, at place: Place? = nil) {
            self.name = name
            self.value = value
            self.place = place ?? value.place
        }
    }

    /// All variables, whoever they are for; the strongest of each name.
    private(set) var all: [String: YAMLNode] = [:]
    /// The strongest of each of our settings, under whichever of its names.
    private(set) var settings: [HostSetting.Name: Entry] = [:]
    /// Where a plain name and Ansible's disagree in one place.
    private(set) var warnings: [Complaint] = []

    /// Takes in variables that are stronger than all before.
    mutating func add(_ layer: [Entry]) {
        var here: [HostSetting.Name: Entry] = [:]
        for entry in layer {
            all[entry.name] = entry.value
            guard let setting = HostSetting.named(entry.name) else { continue }
            if let before = here[setting], before.name != entry.name {
                let isPlain = entry.name == setting.rawValue
                if before.value != entry.value {
                    let (wins, loses) = isPlain ? (entry, before) : (before, entry)
                    warnings.append(
                        Complaint(
                            loses.place,
                            "`\(loses.name)` and `\(wins.name)` are the same setting with different values",
                            hint: "`\(wins.name)` counts; remove one"
                        )
                    )
                }
                if !isPlain { continue }
            }
            here[setting] = entry
        }
        settings.merge(here) { _, new in new }
    }
}
