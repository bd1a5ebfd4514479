/// Hosts and groups as the sources of an inventory name them, before anything is derived from that.
///
/// Of variables only those are kept that mean something here: an inventory may have hundreds for each host.
struct InventoryBuilder {
    struct Group {
        var place: Place
        /// In the order in which they were put into it.
        private(set) var hosts: [String] = []
        private(set) var children: [String] = []
        var variables: [HostVariables.Entry] = []
        /// Among groups of one depth the higher one is the stronger.
        var priority = 1
        private var known: Set<String> = []
        private var knownChildren: Set<String> = []

        init(place: Place) { self.place = place }

        mutating func add(host: String) { if known.insert(host).inserted { hosts.append(host) } }
        mutating func add(child: String) { if knownChildren.insert(child).inserted { children.append(child) } }
        mutating func remove(host: String) {
            if known.remove(host) != nil { hosts.removeAll { $0 == host } }
        }
    }

    struct Host {
        var place: Place
        var variables: [HostVariables.Entry] = []
        /// Slips that keep this host alone from being used.
        var problems: [Complaint] = []
    }

    let language: PlaybookLanguage
    private(set) var groupNames: [String] = []
    var groups: [String: Group] = [:]
    private(set) var hostNames: [String] = []
    var hosts: [String: Host] = [:]
    var complaints: [Complaint] = []
    var warnings: [Complaint] = []
    private var meanings: [String: VariableMeaning] = [:]

    static let mostHosts = 100_000

    /// What a variable is to mtactl, by its name.
    private enum VariableMeaning {
        case ours
        case misspelt(String)
        case foreign
    }

    init(language: PlaybookLanguage) { self.language = language }

    mutating func addGroup(_ name: String, at place: Place) {
        guard groups[name] == nil else { return }
        groupNames.append(name)
        groups[name] = Group(place: place)
    }

    /// Adds all hosts that a name with ranges stands for, with their variables, to a group.
    ///
    /// - Returns: Their names.
    @discardableResult
    mutating func addHosts(
        _ pattern: String,
        at place: Place,
        to group: String,
        _ variables: [HostVariables.Entry]
    ) -> [String] {
        let (names, port): ([String], Int?)
        do throws(TextForm.Fault) { (names, port) = try HostRange.expand(pattern) } catch {
            complaints.append(Complaint(place, "`\(pattern.shortened)` \(error.problem)", hint: error.hint))
            return []
        }
        if names.isEmpty {
            warn(place, "`\(pattern.shortened)` expands to no host", hint: "its range runs backwards")
        }
        guard hostNames.count + names.count <= Self.mostHosts else {
            complain(place, "the inventory has more than \(Self.mostHosts) hosts")
            return []
        }
        let variables = kept(variables)
        for name in names {
            addHost(name, port: port, at: place, to: group)
            hosts[name]?.variables += variables
        }
        return names
    }

    /// Adds one host to a group; a port counts where the host is new, as in Ansible.
    mutating func addHost(_ name: String, port: Int? = nil, at place: Place, to group: String) {
        if hosts[name] == nil {
            hostNames.append(name)
            var host = Host(place: place)
            if name.hasPrefix("-") || name.contains(where: \.isWhitespace) {
                host.problems.append(Complaint(place, "`\(name.shortened)` is not a host name"))
            }
            if let port, port > 0 {
                host.variables.append(HostVariables.Entry("ansible_port", YAMLNode(.plain("\(port)"), at: place)))
            }
            hosts[name] = host
        }
        addGroup(group, at: place)
        groups[group]?.add(host: name)
    }

    mutating func addChild(_ child: String, of group: String, at place: Place) {
        addGroup(group, at: place)
        addGroup(child, at: place)
        groups[group]?.add(child: child)
    }

    /// Adds variables to a group; its priority is none.
    mutating func addVariables(_ entries: [HostVariables.Entry], to group: String) {
        for entry in entries where entry.name == "ansible_group_priority" {
            if let priority = AnsibleNumber.integer(entry.value) {
                groups[group]?.priority = priority
            } else {
                complain(entry.value.place, "`ansible_group_priority` must be a whole number")
            }
        }
        let kept = kept(entries)
        if !kept.isEmpty { groups[group]?.variables += kept }
    }

    /// The variables that mean something here; of others that look like them is warned.
    mutating func kept(_ entries: [HostVariables.Entry]) -> [HostVariables.Entry] {
        entries.filter { entry in
            switch meaning(of: entry.name) {
            case .ours: return true
            case .misspelt(let meant):
                let hint = "did you mean `\(meant)`?"
                warn(entry.place, "`\(entry.name.shortened)` is not a variable of mtactl", hint: hint)
                return false
            // Templates refer to those.
            case .foreign: return entry.value.tag == "!vault"
            }
        }
    }

    private mutating func meaning(of name: String) -> VariableMeaning {
        if let known = meanings[name] { return known }
        let meaning: VariableMeaning =
            if HostSetting.named(name) != nil || language.sections.contains(where: { $0.key == name }) {
                .ours
            } else if let meant = HostSetting.meant(by: name) {
                .misspelt(meant)
            } else {
                .foreign
            }
        meanings[name] = meaning
        return meaning
    }

    mutating func complain(_ place: Place, _ problem: String, hint: String? = nil) {
        complaints.append(Complaint(place, problem, hint: hint))
    }

    mutating func warn(_ place: Place, _ problem: String, hint: String? = nil) {
        warnings.append(Complaint(place, problem, hint: hint))
    }
}
