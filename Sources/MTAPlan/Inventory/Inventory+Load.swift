extension Inventory {
    /// Reads an inventory.
    ///
    /// Precedence is Ansible's: `all` < parent group < child group < `group_vars/all` < `group_vars` of groups
    /// < host < `host_vars`; groups of one depth by `ansible_group_priority`, then by name. Of several sources the later
    /// is the stronger, and what is next to the playbook is stronger than what is next to the inventory.
    /// Source: ansible-core 2.19, `VariableManager.get_vars` and `sort_groups`.
    ///
    /// `playbookFolder`: Where the playbook is, if there is one.
    ///
    /// - Throws: Everything that is wrong with the files, in the order of places.
    package static func load(
        _ sources: [InventorySource],
        files: any InventoryFiles = NoFiles(),
        playbookFolder: String? = nil,
        defaults: HostDefaults = HostDefaults(),
        in language: PlaybookLanguage
    ) throws(Failures) -> Inventory {
        var builder = InventoryBuilder(language: language)
        let start = Place(file: sources.first?.parts.first?.path ?? sources.first?.folder ?? "inventory")
        builder.addGroup("all", at: start)
        builder.addGroup("ungrouped", at: start)
        for source in sources { for part in source.parts { builder.add(part, of: source.name ?? part.path) } }
        let tree = GroupTree(&builder)
        if builder.hostNames.isEmpty, builder.complaints.isEmpty {
            builder.complain(start, "the inventory has no hosts", hint: "`mtactl schema inventory` prints the format")
        }
        var variables = FileVariables()
        do throws(Failure) {
            let folders = sources.compactMap(\.folder)
            variables = try FileVariables(of: folders, playbook: playbookFolder, files, &builder)
        } catch {
            throw Failures(error, Failures(builder.complaints)?.all ?? [])
        }
        if let failures = Failures(builder.complaints) { throw failures }
        return builder.inventory(tree, variables, defaults)
    }
}

extension InventoryBuilder {
    fileprivate mutating func add(_ part: InventorySource.Part, of source: String) {
        do throws(Complaint) {
            switch part.content {
            case .program(let output): addProgram(output.root, answers: output.answers)
            case .names(let text): addNames(text, Place(file: part.path))
            case .file(let bytes): try add(bytes, file: part.path, source)
            }
        } catch {
            complaints.append(error)
        }
    }

    /// A list of hosts: names, and ports behind them, without ranges.
    ///
    /// Source: ansible-core 2.19, `plugins/inventory/host_list.py`.
    private mutating func addNames(_ text: String, _ place: Place) {
        for word in text.split(separator: ",").map(\.trimmed) where !word.isEmpty {
            let (name, port) = HostRange.divide(word)
            guard !name.unicodeScalars.contains(where: TextForm.isControl) else {
                complain(place, "a name has a control character in it")
                continue
            }
            if hosts[name] == nil { addHost(name, port: port, at: place, to: "ungrouped") }
        }
    }

    private mutating func add(_ bytes: [UInt8], file: String, _ source: String) throws(Complaint) {
        if bytes.starts(with: Self.vaultMark) {
            throw Complaint(
                Place(file: file),
                "this file is encrypted with ansible-vault",
                hint: "`-i <(ansible-vault view \(file.shellQuoted))` reads it"
            )
        }
        if file.hasSuffix(".toml") {
            throw Complaint(
                Place(file: file),
                "TOML inventories are not supported",
                hint: "export it with Ansible: `\(Self.export(source))`"
            )
        }
        if file.hasSuffix(".json") { return addYAML(try JSONReader.document(bytes, file: file), of: source) }
        guard Self.isYAML(bytes, file: file) else {
            let text = try INIText(bytes, file: file)
            if let odd = text.odd { warn(odd, "the file is not UTF-8", hint: "save it as UTF-8") }
            return addINI(text)
        }
        let document = try YAMLReader.document(bytes, file: file, leniently: true)
        warnings += document.complaints
        if let root = document.root { addYAML(root, of: source) }
    }

    static let vaultMark = Array("$ANSIBLE_VAULT;".utf8)

    /// By its ending, or by its first line that says something; whatever its ending, no YAML begins with `[section]`.
    private static func isYAML(_ bytes: [UInt8], file: String) -> Bool {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let lines = (bytes.starts(with: mark) ? bytes[3...] : bytes[...]).lazy.split { $0 == 0x0A || $0 == 0x0D }
        let first = lines.map { String(decoding: $0, as: UTF8.self).trimmed }.first { line in
            !line.isEmpty && !line.hasPrefix("#") && !line.hasPrefix(";")
        }
        guard let first else { return file.hasSuffix(".yml") || file.hasSuffix(".yaml") }
        let code = first.split(separator: "#", omittingEmptySubsequences: false).first.map(\.trimmed) ?? ""
        if code.hasPrefix("["), code.hasSuffix("]"), !code.contains(","), !code.contains(" ") { return false }
        if file.hasSuffix(".yml") || file.hasSuffix(".yaml") { return true }
        if file.hasSuffix(".ini") { return false }
        if code.hasPrefix("{") || code.hasPrefix("---") || code.hasPrefix("%") { return true }
        return code.hasSuffix(":") && !code.contains("=") && !code.hasPrefix("[")
    }
}
