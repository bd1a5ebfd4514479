import MTAPlan

/// The list of senders on the host that others maintain, and the logins next to it, as Exim is to read them.
///
/// Both are files for `lsearch`: an address or a domain, a colon or white space, and a value; of a login
/// `user=… pass=…`, in double quotes where there are blanks in it.
struct EximSendersList: Sendable {
    /// The forms in which a row of the list can name a whole domain.
    static let domainKeys = ["$sender_address_domain", "@$sender_address_domain", "*@$sender_address_domain"]

    /// A file that anybody can read, and that has passwords in it.
    let exposed: String?

    /// - Throws: Where Exim could not read a file, or has a row that would match nobody or find no login.
    init(_ file: SendersFile, on host: EximHost) throws(Failure) {
        let rows = try Self.rows(file.path, on: host)
        for row in rows where !Self.isSender(row.key) { throw .noSender(file.path, row) }
        guard let path = file.logins else {
            exposed = nil
            return
        }
        let logins = try Self.rows(path, on: host)
        for row in logins where !row.value.contains("user=") || !row.value.contains("pass=") {
            throw .noFields(path, row)
        }
        let keys = Set(logins.map(\.key))
        for row in rows where file.smarthost.login == nil && !Self.covers(keys, row.key) {
            throw .noLogin(file.path, row, path)
        }
        exposed = host.facts.file(path).flatMap { $0.mode.rawValue & 0o004 != 0 ? path : nil }
    }

    fileprivate struct Row {
        var line: Int
        var key: String
        var value: String
    }

    /// A domain, `@domain`, `*@domain` or an address: `.domain` and `*` are for other lookups.
    private static func isSender(_ key: String) -> Bool {
        let domain = key.split(separator: "@", omittingEmptySubsequences: false).last ?? ""
        return !domain.isEmpty && !domain.hasPrefix(".") && !domain.contains("*")
    }

    private static func covers(_ keys: Set<String>, _ sender: String) -> Bool {
        let domain = sender.split(separator: "@").last.map(String.init) ?? ""
        return [sender, domain, "@\(domain)", "*@\(domain)"].contains(where: keys.contains)
    }

    /// Source: Exim specification, chapter 9, "lsearch".
    private static func rows(_ path: String, on host: EximHost) throws(Failure) -> [Row] {
        let file: FoundFile
        switch host.facts.files[path] {
        case .file(let found)?: file = found
        case .unreadable(let why)?: throw .unreadable(path, why)
        case .absent?, nil: throw .missingList(path)
        }
        let isOpen = file.mode.rawValue & 0o004 != 0 || file.mode.rawValue & 0o040 != 0 && file.group == host.group
        guard isOpen else { throw .closedList(path, host.group) }
        var rows: [Row] = []
        for (index, line) in file.bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
            guard let first = line.first, !first.isBlank, first != UInt8(ascii: "#") else { continue }
            let text = line.trimmed.text
            let key = text.prefix { $0 != ":" && !$0.isWhitespace }
            rows.append(
                Row(
                    line: index + 1,
                    key: key.lowercased(),
                    value: String(text[key.endIndex...].drop { ": \t".contains($0) })
                )
            )
        }
        return rows
    }
}

extension Failure {
    fileprivate static func missingList(_ path: String) -> Failure {
        Failure(
            "\(path) does not exist, and without it no mail would leave",
            hint: "create it with a line such as `example.com`, or remove `senders-file`"
        )
    }
    fileprivate static func closedList(_ path: String, _ group: String) -> Failure {
        Failure(
            "\(path) cannot be read by Exim, which runs with the group \(group)",
            hint: "chgrp \(group) \(path); chmod 640 \(path)"
        )
    }
    fileprivate static func noSender(_ path: String, _ row: EximSendersList.Row) -> Failure {
        Failure(
            "`\(row.key.escaped)` matches no sender",
            hint: "write an address, or a domain as in `example.com`",
            at: "\(path):\(row.line)"
        )
    }
    fileprivate static func noFields(_ path: String, _ row: EximSendersList.Row) -> Failure {
        Failure(
            "the login of `\(row.key.escaped)` has no `user=` or no `pass=`",
            hint: "write `\(row.key.escaped): user=NAME pass=PASSWORD`",
            at: "\(path):\(row.line)"
        )
    }
    fileprivate static func noLogin(_ path: String, _ row: EximSendersList.Row, _ logins: String) -> Failure {
        Failure(
            "`\(row.key.escaped)` has no login in \(logins), so its mail would wait",
            hint: "add a row there, or give the smarthost a login of its own",
            at: "\(path):\(row.line)"
        )
    }
}
