extension InventoryBuilder {
    /// The finished inventory, with each host's variables merged and understood.
    func inventory(_ tree: GroupTree, _ files: FileVariables, _ defaults: HostDefaults) -> Inventory {
        var warnings = warnings
        var found: [String: InventoryHost] = [:]
        var known: [[String]: HostVariables] = [:]
        for name in hostNames {
            guard let host = hosts[name] else { continue }
            let groups = tree.groupsOfHost[name] ?? ["all"]
            var variables = known[groups] ?? ofGroups(groups, files)
            known[groups] = variables
            variables.add(host.variables)
            for layer in files.hostLayers(name) { variables.add(layer) }
            let encrypted = (groups + [name]).flatMap { files.encrypted[$0] ?? [] }
            var reader = HostReader(
                name: name,
                variables: variables,
                encrypted: encrypted,
                defaults: defaults,
                language: language
            )
            reader.problems = host.problems
            found[name] = reader.host(groups: groups)
            warnings += reader.warnings
        }
        for name in hostNames where groups[name] != nil {
            let place = hosts[name]?.place ?? Place(file: "inventory")
            warnings.append(
                Complaint(place, "`\(name)` is both a group and a host", hint: "patterns match the host first")
            )
        }
        return Inventory(
            hosts: tree.hosts(of: "all", self).compactMap { found[$0] },
            groups: groupNames.map { name in
                InventoryGroup(name: name, children: groups[name]?.children ?? [], hosts: tree.hosts(of: name, self))
            },
            warnings: Failures(warnings)?.all ?? []
        )
    }

    /// What hosts of these groups have in common.
    private func ofGroups(_ names: [String], _ files: FileVariables) -> HostVariables {
        var variables = HostVariables()
        for name in names { variables.add(groups[name]?.variables ?? []) }
        for layer in files.groupLayers(names) { variables.add(layer) }
        return variables
    }
}
