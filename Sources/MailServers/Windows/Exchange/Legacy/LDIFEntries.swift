package import MTAPlan

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

    private static func odd(_ line: Int) -> Failure {
        Failure("line \(line) is not part of an export of entries", hint: "is it what `ldifde` has written?")
    }
}

/// The change of an Exchange 2000 or 2003, from an export of its entries to two files of changes.
package struct LegacyExchangeChange: Sendable {
    package var edits: [Edit]
    package var notes: [String]
    /// For `ldifde -i -f`: what leads to what is asked for, and what leads back.
    package var forward: String
    package var back: String

    /// - Throws: What is no export, and what cannot be done through the directory, with how to do it by hand.
    package init(export: [UInt8], routes: Routes, extras: ServerExtras) throws(Failure) {
        let entries = try LDIFEntries.read(export)
        let plan = try LegacyExchange(entries).plan(
            for: routes,
            extras[ExchangeSettings.self] ?? ExchangeSettings()
        )
        edits = plan.edits
        notes = plan.notes
        forward = plan.forward.text
        back = plan.forward.inverse.text
    }

    /// Whether a file begins as such an export does.
    package static func isExport(_ bytes: [UInt8]) -> Bool {
        let head = String(decoding: bytes.prefix(200), as: UTF8.self).lowercased()
        return head.split(whereSeparator: \.isNewline).first { !$0.hasPrefix("#") }
            .map { $0.hasPrefix("dn:") || $0.hasPrefix("version:") } ?? false
    }
}
