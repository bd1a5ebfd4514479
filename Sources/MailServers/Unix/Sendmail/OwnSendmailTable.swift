import MTAPlan

/// A table that is ours: it is rewritten as a whole, and makemap(8) makes its index.
struct OwnSendmailTable: Sendable {
    var path: String
    var content: Content
    var kind: FileChange.Kind

    static let routes = "\(SendmailHost.folder)/mtactl-routes"
    static let logins = "\(SendmailHost.folder)/mtactl-logins"

    /// The tables that the routes need.
    static func all(_ wanted: SendmailRoutes) -> [OwnSendmailTable] {
        var tables: [OwnSendmailTable] = []
        if !wanted.logins.isEmpty {
            tables.append(OwnSendmailTable(path: logins, content: content(of: wanted.logins), kind: .secret))
        }
        let rows = wanted.rows + wanted.tls
        if !rows.isEmpty {
            let lines = [header("routes")] + rows.map { "\($0.key)\t\($0.value)\n" }
            tables.append(OwnSendmailTable(path: routes, content: Content(lines.joined()), kind: .table))
        }
        return tables
    }

    static func header(_ what: String) -> String {
        "# Written by mtactl and overwritten by it: \(what), see the end of sendmail.mc\n"
    }

    /// Source: cf/README, "SMTP AUTHENTICATION", authinfo: after `=` a value is in base64.
    private static func content(of rows: [SendmailRoutes.LoginRow]) -> Content {
        var pieces: [Content.Piece] = [.bytes(Array(header("logins").utf8))]
        for row in rows {
            pieces.append(.bytes(Array("\(row.key)\t\"\(user(row.login.username))\" \"P=".utf8)))
            pieces.append(.secret(row.login.password, .base64))
            pieces.append(.bytes(Array("\" \"M:\(row.mechanisms)\"\n".utf8)))
        }
        return Content(pieces)
    }

    private static func user(_ name: String) -> String {
        let isPlain = name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "@._+-".contains($0)) }
        return isPlain ? "U:\(name)" : "U=\(Content.Encoding.base64.text(name))"
    }

    /// The change that puts the table in place, or `nil` where it is there already, with its index.
    func change(on host: SendmailHost, type: SendmailHost.TableType, secrets: Secrets) throws(Failure) -> FileChange? {
        let mode = FileMode(rawValue: kind == .secret ? 0o600 : 0o644)
        let file = host.facts.file(path)
        if let file, file.bytes == (try content.rendered(with: secrets)), file.mode == mode, file.owner == "root",
            host.facts.indexes[path + type.suffix]?.mode == mode
        {
            return nil
        }
        try host.facts.checkIndex(of: path, suffix: type.suffix)
        return try FileChange(
            path: file?.realPath ?? path,
            found: file.map(FileChange.Found.file) ?? .absent,
            wanted: .file(content, mode: mode, owner: "root", group: host.layout == .freebsd ? "wheel" : "root"),
            kind: kind,
            index: FileChange.Index(suffix: type.suffix, build: type.build),
            secrets: secrets
        )
    }

    /// The changes that remove tables of ours, and their indexes, that are not among these.
    static func removals(
        but tables: [OwnSendmailTable],
        on host: SendmailHost,
        type: SendmailHost.TableType,
        secrets: Secrets
    ) throws(Failure) -> [FileChange] {
        let kept = Set(tables.flatMap { [$0.path, $0.path + type.suffix] })
        var changes: [FileChange] = []
        for (path, found) in host.ownFiles.sorted(by: { $0.key < $1.key }) where !kept.contains(path) {
            let change = try FileChange(
                path: found.file?.realPath ?? path,
                found: found,
                wanted: .absent,
                kind: path.hasPrefix(logins) ? .secret : .table,
                secrets: secrets
            )
            changes.append(change)
        }
        return changes
    }
}
