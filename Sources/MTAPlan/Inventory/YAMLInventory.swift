extension InventoryBuilder {
    /// Takes in an inventory in Ansible's YAML form: groups with `hosts`, `vars` and `children`.
    ///
    /// Source: ansible-core 2.19, `plugins/inventory/yaml.py`.
    mutating func addYAML(_ root: YAMLNode) {
        guard let pairs = root.pairs else {
            return complain(root.place, "an inventory is a mapping of groups", hint: "its first word is `all:`")
        }
        if root["_meta"] != nil { return addScript(root) }
        if let plugin = root.pair("plugin") {
            return complain(
                plugin.key.place,
                "this is not an inventory, but settings for an inventory plugin of Ansible",
                hint: "let Ansible write it out: `ansible-inventory -i FILE --list > hosts.json`"
            )
        }
        for pair in pairs {
            guard let name = pair.key.scalar else {
                complain(pair.key.place, "the name of a group is a word")
                continue
            }
            addYAMLGroup(name, at: pair.key.place, pair.value, depth: 0)
        }
    }

    private mutating func addYAMLGroup(_ name: String, at place: Place, _ node: YAMLNode, depth: Int) {
        addGroup(name, at: place)
        if node.kind == .null { return }
        guard let pairs = node.pairs else {
            return complain(
                node.place,
                "the group `\(name.shortened)` is a mapping",
                hint: "it has `hosts`, `vars` and `children`"
            )
        }
        for pair in pairs where pair.value.kind != .null {
            switch pair.key.scalar {
            case "hosts": addYAMLHosts(pair.value, to: name)
            case "vars":
                let entries = entries(pair.value, of: "vars")
                groups[name]?.variables += entries
            case "children":
                for child in members(pair.value, of: "children") {
                    addChild(child.name, of: name, at: child.place)
                    addYAMLGroup(child.name, at: child.place, child.value, depth: depth + 1)
                }
            case let other:
                let word = other ?? ""
                let hint = Spelling.hint(for: word, in: ["hosts", "vars", "children"])
                complain(pair.key.place, "`\(word.shortened)` is not a part of a group", hint: hint)
            }
        }
    }

    private mutating func addYAMLHosts(_ node: YAMLNode, to group: String) {
        for host in members(node, of: "hosts") {
            let variables = host.value.kind == .null ? [] : entries(host.value, of: host.name)
            addHosts(host.name, at: host.place, to: group, variables)
        }
    }

    /// The keys of a mapping, or a single word, as Ansible takes it.
    private mutating func members(_ node: YAMLNode, of name: String) -> [(name: String, place: Place, value: YAMLNode)]
    {
        let nothing = YAMLNode(.plain(""), at: node.place)
        if let word = node.text { return [(word, node.place, nothing)] }
        guard let pairs = node.pairs else {
            complain(node.place, "`\(name)` is a mapping, not a list", hint: "write `NAME:` on each line, without `-`")
            return []
        }
        return pairs.compactMap { pair in pair.key.scalar.map { ($0, pair.key.place, pair.value) } }
    }

    mutating func entries(_ node: YAMLNode, of name: String) -> [HostVariables.Entry] {
        guard let pairs = node.pairs else {
            complain(node.place, "`\(name.shortened)` is a mapping of variables")
            return []
        }
        return pairs.compactMap { pair in
            pair.key.scalar.map { HostVariables.Entry($0, pair.value, at: pair.key.place) }
        }
    }

    /// Takes in what an inventory program prints for `--list`.
    ///
    /// Source: ansible-core 2.19, “Developing dynamic inventory”.
    mutating func addScript(_ root: YAMLNode) {
        guard let pairs = root.pairs else {
            return complain(root.place, "the program printed no JSON object", hint: "run it with `--list` and look")
        }
        for pair in pairs where pair.key.scalar != "_meta" {
            let (name, place) = (pair.key.scalar ?? "", pair.key.place)
            addGroup(name, at: place)
            for host in (pair.value.list ?? pair.value["hosts"]?.list ?? []) {
                if let text = host.scalar { addHosts(text, at: host.place, to: name, []) }
            }
            for child in pair.value["children"]?.list ?? [] {
                if let text = child.scalar { addChild(text, of: name, at: child.place) }
            }
            if let variables = pair.value["vars"] {
                let entries = entries(variables, of: "vars")
                groups[name]?.variables += entries
            }
        }
        guard let meta = root["_meta"] else {
            let place = root.place
            return warnings.append(
                Complaint(
                    place,
                    "the program prints no `_meta`, so variables of hosts are not known",
                    hint: "mtactl does not ask with `--host`"
                )
            )
        }
        for pair in meta["hostvars"]?.pairs ?? [] {
            guard let name = pair.key.scalar, hosts[name] != nil else { continue }
            let entries = entries(pair.value, of: name)
            hosts[name]?.variables += entries
        }
    }
}
