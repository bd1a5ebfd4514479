import MTAPlan

/// Lookups in the files of a host whose content was read.
///
/// Source: Exim specification, chapter 9, "File and database lookups".
final class EximFiles {
    enum Found: Hashable {
        case found(String)
        case missing
        case unknown

        var value: EximValue {
            switch self {
            case .found(let text): .known(text)
            case .missing: .known("")
            case .unknown: .unknown
            }
        }

        var isThere: Bool? {
            switch self {
            case .found: true
            case .missing: false
            case .unknown: nil
            }
        }
    }

    private struct Rows {
        var values: [String: (rank: Int, value: String)] = [:]
        var hasExpressions = false
    }

    private let facts: Facts
    private let absent: Set<String>
    private var read: [String: Rows] = [:]

    /// `absent`: Files that are known not to be there.
    init(_ facts: Facts, absent: Set<String> = []) {
        self.facts = facts
        self.absent = absent
    }

    func exists(_ path: String) -> Bool? {
        if absent.contains(path) { return false }
        return switch facts.files[path] {
        case .file: true
        case .absent: false
        case .unreadable, nil: nil
        }
    }

    func find(_ key: String, _ type: String, _ path: String) -> Found {
        // Exim looks for no empty key: search_find in search.c.
        if key.isEmpty { return .missing }
        guard let rows = rows(path) else { return .unknown }
        let key = key.lowercased()
        let keys: [String]
        switch type {
        case "lsearch": keys = [key]
        case "lsearch*": keys = [key, "*"]
        case "lsearch*@": keys = [key] + (key.split(separator: "@").last.map { ["*@\($0)"] } ?? []) + ["*"]
        case "nwildlsearch": return first(of: key, in: rows)
        default: return .unknown
        }
        return keys.lazy.compactMap { rows.values[$0] }.first.map { .found($0.value) } ?? .missing
    }

    /// The first row that fits: the key itself, or `*` and an end of it.
    private func first(of key: String, in rows: Rows) -> Found {
        if rows.hasExpressions { return .unknown }
        var keys = [key, "*"]
        for index in key.indices where key[index] == "." { keys.append("*\(key[index...])") }
        return keys.compactMap { rows.values[$0] }.min { $0.rank < $1.rank }.map { .found($0.value) } ?? .missing
    }

    private func rows(_ path: String) -> Rows? {
        if let rows = read[path] { return rows }
        guard let file = facts.file(path) else { return nil }
        var rows = Rows()
        for (rank, line) in file.bytes.split(separator: 0x0A).enumerated() {
            guard let first = line.first, !first.isBlank, first != UInt8(ascii: "#") else { continue }
            let (key, value) = Self.row(line.text)
            if key.hasPrefix("^") { rows.hasExpressions = true }
            if rows.values[key] == nil { rows.values[key] = (rank, value) }
        }
        read[path] = rows
        return rows
    }

    private static func row(_ line: String) -> (key: String, value: String) {
        let key: Substring
        let rest: Substring
        if line.hasPrefix("\"") {
            key = line.dropFirst().prefix { $0 != "\"" }
            rest = line[key.endIndex...].dropFirst()
        } else {
            key = line.prefix { $0 != ":" && !$0.isWhitespace }
            rest = line[key.endIndex...]
        }
        let value = rest.drop { $0.isWhitespace }
        let bare = value.hasPrefix(":") ? value.dropFirst().drop { $0.isWhitespace } : value
        return (key.lowercased(), String(bare.trimmingBlanks))
    }
}
