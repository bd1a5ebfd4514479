import MTAPlan

/// Client authenticators of the host's own for the mechanisms that ours log in with.
///
/// An Exim has one client for each, so they are shared: with our transports they send our logins, with all others what
/// they sent before.
///
/// - Debian's look a line up by the macro PASSWDLINE, which is redefined.
/// - In others `client_send` is replaced; the host's own line is in our block as a comment.
///
/// Source: Exim specification, chapters 33 and 34; auths_init in readconf.c: "two authenticators have the same public
/// name".
struct EximLoginSharing {
    let host: EximHost
    let blocks: EximBlocks

    /// The mechanisms for which a client of the host's own is shared.
    var mechanisms: Set<String> {
        get throws(Failure) { blocks.hasLogins ? Set(clients.compactMap { $0.mechanism }) : [] }
    }

    private var clients: [EximStructure.Driver] {
        host.structure.drivers(in: "authenticators").filter { driver in
            ["LOGIN", "PLAIN"].contains(driver.mechanism)
                && (driver.written("client_send") != nil || driver.written("client_condition") != nil)
        }
    }

    /// What is put into the host's own files.
    ///
    /// - Throws: Where a client of the host's own cannot be shared.
    func insertions() throws(Failure) -> [EximEditor.Insertion] {
        guard blocks.hasLogins else { return [] }
        let byMacro = clients.filter { $0.written("client_send")?.contains("PASSWDLINE") == true }
        var all: [EximEditor.Insertion] = []
        if let first = byMacro.first { all.append(try passwordLine(first)) }
        for client in clients where !byMacro.contains(where: { $0.name == client.name }) {
            all.append(try sending(client))
        }
        return all
    }

    private func passwordLine(_ client: EximStructure.Driver) throws(Failure) -> EximEditor.Insertion {
        let definition = host.structure.items.last { item in
            if case .macro("PASSWDLINE", _) = item.kind { !item.isOurs } else { false }
        }
        guard let definition, case .macro(_, let value) = definition.kind else { throw .otherLogin(client) }
        var place = definition.place
        place.line = definition.last + 1
        return EximEditor.Insertion(place: place, lines: blocks.passwordLine(orElse: value))
    }

    private func sending(_ client: EximStructure.Driver) throws(Failure) -> EximEditor.Insertion {
        let item = client.items.first { if case .option("client_send", _?) = $0.kind { true } else { false } }
        guard let item, case .option(_, let value?) = item.kind, client.written("client_condition") == nil,
            let lines = blocks.clientSend(client.mechanism, orElse: value),
            let text = host.text(of: item.place.file)
        else { throw .otherLogin(client) }
        let line = EximText.restored(text.lines[item.place.line])[...].trimmed.text
        let isHidden = line.hasPrefix("hide")
        // Within quotes a backslash is written twice.
        if value.contains("\\"), line.contains("= \"") || line.contains("=\"") { throw .otherLogin(client) }
        return EximEditor.Insertion(
            place: item.place,
            lines: [isHidden ? "  hide \(lines[0])" : "  \(lines[0])"] + lines.dropFirst(),
            replaced: item.last - item.place.line + 1
        )
    }
}

extension EximStructure.Driver {
    /// The SASL mechanism of an authenticator.
    fileprivate var mechanism: String { option("public_name")?.uppercased() ?? "" }
}

extension EximBlocks {
    /// What a client of the host's own sends: our login to our transports, and its own to others; `nil` where its strings
    /// cannot be told apart.
    fileprivate func clientSend(_ mechanism: String, orElse theirs: String) -> [String]? {
        let strings = EximClientStrings(theirs).strings
        let (user, password) = (doubled(field("user")), doubled(field("pass")))
        // Without a login of ours for this sender the client is skipped.
        let ours = mechanism == "LOGIN" ? ["${if !eq {\(row)} {} {} fail}", user, password] : ["^\(user)^\(password)"]
        guard strings.count == ours.count, strings.allSatisfy(\.isBalanced) else { return nil }
        let items = zip(ours, strings).map { pair in
            let (ours, theirs) = (pair.0, pair.1.doubling(";"))
            return "${if match {$transport_name} {\\N^mtactl_\\N} {\(ours)} {\(theirs)}}"
        }
        let first = items.count > 1 ? "client_send = <; \(items[0]) \\" : "client_send = <; \(items[0])"
        return [first]
            + items.indices.dropFirst().map { "    ; \(items[$0])" + ($0 + 1 < items.count ? " \\" : "") }
    }
}

/// The strings of `client_send`, which are separated by colons, each of which may be doubled.
private struct EximClientStrings {
    let strings: [String]

    init(_ text: String) {
        var rest = Substring(text).drop(while: \.isWhitespace)
        var separator: Character = ":"
        if rest.hasPrefix("<"), let other = rest.dropFirst().first, !other.isLetter, !other.isWhitespace {
            separator = other
            rest = rest.dropFirst(2)
        }
        var strings = [""]
        var index = rest.startIndex
        while index < rest.endIndex {
            let next = rest.index(after: index)
            if rest[index] != separator {
                strings[strings.count - 1].append(rest[index])
            } else if next < rest.endIndex, rest[next] == separator {
                strings[strings.count - 1].append(separator)
                index = next
            } else {
                strings.append("")
            }
            index = rest.index(after: index)
        }
        self.strings = strings.map { String($0.trimmingBlanks) }
    }
}

extension String {
    /// Whether it can be within the braces of an expression.
    fileprivate var isBalanced: Bool {
        var depth = 0
        var isEscaped = false
        for character in self {
            if isEscaped { isEscaped = false; continue }
            switch character {
            case "\\": isEscaped = true
            case "{": depth += 1
            case "}": depth -= 1
            default: break
            }
            if depth < 0 { return false }
        }
        return depth == 0
    }
}
