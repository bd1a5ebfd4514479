extension InventoryBuilder {
    /// Takes in an inventory in Ansible's YAML form: groups with `hosts`, `vars` and `children`.
    ///
    /// `source`: What Ansible would be given for it.
    ///
    /// Source: ansible-core 2.19, `plugins/inventory/yaml.py`.
    mutating func addYAML(_ root: YAMLNode, of source: String) {
        guard let pairs = root.pairs else {
            return complain(root.place, "an inventory must be a mapping of groups", hint: "it begins with `all:`")
        }
        if root["_meta"] != nil { return addProgram(root, answers: [:]) }
        if let plugin = root.pair("plugin") {
            return complain(
                plugin.key.place,
                "this is not an inventory, but the settings of an Ansible inventory plugin",
                hint: "export it with Ansible: `\(Self.export(source))`"
            )
        }
        for pair in pairs {
            guard let name = pair.key.scalar, !name.isEmpty else {
                complain(pair.key.place, "a group name must be a word")
                continue
            }
            addYAMLGroup(name, at: pair.key.place, pair.value)
        }
    }

    /// How Ansible writes an inventory out that only it understands.
    static func export(_ file: String) -> String {
        "ansible-inventory -i \(file.shellQuoted) --list > hosts.json"
    }

    /// - Returns: Whether it is a group.
    @discardableResult
    private mutating func addYAMLGroup(_ name: String, at place: Place, _ node: YAMLNode) -> Bool {
        if node.kind == .null {
            addGroup(name, at: place)
            return true
        }
        guard let pairs = node.pairs else {
            let hint = "a group has `hosts`, `vars` and `children`"
            warn(place, "`\(name.shortened)` is not a group and is ignored", hint: hint)
            return false
        }
        addGroup(name, at: place)
        for pair in pairs where pair.value.kind != .null {
            switch pair.key.scalar {
            case "hosts": addYAMLHosts(pair.value, to: name)
            case "vars":
                let entries = entries(pair.value, of: "vars")
                addVariables(entries, to: name)
            case "children":
                for child in members(pair.value, of: "children")
                where addYAMLGroup(child.name, at: child.place, child.value) {
                    addChild(child.name, of: name, at: child.place)
                }
            case let other:
                let word = other ?? ""
                let hint = Spelling.hint(for: word, in: ["hosts", "vars", "children"])
                warn(pair.key.place, "`\(word.shortened)` is not part of a group and is ignored", hint: hint)
            }
        }
        return true
    }

    private mutating func addYAMLHosts(_ node: YAMLNode, to group: String) {
        for host in members(node, of: "hosts") {
            guard host.value.kind != .null, host.value.pairs == nil else {
                let variables = host.value.kind == .null ? [] : entries(host.value, of: host.name)
                addHosts(host.name, at: host.place, to: group, variables)
                continue
            }
            let slip = Complaint(host.value.place, "`\(host.name.shortened)` must be a mapping of variables")
            for name in addHosts(host.name, at: host.place, to: group, []) { hosts[name]?.problems.append(slip) }
        }
    }

    /// The keys of a mapping, or a single word, as Ansible takes it.
    private mutating func members(_ node: YAMLNode, of name: String) -> [(name: String, place: Place, value: YAMLNode)]
    {
        let nothing = YAMLNode(.plain(""), at: node.place)
        if let word = node.text { return [(word, node.place, nothing)] }
        guard let pairs = node.pairs else {
            complain(
                node.place,
                "`\(name)` must be a mapping, not a list",
                hint: "write `NAME:` on each line, without `-`"
            )
            return []
        }
        return pairs.compactMap { pair in pair.key.scalar.map { ($0, pair.key.place, pair.value) } }
    }

    mutating func entries(_ node: YAMLNode, of name: String) -> [HostVariables.Entry] {
        guard let pairs = node.pairs else {
            // A word is a variable without a value to Ansible.
            if node.text == nil { complain(node.place, "`\(name.shortened)` must be a mapping of variables") }
            return []
        }
        return pairs.compactMap { pair in
            pair.key.scalar.map { HostVariables.Entry($0, pair.value, at: pair.key.place) }
        }
    }
}
