import MTAPlan

/// The types of lookup tables, and the rows of one.
///
/// Source: postmap(1), "FILE FORMAT"; DATABASE_README. Postfix 3.7 to 3.11.
enum PostfixTable {
    /// The suffixes of the types that have one index file.
    ///
    /// `dbm` and `sdbm` have two and are not used.
    static let suffixes = ["hash": ".db", "btree": ".db", "lmdb": ".lmdb", "cdb": ".cdb"]

    /// The type for our own tables.
    ///
    /// The one that the host's tables have already, else Postfix's default, else the first that is there; `texthash`
    /// needs no library and is always there. From 3.11 on Berkeley DB is on its way out and comes last.
    static func type(on host: PostfixHost) -> String {
        let installed = Set(host.lines("postfix.types"))
        let used = host.main.names.filter { $0.hasSuffix("_maps") }
            .flatMap { MapList.texts(host.main.value(of: $0) ?? "") }
            .filter { !$0.contains("/mtactl_") }
            .compactMap { MapList.table($0)?.type }
        var candidates = used + [host.value("default_database_type"), "lmdb", "cdb", "hash"]
        if host.version >= .init(3, 11) {
            let isOld = { (type: String) in ["hash", "btree"].contains(type) }
            candidates = candidates.filter { !isOld($0) } + candidates.filter(isOld)
        }
        return candidates.first { ["hash", "lmdb", "cdb"].contains($0) && installed.contains($0) } ?? "texthash"
    }

    static func index(_ type: String) -> FileChange.Index? {
        suffixes[type].map { FileChange.Index(suffix: $0, build: ["postmap", "\(type):{}"], takesMany: true) }
    }

    /// One row; the value is empty where the row has none.
    struct Row: Sendable, Equatable {
        /// The number of the line that it begins on, counted from 1.
        var line: Int
        var key: String
        var value: String
    }

    /// The rows as postmap reads them.
    ///
    /// It folds keys to lower case; of several with one key the first counts.
    static func rows(_ bytes: [UInt8]) -> [Row] {
        let text = ConfigLines(bytes)
        return text.logical.map { logical in
            let cells = text.cells(of: logical).map(\.byte)
            let key = cells.prefix { !$0.isBlank }
            return Row(
                line: logical.first + 1,
                key: key.text.lowercased(),
                value: cells[key.endIndex...].trimmed.text
            )
        }
    }

    /// The rows of the tables in a list that are files with one key a row and could be read, and the other tables.
    static func rows(of items: [String], on host: PostfixHost) -> (rows: [(table: String, row: Row)], opaque: [String])
    {
        var rows: [(table: String, row: Row)] = []
        var opaque: [String] = []
        for item in items {
            let name = item.hasPrefix("proxy:") ? String(item.dropFirst("proxy:".count)) : item
            guard let (type, path) = MapList.table(name), type == "texthash" || suffixes[type] != nil,
                let file = host.facts.file(path)
            else {
                opaque.append(item)
                continue
            }
            rows += Self.rows(file.bytes).map { (item, $0) }
        }
        return (rows, opaque)
    }
}
