import MTAPlan

/// The list of senders on the host that others maintain, and the logins next to it, as Postfix is to read them.
///
/// Both are tables in Postfix's own form: a sender or `@domain`, white space, and a value.
struct SendersList: Sendable {
    /// As a list of tables has it: `hash:/etc/relay_senders`.
    let table: String
    let loginTable: String?
    /// The table types that notice a change only after a reload: DATABASE_README, texthash.
    let unindexed: [String]

    /// - Throws: Where a file cannot be read, or has a row that Postfix would skip.
    init(_ file: SendersFile, on host: PostfixHost) throws(Failure) {
        for type in ["pipemap", "static"] where !host.lines("postfix.types").contains(type) { throw .noType(type) }
        let rows = try Self.rows(file.path, on: host)
        table = Self.table(file.path, on: host)
        loginTable = file.logins.map { Self.table($0, on: host) }
        unindexed = [file.path, file.logins].compactMap { $0 }.filter {
            Self.table($0, on: host).hasPrefix("texthash:")
        }
        guard let logins = file.logins else { return }
        let loginRows = try Self.rows(logins, on: host)
        for row in loginRows where !row.value.contains(":") { throw .noPassword(logins, row) }
        let keys = Set(loginRows.map(\.key))
        for row in rows where file.smarthost.login == nil && !Self.covers(keys, row.key) {
            throw .noLogin(file.path, row, logins)
        }
    }

    private static func covers(_ keys: Set<String>, _ sender: String) -> Bool {
        keys.contains(sender) || keys.contains("@" + (sender.split(separator: "@").last ?? ""))
    }

    private static func rows(_ path: String, on host: PostfixHost) throws(Failure) -> [PostfixTable.Row] {
        let unfit = path.utf8.contains { $0.isBlank || "{},$:".utf8.contains($0) }
        guard path.hasPrefix("/"), !unfit else { throw .unfitPath(path) }
        switch host.facts.files[path] {
        case .file(let file)?:
            let rows = PostfixTable.rows(file.bytes)
            for row in rows where row.value.isEmpty { throw .noValue(path, row) }
            for row in rows where !row.key.contains("@") { throw .noSender(path, row) }
            return rows
        case .unreadable(let why)?: throw .unreadable(path, why)
        case .absent?, nil: throw .missing(path)
        }
    }

    /// The table as Postfix is to open it: by the index that is next to the file, or else the file itself.
    private static func table(_ path: String, on host: PostfixHost) -> String {
        let installed = host.lines("postfix.types")
        let type = ["hash", "lmdb", "cdb"].first { type in
            guard let suffix = PostfixTable.suffixes[type], installed.contains(type) else { return false }
            if case .unreadable? = host.facts.files[path + suffix] { return true }
            return host.facts.indexes[path + suffix] != nil
        }
        return "\(type ?? "texthash"):\(path)"
    }
}

extension Failure {
    fileprivate static func noType(_ type: String) -> Failure {
        Failure(
            "this Postfix has no `\(type)` tables",
            hint: "`senders-file` needs Postfix 3.0 or later with `\(type)`"
        )
    }
    fileprivate static func unfitPath(_ path: String) -> Failure {
        Failure(
            "`\(path.escaped)` cannot be used in a list of Postfix tables",
            hint: "use a full path without spaces, commas, colons, braces and `$`"
        )
    }
    fileprivate static func missing(_ path: String) -> Failure {
        Failure(
            "\(path) does not exist",
            hint: "create it with a line such as `@example.com ok`, or remove `senders-file`"
        )
    }
    fileprivate static func noValue(_ path: String, _ row: PostfixTable.Row) -> Failure {
        Failure(
            "`\(row.key.escaped)` has no value, so Postfix ignores it",
            hint: "write something after it, as in `@example.com ok`",
            at: "\(path):\(row.line)"
        )
    }
    fileprivate static func noSender(_ path: String, _ row: PostfixTable.Row) -> Failure {
        Failure(
            "`\(row.key.escaped)` matches no sender",
            hint: "write `@example.com` or a full address",
            at: "\(path):\(row.line)"
        )
    }
    fileprivate static func noPassword(_ path: String, _ row: PostfixTable.Row) -> Failure {
        Failure(
            "the login of `\(row.key.escaped)` has no `:` between user name and password",
            hint: "write `\(row.key.escaped) USER:PASSWORD`",
            at: "\(path):\(row.line)"
        )
    }
    fileprivate static func noLogin(_ path: String, _ row: PostfixTable.Row, _ logins: String) -> Failure {
        Failure(
            "`\(row.key.escaped)` has no login in \(logins), so its mail would be offered without one and bounce",
            hint: "add a row there, or give the smarthost a login of its own",
            at: "\(path):\(row.line)"
        )
    }
}
