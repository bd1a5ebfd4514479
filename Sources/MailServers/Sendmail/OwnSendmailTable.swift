import MTAPlan

/// A table that is ours: it is written anew as a whole, and makemap(8) makes its index.
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
            pieces.append(.bytes(Array("\(row.key)\t\"U=\(Content.Encoding.base64.text(row.login.username))\" \"P=".utf8)))
            pieces.append(.secret(row.login.password, .base64))
            pieces.append(.bytes(Array("\" \"M:\(row.mechanisms)\"\n".utf8)))
        }
        return Content(pieces)
    }

    /// The change that puts the table in place, or `nil` where it is there already, with its index.
    func change(on host: SendmailHost, type: SendmailHost.TableType, secrets: Secrets) throws(Failure) -> FileChange? {
        let mode = FileMode(rawValue: kind == .secret ? 0o600 : 0o644)
        let file = host.facts.file(path)
        if let file, file.bytes == (try content.rendered(with: secrets)), file.mode == mode, file.owner == "root",
            host.facts.file(path + type.suffix)?.mode == mode
        {
            return nil
        }
        return try FileChange(
            path: file?.realPath ?? path,
            found: file.map(FileChange.Found.file) ?? .absent,
            wanted: .file(content, mode: mode, owner: "root", group: host.layout == .freebsd ? "wheel" : "root"),
            kind: kind,
            index: FileChange.Index(suffix: type.suffix, build: type.build),
            secrets: secrets,
            mask: Self.mask(path)
        )
    }

    /// The changes that take away tables of ours, and their indexes, that are not among these.
    static func removals(
        but tables: [OwnSendmailTable],
        on host: SendmailHost,
        type: SendmailHost.TableType,
        secrets: Secrets
    ) throws(Failure) -> [FileChange] {
        let kept = Set(tables.flatMap { [$0.path, $0.path + type.suffix] })
        var changes: [FileChange] = []
        for (path, file) in host.ownFiles.sorted(by: { $0.key < $1.key }) where !kept.contains(path) {
            var change = try FileChange(
                path: file.realPath,
                found: .file(file),
                wanted: .absent,
                kind: path.hasPrefix(logins) ? .secret : .table,
                secrets: secrets,
                mask: mask(path)
            )
            // An index holds what its table holds, in bytes that are no text.
            if path != logins, path != routes { change.shown.before = Array("[index]\n".utf8) }
            changes.append(change)
        }
        return changes
    }

    /// Of a table of logins, nothing after the key.
    private static func mask(_ path: String) -> (ArraySlice<UInt8>) -> [UInt8] {
        guard path.hasPrefix(logins) else { return { Array($0) } }
        return { line in
            if line.isEmpty || line.first == UInt8(ascii: "#") { return Array(line) }
            return Array(line.prefix { !$0.isBlank }) + Array("\t[secret]".utf8)
        }
    }
}
