/// The variables of one host that mean something here, from the weakest to the strongest.
struct HostVariables {
    struct Entry: Sendable {
        var name: String
        var value: YAMLNode
        /// Where the name is.
        var place: Place
        /// How far inside it is: the innermost has the highest number.
        var layer = 0

        init(_ name: String, _ value: YAMLNode, at place: Place? = nil) {
            self.name = name
            self.value = value
            self.place = place ?? value.place
        }

        /// Whether its value is known only to Ansible: a template, or encrypted.
        var isUnreadable: Bool {
            if value.tag == "!vault" || value["__ansible_vault"] != nil { return true }
            return value.scalar.map { $0.contains("{{") || $0.contains("{%") } ?? false
        }
    }

    /// The strongest of each name.
    private(set) var strongest: [String: Entry] = [:]
    /// The entry that counts for each of our settings, under whichever of its names.
    private(set) var settings: [HostSetting.Name: Entry] = [:]
    /// Where two names of one setting disagree.
    private(set) var warnings: [Complaint] = []
    private var layers = 0

    /// Takes in variables that are stronger than all before.
    mutating func add(_ layer: [Entry]) {
        guard !layer.isEmpty else { return }
        layers += 1
        for var entry in layer {
            entry.layer = layers
            strongest[entry.name] = entry
        }
    }

    /// Decides which entry counts for each of our settings.
    ///
    /// Among Ansible's names their own order decides, wherever they are, as in Ansible. Between those and the plain
    /// name the innermost counts, in one place the plain name; and a plain name that can be read counts before a value
    /// that only Ansible can read. `fallback` counts where nothing is said.
    mutating func resolve(fallback: [Entry]) {
        var candidates: [HostSetting.Name: [Entry]] = [:]
        for entry in strongest.values {
            guard let setting = HostSetting.named(entry.name), entry.value.kind != .null else { continue }
            candidates[setting, default: []].append(entry)
        }
        for (setting, found) in candidates {
            let winner = found.count > 1 ? Self.winner(among: found, of: setting) : found[0]
            settings[setting] = winner
            warnings += found.filter { $0.name != winner.name && !$0.isUnreadable && !$0.says(winner) }
                .map { Self.warning($0, winner) }
        }
        for entry in fallback {
            if let setting = HostSetting.named(entry.name), settings[setting] == nil { settings[setting] = entry }
        }
    }

    private static func winner(among found: [Entry], of setting: HostSetting.Name) -> Entry {
        func rank(_ entry: Entry) -> Int { HostSetting.rank(entry.name) }
        let others = found.filter { $0.name != setting.rawValue }.sorted { rank($0) < rank($1) }
        guard let plain = found.first(where: { $0.name == setting.rawValue }) else { return others[0] }
        let isPassword = setting == .password || setting == .becomePassword
        if isPassword || others[0].isUnreadable && !plain.isUnreadable { return plain }
        return others[0].layer > plain.layer ? others[0] : plain
    }

    private static func warning(_ loser: Entry, _ winner: Entry) -> Complaint {
        let place = loser.place.file == winner.place.file ? "" : ", at \(winner.place)"
        return Complaint(
            loser.place,
            "`\(loser.name)` and `\(winner.name)` are the same setting with different values",
            hint: "`\(winner.name)` is used\(place); remove one"
        )
    }
}

extension HostVariables.Entry {
    /// Whether both have the same value, in quotes or not.
    fileprivate func says(_ other: Self) -> Bool {
        value == other.value || value.scalar != nil && value.scalar == other.value.scalar
    }
}
