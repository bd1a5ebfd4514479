extension Inventory {
    /// Reads an inventory.
    ///
    /// Touches nothing but what it is given.
    ///
    /// Precedence is Ansible's: `all` < parent group < child group < `group_vars/all` < `group_vars` of groups
    /// < host < `host_vars`; groups of one depth by `ansible_group_priority`, then by name.
    /// Source: ansible-core 2.19, `VariableManager.get_vars` and `sort_groups`.
    ///
    /// Later sources add to earlier ones and are stronger.
    /// Throws everything that is wrong with their files, in the order of places.
    package static func load(
        _ sources: [InventorySource],
        defaults: HostDefaults = HostDefaults(),
        in language: PlaybookLanguage
    ) throws(Failures) -> Inventory {
        var builder = InventoryBuilder(language: language)
        let start = Place(file: sources.first.map { SecretReference.path($0.main ?? "", in: $0.folder) } ?? "inventory")
        builder.addGroup("all", at: start)
        builder.addGroup("ungrouped", at: start)
        for source in sources { builder.addHosts(of: source) }
        for source in sources { builder.addVariables(of: source) }
        let tree = GroupTree(&builder)
        if builder.hostNames.isEmpty, builder.complaints.isEmpty {
            builder.complain(start, "the inventory has no hosts", hint: "see Inventory/example.yml")
        }
        if let failures = Failures(builder.complaints) { throw failures }
        return builder.inventory(tree, defaults)
    }

    /// Reads an inventory of one source.
    package static func load(
        _ source: InventorySource,
        in language: PlaybookLanguage
    ) throws(Failures) -> Inventory { try load([source], in: language) }
}

extension InventoryBuilder {
    fileprivate mutating func addHosts(of source: InventorySource) {
        let paths = source.main.map { [$0] } ?? source.files.keys.filter(InventorySource.isHosts).sorted()
        for path in paths {
            let place = source.place(path)
            do throws(Complaint) {
                switch source.files[path] {
                case .output(let bytes): addScript(try JSONReader.document(bytes, file: place.file))
                case .file(let bytes): try add(bytes, path: path, file: place.file)
                case nil: complain(place, "there is no such file")
                }
            } catch {
                complaints.append(error)
            }
        }
    }

    private mutating func add(_ bytes: [UInt8], path: String, file: String) throws(Complaint) {
        if path.hasSuffix(".json") { return addYAML(try JSONReader.document(bytes, file: file)) }
        let text = try YAMLText(bytes, file: file)
        let isYAML = path.hasSuffix(".yml") || path.hasSuffix(".yaml") || !path.hasSuffix(".ini") && text.looksLikeYAML
        guard isYAML else { return addINI(text) }
        let document = try YAMLReader.document(bytes, file: file)
        complaints += document.complaints
        if let root = document.root { addYAML(root) }
    }

    fileprivate mutating func addVariables(of source: InventorySource) {
        var ranks: [String: Int] = [:]
        for path in source.files.keys {
            guard let (kind, name, rank) = InventorySource.variables(path) else { continue }
            ranks["\(kind)/\(name)"] = min(rank, ranks["\(kind)/\(name)"] ?? rank)
        }
        for path in source.files.keys.sorted() {
            guard let (kind, name, rank) = InventorySource.variables(path), ranks["\(kind)/\(name)"] == rank,
                case .file(let bytes) = source.files[path]
            else { continue }
            let place = source.place(path)
            if bytes.starts(with: Array("$ANSIBLE_VAULT;".utf8)) {
                warnings.append(
                    Complaint(
                        place,
                        "this file is encrypted with ansible-vault, so its variables are not known",
                        hint: "refer to passwords elsewhere: \(SecretReference.forms)"
                    )
                )
                continue
            }
            do throws(Complaint) {
                let document = try YAMLReader.document(bytes, file: place.file)
                complaints += document.complaints
                guard let root = document.root else { continue }
                let entries = entries(root, of: path)
                if kind == "group_vars" { groups[name]?.files += entries } else { hosts[name]?.files += entries }
            } catch {
                complaints.append(error)
            }
        }
    }
}

extension YAMLText {
    /// Whether a file without a telling name is YAML: by its first line that says something.
    fileprivate var looksLikeYAML: Bool {
        for line in Self.lines(text) {
            let words = line.drop { $0 == " " }
            guard let first = words.first, first != "#", first != ";", first != "\n", first != "\r" else { continue }
            if first == "{" || words.starts(with: "---".unicodeScalars) || first == "%" { return true }
            let part = words.prefix { $0 != "#" && $0 != "\n" && $0 != "\r" }
            let last = part.last { $0 != " " && $0 != "\t" }
            return last == ":" && !part.contains("=") && first != "["
        }
        return false
    }
}
