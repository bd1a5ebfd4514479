extension InventoryBuilder {
    /// The finished inventory, with each host's variables merged and understood.
    func inventory(_ tree: GroupTree, _ defaults: HostDefaults) -> Inventory {
        var warnings = Set(warnings)
        var hosts: [InventoryHost] = []
        for name in hostNames {
            guard let host = self.hosts[name] else { continue }
            let groups = tree.groupsOfHost[name] ?? ["all"]
            var variables = HostVariables()
            for layer in layers(host, groups) { variables.add(layer) }
            var reader = HostReader(name: name, variables: variables, defaults: defaults, language: language)
            hosts.append(reader.host(groups: groups))
            warnings.formUnion(variables.warnings + reader.warnings)
        }
        for (name, place) in names where groups[name] != nil && self.hosts[name] != nil {
            warnings.insert(Complaint(place, "`\(name)` is a group and a host", hint: "patterns mean the group first"))
        }
        warnings.formUnion(misspelt)
        return Inventory(
            hosts: hosts,
            groups: groups(hosts, tree),
            warnings: Failures(Array(warnings))?.all ?? []
        )
    }

    private var names: [(String, Place)] { hostNames.compactMap { name in hosts[name].map { (name, $0.place) } } }

    /// From the weakest to the strongest.
    private func layers(_ host: Host, _ names: [String]) -> [[HostVariables.Entry]] {
        let members = names.compactMap { groups[$0] }
        return members.map(\.variables) + members.map(\.files) + [host.variables, host.files]
    }

    private func groups(_ hosts: [InventoryHost], _ tree: GroupTree) -> [InventoryGroup] {
        var members: [String: [String]] = [:]
        for host in hosts { for group in host.groups { members[group, default: []].append(host.name) } }
        return groupNames.map { name in
            var seen: Set<String> = []
            let children = (groups[name]?.children ?? []).filter { seen.insert($0).inserted }
            return InventoryGroup(name: name, children: children, hosts: members[name] ?? [])
        }
    }

    /// Variables that look like ours but are not.
    private var misspelt: [Complaint] {
        var result: [Complaint] = []
        let entries =
            groups.values.flatMap { $0.variables + $0.files } + hosts.values.flatMap { $0.variables + $0.files }
        var known: [String: String?] = [:]
        for entry in entries {
            let meant = known[entry.name] ?? HostSetting.meant(by: entry.name)
            known[entry.name] = meant
            guard let meant else { continue }
            result.append(
                Complaint(
                    entry.place,
                    "`\(entry.name.shortened)` means nothing to mtactl",
                    hint: "did you mean `\(meant)`?"
                )
            )
        }
        return result
    }
}
