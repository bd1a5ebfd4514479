import MTAPlan

/// The source of a table that makemap(8) reads: a key, white space, a value.
///
/// Keys are folded to lower case.
enum SendmailTable {
    struct Row: Sendable, Equatable {
        /// The number of its line, counted from 1.
        var line: Int
        var key: String
        var value: String
    }

    static func rows(_ bytes: [UInt8]) -> [Row] {
        bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated().compactMap { index, line in
            let key = line.prefix { !$0.isBlank }
            guard let first = key.first, first != UInt8(ascii: "#") else { return nil }
            return Row(line: index + 1, key: key.text.lowercased(), value: line[key.endIndex...].trimmed.text)
        }
    }
}

extension SendmailHost {
    /// A kind of index, as makemap(8) knows it.
    struct TableType: Sendable {
        var name: String
        var suffix: String

        /// makemap reads the table on its standard input, and adds the suffix itself.
        var build: Command {
            Command(to: "makemap \(name) {}", program: PackageResources.sendmail_makemap_sh, [name, "{}"])
        }
    }

    /// The kind for our own tables: Berkeley DB, which is nearly everywhere, else CDB.
    var tableType: TableType? {
        if has("NEWDB") { return TableType(name: "hash", suffix: ".db") }
        return has("CDB") ? TableType(name: "cdb", suffix: ".cdb") : nil
    }
}
