extension InventoryBuilder {
    /// Takes in an inventory in Ansible's INI form, or a plain list of hosts.
    ///
    /// Source: ansible-core 2.19, `plugins/inventory/ini.py`.
    mutating func addINI(_ text: YAMLText) {
        var section = INISection.hosts("ungrouped")
        // A group's variables may stand above the group.
        var variables: [(group: String, place: Place, entries: [HostVariables.Entry])] = []
        for (number, line) in YAMLText.lines(text.text).enumerated() {
            let words = String(String.UnicodeScalarView(line)).trimmed
            let indent = line.prefix { $0 == " " || $0 == "\t" }.count
            let place = Place(file: text.file, line: number + 1, column: indent + 1)
            if words.isEmpty || words.hasPrefix("#") || words.hasPrefix(";") { continue }
            if words.hasPrefix("["), let found = INISection(words) {
                section = found
                switch found {
                case .hosts(let name), .children(let name): addGroup(name, at: place)
                case .variables(let name): variables.append((name, place, []))
                case .unknown(let name, let kind):
                    let hint = Spelling.hint(for: kind, in: ["children", "vars", "hosts"])
                    complain(place, "`[\(name.shortened):\(kind.shortened)]` is not a section", hint: hint)
                }
                continue
            }
            if case .variables = section {
                if let entry = variable(words, at: place) { variables[variables.count - 1].entries.append(entry) }
            } else {
                add(words, at: place, to: section)
            }
        }
        for (name, place, entries) in variables {
            if groups[name] == nil {
                complain(place, "there is no group `\(name.shortened)`", hint: Spelling.hint(for: name, in: groupNames))
            }
            groups[name]?.variables += entries
        }
    }

    private mutating func variable(_ line: String, at place: Place) -> HostVariables.Entry? {
        let entry = entry(line, at: place)
        if entry == nil { complain(place, "`\(line.shortened)` is not a variable", hint: "write `NAME=VALUE`") }
        return entry
    }

    private mutating func add(_ line: String, at place: Place, to section: INISection) {
        switch section {
        case .hosts(let group):
            guard var words = ShellWords.splitCommented(line) else {
                return complain(place, "a quote is open at the end of this line")
            }
            guard !words.isEmpty else { return }
            let name = words.removeFirst()
            var variables: [HostVariables.Entry] = []
            for word in words {
                guard let entry = entry(word, at: place) else {
                    complain(
                        place,
                        "`\(word.shortened)` is not a variable",
                        hint: "write `NAME=VALUE`, or one host on each line"
                    )
                    continue
                }
                variables.append(entry)
            }
            addHosts(name, at: place, to: group, variables)
        case .children(let group):
            addChild(line.withoutComment, of: group, at: place)
        case .variables, .unknown: return
        }
    }

    private func entry(_ text: String, at place: Place) -> HostVariables.Entry? {
        guard let equals = text.firstIndex(of: "=") else { return nil }
        let name = String(text[..<equals]).trimmed
        guard !name.isEmpty else { return nil }
        let value = String(text[text.index(after: equals)...]).trimmed
        return HostVariables.Entry(name, YAMLNode(Self.content(value), at: place), at: place)
    }

    /// Python literals, as far as they are words, numbers and quoted text; anything else is text.
    private static func content(_ text: String) -> YAMLNode.Content {
        for quote in ["\"", "'"] where text.count >= 2 && text.hasPrefix(quote) && text.hasSuffix(quote) {
            let inner = text.dropFirst().dropLast()
            if !inner.contains(quote) { return .quoted(String(inner)) }
        }
        switch text {
        case "True": return .plain("true")
        case "False": return .plain("false")
        case "None": return .plain("null")
        default: return Int(text) == nil ? .quoted(text) : .plain(text)
        }
    }
}

/// What the lines below a header are.
private enum INISection {
    case hosts(String)
    case children(String)
    case variables(String)
    case unknown(String, String)

    init?(_ line: String) {
        let header = line.withoutComment
        guard header.hasSuffix("]") else { return nil }
        let inner = header.dropFirst().dropLast()
        guard !inner.isEmpty, !inner.contains("["), !inner.contains("]"), !inner.contains(" ") else { return nil }
        guard !HostAddress.isIPv6(inner) else { return nil }
        let parts = inner.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        switch parts.count == 2 ? parts[1] : "hosts" {
        case "hosts": self = .hosts(parts[0])
        case "children": self = .children(parts[0])
        case "vars": self = .variables(parts[0])
        case let kind: self = .unknown(parts[0], kind)
        }
    }
}

extension ShellWords {
    /// Words of a line up to a `#` that begins one.
    fileprivate static func splitCommented(_ line: String) -> [String]? {
        split(line.withoutComment)
    }
}

extension String {
    fileprivate var trimmed: String {
        let start = drop { $0.isWhitespace }
        guard let last = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(start[...last])
    }

    /// The line up to a `#` after a blank, outside quotes.
    fileprivate var withoutComment: String {
        var quote: Character?
        var previous: Character = " "
        for index in indices {
            let character = self[index]
            if character == quote {
                quote = nil
            } else if quote == nil, character == "'" || character == "\"" {
                quote = character
            } else if quote == nil, character == "#", previous.isWhitespace {
                return String(self[..<index]).trimmed
            }
            previous = character
        }
        return trimmed
    }
}
