/// How the groups of an inventory hang together.
struct GroupTree {
    /// Parents of each group; `all` has none.
    private(set) var parents: [String: [String]] = [:]
    /// How far each group is from `all`, by its longest way.
    private(set) var depths: [String: Int] = ["all": 0]
    /// The groups of each host, with all that are above them, the weakest first.
    private(set) var groupsOfHost: [String: [String]] = [:]

    /// Complains where a group is below itself.
    init(_ builder: inout InventoryBuilder) {
        for name in builder.groupNames {
            for child in builder.groups[name]?.children ?? [] where parents[child]?.contains(name) != true {
                parents[child, default: []].append(name)
            }
        }
        for name in builder.groupNames where name != "all" && parents[name] == nil { parents[name] = ["all"] }
        parents["all"] = nil
        guard !complainOfCircles(&builder) else { return }
        for name in builder.groupNames { _ = depth(name) }
        addGroupsOfHosts(builder)
    }

    private func complainOfCircles(_ builder: inout InventoryBuilder) -> Bool {
        var found = false
        for name in builder.groupNames where ancestors(parents[name] ?? []).contains(name) {
            found = true
            let place = builder.groups[name]?.place ?? Place(file: "inventory")
            builder.complain(
                place,
                "the group `\(name.shortened)` is below itself",
                hint: "look for it under `children`"
            )
        }
        for name in builder.groupNames where builder.groups[name]?.children.contains("all") == true {
            found = true
            let place = builder.groups[name]?.place ?? Place(file: "inventory")
            builder.complain(place, "`all` cannot be a child of `\(name.shortened)`")
        }
        return found
    }

    /// The groups themselves and all above them.
    private func ancestors(_ names: [String]) -> Set<String> {
        var found: Set<String> = []
        var open = names
        while let name = open.popLast() {
            if found.insert(name).inserted { open += parents[name] ?? [] }
        }
        return found
    }

    private mutating func depth(_ name: String) -> Int {
        if let depth = depths[name] { return depth }
        var deepest = 0
        for parent in parents[name] ?? [] { deepest = max(deepest, depth(parent)) }
        depths[name] = deepest + 1
        return deepest + 1
    }

    private mutating func addGroupsOfHosts(_ builder: InventoryBuilder) {
        var direct: [String: [String]] = [:]
        for name in builder.groupNames {
            for host in builder.groups[name]?.hosts ?? [] { direct[host, default: []].append(name) }
        }
        let priorities = builder.groups.mapValues { group in
            group.variables.last { $0.name == "ansible_group_priority" }?.value.scalar.flatMap { Int($0) } ?? 1
        }
        var sorted: [[String]: [String]] = [:]
        for host in builder.hostNames {
            let own = direct[host] ?? []
            let key = own.filter { $0 != "ungrouped" || own.allSatisfy { $0 == "ungrouped" || $0 == "all" } }
            if sorted[key] == nil {
                sorted[key] = ancestors(key + ["all"]).sorted {
                    (depths[$0] ?? 0, priorities[$0] ?? 1, $0) < (depths[$1] ?? 0, priorities[$1] ?? 1, $1)
                }
            }
            groupsOfHost[host] = sorted[key]
        }
    }
}
