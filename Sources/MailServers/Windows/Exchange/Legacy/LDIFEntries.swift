import MTAPlan

/// Entries of a directory, as `ldifde -f` and `ldapsearch -LLL` write them.
///
/// Source: RFC 2849. Changes and values that are in other files are refused; what a file holds is data from elsewhere.
enum LDIFEntries {
    /// Of a directory with thousands of entries no more than a few are asked for.
    private static let most = 8 << 20

    /// - Throws: When it is something else, with the number of the line.
    static func read(_ bytes: [UInt8]) throws(Failure) -> [LegacyExchange.Entry] {
        guard bytes.count <= most else { throw Failure("this is more than 8 MiB", hint: "export only the connectors") }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Failure("this is not UTF-8 text", hint: "`ldifde` writes one, unless it is told to write UTF-16")
        }
        var entries: [LegacyExchange.Entry] = []
        for (number, line) in unfolded(text) {
            guard let colon = line.firstIndex(of: ":") else { throw odd(number) }
            let name = line[..<colon].prefix { $0 != ";" }
            let value = try value(line[line.index(after: colon)...], number)
            switch name.lowercased() {
            case "version" where entries.isEmpty: continue
            case "changetype" where value.lowercased() == "add": continue
            case "changetype": throw odd(number)
            case "dn": entries.append(LegacyExchange.Entry(value, [:]))
            default:
                guard !entries.isEmpty else { throw odd(number) }
                entries[entries.count - 1].attributes[String(name), default: []].append(value)
            }
        }
        guard !entries.isEmpty else { throw Failure("there is no entry in it") }
        return entries
    }

    /// Lines with their numbers: without comments, and with those that begin with a blank behind the one before.
    private static func unfolded(_ text: String) -> [(number: Int, text: String)] {
        var lines: [(number: Int, text: String)] = []
        for (number, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            if line.hasPrefix(" "), !lines.isEmpty {
                lines[lines.count - 1].text += line.dropFirst()
            } else {
                lines.append((number + 1, String(line)))
            }
        }
        return lines.filter { !$0.text.isEmpty && !$0.text.hasPrefix("#") }
    }

    private static func value(_ rest: Substring, _ line: Int) throws(Failure) -> String {
        if rest.hasPrefix("<") { throw odd(line) }
        guard rest.hasPrefix(":") else { return String(rest.trimmingPrefix { $0 == " " }) }
        guard let bytes = Base64.decoded(String(rest.dropFirst().trimmingPrefix { $0 == " " })) else { throw odd(line) }
        // A GUID is bytes, and nothing that is looked at.
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Entries as such a file, in the order of their names.
    static func text(_ entries: [LegacyExchange.Entry]) -> String {
        entries.sorted { $0.name < $1.name }.map { entry in
            let lines = entry.attributes.sorted { $0.key < $1.key }.flatMap { attribute in
                attribute.value.map { LDIF.line(attribute.key, $0) }
            }
            return ([LDIF.line("dn", entry.name)] + lines).map { "\($0)\n" }.joined()
        }
        .joined(separator: "\n")
    }

    private static func odd(_ line: Int) -> Failure {
        Failure("line \(line) is not part of an export of entries", hint: "is it what `ldifde` has written?")
    }
}
