/// How the groups of an inventory hang together.
///
/// Source: ansible-core 2.19, `inventory/data.py`, `inventory/group.py` and `inventory/helpers.py`.
struct GroupTree {
    /// Parents of each group; `all` has none.
    private(set) var parents: [String: [String]] = [:]
    /// Children of each group, in the order in which they came to it; the last of `all` are the groups without parents.
    private var children: [String: [String]] = [:]
    /// How far each group is from `all`, by its longest way.
    private var depths: [String: Int] = ["all": 0]
    /// The groups of each host, with all that are above them, the weakest first.
    private(set) var groupsOfHost: [String: [String]] = [:]

    /// Puts hosts without groups into `ungrouped`, and complains where a group is below itself.
    init(_ builder: inout InventoryBuilder) {
        builder.settleUngrouped()
        children["all"] = ["ungrouped"]
        for name in builder.groupNames {
            for child in builder.groups[name]?.children ?? [] where child != "ungrouped" || name != "all" {
                parents[child, default: []].append(name)
                children[name, default: []].append(child)
            }
        }
        for name in builder.groupNames where name != "all" && parents[name] == nil {
            parents[name] = ["all"]
            if name != "ungrouped" { children["all", default: []].append(name) }
        }
        guard !complainOfCircles(&builder) else { return }
        addDepths()
        addGroupsOfHosts(builder)
    }

    /// The hosts of a group and below it, in Ansible's order: level by level.
    ///
    /// Where two groups of one level both have children, Ansible's own order changes from run to run.
    func hosts(of name: String, _ builder: InventoryBuilder) -> [String] {
        var order = [name]
        var seen: Set<String> = [name]
        var level = [name]
        while !level.isEmpty {
            level = level.flatMap { children[$0] ?? [] }.filter { seen.insert($0).inserted }
            order += level
        }
        guard order.count > 1 else { return builder.groups[name]?.hosts ?? [] }
        var known: Set<String> = []
        return order.flatMap { builder.groups[$0]?.hosts ?? [] }.filter { known.insert($0).inserted }
    }

    private func complainOfCircles(_ builder: inout InventoryBuilder) -> Bool {
        var found = false
        for name in builder.groupNames where name != "all" {
            let place = builder.groups[name]?.place ?? Place(file: "inventory")
            if builder.groups[name]?.children.contains("all") == true {
                found = true
                builder.complain(place, "`all` cannot be a child of `\(name.shortened)`")
            }
            guard children[name] != nil, parents[name] != ["all"], ancestors(parents[name] ?? []).contains(name) else {
                continue
            }
            found = true
            builder.complain(
                place,
                "the group `\(name.shortened)` contains itself",
                hint: "look for it under `children`"
            )
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

    /// Goes down from `all`, to each group after all its parents.
    private mutating func addDepths() {
        var waiting = parents.mapValues(\.count)
        var open = ["all"]
        while let name = open.popLast() {
            for child in children[name] ?? [] {
                depths[child] = max(depths[child] ?? 0, (depths[name] ?? 0) + 1)
                waiting[child, default: 1] -= 1
                if waiting[child] == 0 { open.append(child) }
            }
        }
    }

    private mutating func addGroupsOfHosts(_ builder: InventoryBuilder) {
        var direct: [String: [String]] = [:]
        for name in builder.groupNames {
            for host in builder.groups[name]?.hosts ?? [] { direct[host, default: []].append(name) }
        }
        var sorted: [[String]: [String]] = [:]
        for host in builder.hostNames {
            let key = direct[host] ?? []
            if sorted[key] == nil {
                sorted[key] = ancestors(key + ["all"]).sorted { a, b in
                    let (first, second) = (builder.groups[a]?.priority ?? 1, builder.groups[b]?.priority ?? 1)
                    return (depths[a] ?? 0, first, Scalars(a)) < (depths[b] ?? 0, second, Scalars(b))
                }
            }
            groupsOfHost[host] = sorted[key]
        }
    }

    /// Compares texts as Python does.
    private struct Scalars: Comparable {
        let text: String
        init(_ text: String) { self.text = text }
        static func < (a: Self, b: Self) -> Bool {
            a.text.unicodeScalars.lexicographicallyPrecedes(b.text.unicodeScalars)
        }
    }
}

extension InventoryBuilder {
    /// Hosts of no group but `all` are in `ungrouped`, and others are not.
    fileprivate mutating func settleUngrouped() {
        var grouped: Set<String> = []
        for name in groupNames where name != "all" && name != "ungrouped" {
            grouped.formUnion(groups[name]?.hosts ?? [])
        }
        for host in groups["ungrouped"]?.hosts ?? [] where grouped.contains(host) {
            groups["ungrouped"]?.remove(host: host)
        }
        for host in hostNames where !grouped.contains(host) { groups["ungrouped"]?.add(host: host) }
    }
}
