/// Hosts and groups as the files of an inventory name them, before anything is derived from that.
struct InventoryBuilder {
    struct Group {
        var place: Place
        var hosts: [String] = []
        var children: [String] = []
        /// In the group's own section.
        var variables: [HostVariables.Entry] = []
        /// From group_vars.
        var files: [HostVariables.Entry] = []
    }

    struct Host {
        var place: Place
        var variables: [HostVariables.Entry] = []
        /// From host_vars.
        var files: [HostVariables.Entry] = []
    }

    let language: PlaybookLanguage
    private(set) var groupNames: [String] = []
    var groups: [String: Group] = [:]
    private(set) var hostNames: [String] = []
    var hosts: [String: Host] = [:]
    var complaints: [Complaint] = []
    var warnings: [Complaint] = []

    static let mostHosts = 100_000

    init(language: PlaybookLanguage) { self.language = language }

    mutating func addGroup(_ name: String, at place: Place) {
        guard groups[name] == nil else { return }
        groupNames.append(name)
        groups[name] = Group(place: place)
    }

    /// Adds all hosts that a name with ranges stands for, with their variables, to a group.
    mutating func addHosts(_ pattern: String, at place: Place, to group: String, _ variables: [HostVariables.Entry]) {
        let (names, port): ([String], Int?)
        do throws(TextForm.Fault) { (names, port) = try HostRange.expand(pattern) } catch {
            return complaints.append(Complaint(place, "`\(pattern.shortened)` \(error.problem)", hint: error.hint))
        }
        guard hostNames.count + names.count <= Self.mostHosts else {
            return complaints.append(Complaint(place, "the inventory has more than \(Self.mostHosts) hosts"))
        }
        let own = port.map { HostVariables.Entry("ansible_port", YAMLNode(.plain(String($0)), at: place)) }
        for name in names {
            if hosts[name] == nil {
                hostNames.append(name)
                hosts[name] = Host(place: place)
            }
            hosts[name]?.variables += (own.map { [$0] } ?? []) + variables
            addGroup(group, at: place)
            groups[group]?.hosts.append(name)
        }
    }

    mutating func addChild(_ child: String, of group: String, at place: Place) {
        addGroup(group, at: place)
        addGroup(child, at: place)
        groups[group]?.children.append(child)
    }

    mutating func complain(_ place: Place, _ problem: String, hint: String? = nil) {
        complaints.append(Complaint(place, problem, hint: hint))
    }
}
