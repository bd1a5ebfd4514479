import MTAPlan

/// A lookup table that is ours: it is rewritten as a whole.
struct OwnTable: Sendable {
    var path: String
    /// `hash`, `lmdb`, `cdb`, `texthash` or `regexp`.
    var type: String
    var content: Content
    var kind: FileChange.Kind

    /// As a list of tables has it: `hash:/etc/postfix/mtactl_recipients`.
    var item: String { "\(type):\(path)" }

    /// Every table that the routes need.
    static func all(_ wanted: PostfixRoutes, for routes: Routes, on host: PostfixHost) -> [OwnTable] {
        let type = PostfixTable.type(on: host)
        var tables = wanted.logins(for: routes, in: host.folder).map { path, rows in
            OwnTable(path: path, type: type, content: content("logins", of: rows), kind: .secret)
        }
        let plain = [(recipients, type, wanted.recipients), (senders, type, wanted.senders)]
        for (name, type, rows) in plain where !rows.isEmpty {
            let lines = rows.map { "\($0.key) \($0.value)" }
            tables.append(
                OwnTable(path: "\(host.folder)/\(name)", type: type, content: content(name, of: lines), kind: .table)
            )
        }
        if !wanted.returnPath.isEmpty {
            tables.append(
                OwnTable(
                    path: "\(host.folder)/\(returnPath)",
                    type: "regexp",
                    content: content(returnPath, of: wanted.returnPath),
                    kind: .table
                )
            )
        }
        return tables
    }

    static let recipients = "mtactl_recipients"
    static let senders = "mtactl_senders"
    static let returnPath = "mtactl_return_path"

    /// The first line of each table, which says what it is.
    static func header(_ name: String) -> String {
        let what =
            switch name {
            case recipients: "routes by recipient, see transport(5)"
            case senders: "routes by sender, see sender_dependent_default_transport_maps in postconf(5)"
            case returnPath: "envelope senders that are replaced, see regexp_table(5)"
            default: "logins, see smtp_sasl_password_maps in postconf(5)"
            }
        return "# Written by mtactl and overwritten by it: \(what)"
    }

    private static func content(_ name: String, of lines: [String]) -> Content {
        Content(([header(name)] + lines).map { $0 + "\n" }.joined())
    }

    private static func content(_ name: String, of rows: [PostfixRoutes.LoginRow]) -> Content {
        var pieces: [Content.Piece] = [.bytes(Array((header(name) + "\n").utf8))]
        for row in rows {
            pieces.append(.bytes(Array("\(row.key) \(row.login.username):".utf8)))
            pieces.append(.secret(row.login.password, .plain))
            pieces.append(.bytes([0x0A]))
        }
        return Content(pieces)
    }
}

extension OwnTable {
    /// The change that puts the table in place, or `nil` where it is there already, with its index.
    func change(on host: PostfixHost, secrets: Secrets) throws(Failure) -> FileChange? {
        let mode = FileMode(rawValue: kind == .secret ? 0o600 : 0o644)
        let group = host.mainFile.group == "wheel" ? "wheel" : "root"
        let wanted = FileChange.Wanted.file(content, mode: mode, owner: "root", group: group)
        let index = PostfixTable.index(type)
        let file = host.facts.file(path)
        if let file, file.bytes == (try content.rendered(with: secrets)), file.mode == mode, file.owner == "root",
            index.map({ host.facts.indexes[path + $0.suffix]?.mode == mode }) ?? true
        {
            return nil
        }
        if let index { try host.facts.checkIndex(of: path, suffix: index.suffix) }
        return try FileChange(
            path: file?.realPath ?? path,
            found: file.map(FileChange.Found.file) ?? .absent,
            wanted: wanted,
            kind: kind,
            index: index,
            secrets: secrets
        )
    }

    /// The changes that remove tables of ours, and their indexes, that are not among these.
    static func removals(but tables: [OwnTable], on host: PostfixHost, secrets: Secrets) throws(Failure) -> [FileChange]
    {
        var kept: Set<String> = []
        for table in tables {
            kept.insert(table.path)
            if let suffix = PostfixTable.suffixes[table.type] { kept.insert(table.path + suffix) }
        }
        var changes: [FileChange] = []
        for (path, found) in host.ownFiles.sorted(by: { $0.key < $1.key }) where !kept.contains(path) {
            let change = try FileChange(
                path: found.file?.realPath ?? path,
                found: found,
                wanted: .absent,
                kind: path.contains("_login") ? .secret : .table,
                secrets: secrets
            )
            changes.append(change)
        }
        return changes
    }
}
