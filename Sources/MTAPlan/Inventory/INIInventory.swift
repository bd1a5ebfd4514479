extension InventoryBuilder {
    /// Takes in an inventory in Ansible's INI form, or a plain list of hosts.
    ///
    /// Source: ansible-core 2.19, `plugins/inventory/ini.py`.
    mutating func addINI(_ text: INIText) {
        var parser = INIParser(known: Set(groupNames))
        for line in text.lines {
            if line.text.isEmpty || line.text.hasPrefix("#") || line.text.hasPrefix(";") { continue }
            parser.take(line, &self)
        }
        parser.end(&self)
    }
}

/// What of an INI inventory holds beyond a line.
private struct INIParser {
    /// What the lines below a header are.
    private enum Section {
        case hosts(String)
        case children(String)
        case variables(String)
        /// Of a kind that there is not; its lines are skipped.
        case unknown
    }

    private var section = Section.hosts("ungrouped")
    /// Groups with a section of hosts or children, here or in an earlier source.
    private var declared: Set<String>
    /// Children whose own section has not come yet, and whose they are.
    private var pending: [String: [(parent: String, place: Place)]] = [:]
    private var onlyVariables: [(group: String, place: Place)] = []

    init(known: Set<String>) { declared = known }

    mutating func take(_ line: INIText.Line, _ builder: inout InventoryBuilder) {
        if line.text.hasPrefix("[") {
            if let header = INIHeader(line.text) { return begin(header, line.place, &builder) }
            if line.text.hasSuffix("]"), !Self.isAddress(line.text) {
                return builder.complain(
                    line.place,
                    "`\(line.text.shortened)` is not a section",
                    hint: "write `[NAME]`, without spaces"
                )
            }
        }
        switch section {
        case .hosts(let group): takeHosts(line, group, &builder)
        case .children(let group): takeChild(line, group, &builder)
        case .variables(let group):
            guard let entry = Self.entry(line.text, at: line.place) else {
                return builder.complain(
                    line.place,
                    "`\(line.text.shortened)` is not a variable",
                    hint: "write `NAME=VALUE`"
                )
            }
            builder.addVariables([entry], to: group)
        case .unknown: return
        }
    }

    /// `[2001:db8::1]` is a host, though Ansible wants a port behind it.
    private static func isAddress(_ text: String) -> Bool { HostAddress.isIPv6(text.dropFirst().dropLast()) }

    private mutating func begin(_ header: INIHeader, _ place: Place, _ builder: inout InventoryBuilder) {
        let name = header.group
        switch header.kind ?? "hosts" {
        case "vars":
            if !declared.contains(name) { onlyVariables.append((name, place)) }
            builder.addGroup(name, at: place)
            section = .variables(name)
            return
        case "hosts": section = .hosts(name)
        case "children": section = .children(name)
        case let kind:
            let hint = Spelling.hint(for: kind, in: ["children", "vars", "hosts"])
            builder.complain(place, "`[\(name.shortened):\(kind.shortened)]` is not a section", hint: hint)
            section = .unknown
            return
        }
        builder.addGroup(name, at: place)
        declared.insert(name)
        for (parent, place) in pending.removeValue(forKey: name) ?? [] {
            builder.addChild(name, of: parent, at: place)
        }
    }

    private func takeHosts(_ line: INIText.Line, _ group: String, _ builder: inout InventoryBuilder) {
        guard var words = ShlexWords.split(line.text) else {
            return addSlip(line, group, "a quote is not closed on this line", nil, &builder)
        }
        guard !words.isEmpty else { return }
        let name = words.removeFirst()
        guard !name.unicodeScalars.contains("\u{FFFD}") else {
            return addSlip(line, group, "the name of this host is not UTF-8", "save the file as UTF-8", &builder)
        }
        var variables: [HostVariables.Entry] = []
        for word in words {
            guard let entry = Self.entry(word, at: line.place) else {
                let hint = "write `NAME=VALUE`, or one host on each line"
                return addSlip(line, group, "`\(word.shortened)` is not a variable", hint, &builder)
            }
            variables.append(entry)
        }
        builder.addHosts(name, at: line.place, to: group, variables)
    }

    /// A slip on the line of a host keeps that host from being used, and no other.
    private func addSlip(
        _ line: INIText.Line,
        _ group: String,
        _ problem: String,
        _ hint: String?,
        _ builder: inout InventoryBuilder
    ) {
        let name = line.text.prefix { !$0.isWhitespace && $0 != "'" && $0 != "\"" && $0 != "#" }
        for name in builder.addHosts(String(name), at: line.place, to: group, []) {
            builder.hosts[name]?.problems.append(Complaint(line.place, problem, hint: hint))
        }
    }

    private mutating func takeChild(_ line: INIText.Line, _ group: String, _ builder: inout InventoryBuilder) {
        let name = String(line.text.prefix { !$0.isWhitespace && $0 != ":" && $0 != "]" })
        let rest = line.text.dropFirst(name.count).drop(while: \.isWhitespace)
        guard !name.isEmpty, rest.isEmpty || rest.hasPrefix("#") else {
            return builder.complain(
                line.place,
                "`\(line.text.shortened)` is not the name of a group",
                hint: "write one name on each line"
            )
        }
        if builder.groups[name] != nil {
            builder.addChild(name, of: group, at: line.place)
        } else {
            pending[name, default: []].append((group, line.place))
        }
    }

    /// Complains of groups that are named and are not there.
    func end(_ builder: inout InventoryBuilder) {
        let known = builder.groupNames.filter { name in !onlyVariables.contains { $0.group == name } }
        for (group, place) in onlyVariables where !declared.contains(group) {
            let hint = Spelling.hint(for: group, in: known)
            builder.complain(place, "there is no group `\(group.shortened)`", hint: hint)
        }
        for (child, parents) in pending {
            for (parent, place) in parents {
                builder.complain(
                    place,
                    "there is no group `\(child.shortened)`, which should be part of `\(parent.shortened)`",
                    hint: Spelling.hint(for: child, in: known) ?? "write `[\(child.shortened)]` above its hosts"
                )
            }
        }
    }

    private static func entry(_ text: String, at place: Place) -> HostVariables.Entry? {
        guard let equals = text.firstIndex(of: "=") else { return nil }
        let name = text[..<equals].trimmed
        guard !name.isEmpty else { return nil }
        let value = PythonLiteral.value(text[text.index(after: equals)...].trimmed, at: place)
        return HostVariables.Entry(name, value, at: place)
    }
}

/// `[group]` or `[group:kind]`, with a comment behind it perhaps.
private struct INIHeader {
    var group: String
    var kind: String?

    init?(_ line: String) {
        var rest = line.dropFirst()
        let name = rest.prefix { $0 != ":" && $0 != "]" && !$0.isWhitespace }
        rest = rest.dropFirst(name.count)
        guard !name.isEmpty else { return nil }
        group = String(name)
        if rest.hasPrefix(":") {
            let word = rest.dropFirst().prefix { $0 == "_" || $0.isLetter || $0.isNumber }
            guard !word.isEmpty else { return nil }
            kind = String(word)
            rest = rest.dropFirst(word.count + 1)
        }
        guard rest.hasPrefix("]") else { return nil }
        let tail = rest.dropFirst().drop(while: \.isWhitespace)
        guard tail.isEmpty || tail.hasPrefix("#") else { return nil }
    }
}

extension StringProtocol {
    /// Without blanks at its ends.
    var trimmed: String {
        let start = drop { $0.isWhitespace }
        guard let last = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(start[...last])
    }
}
