import MTAPlan

/// dma's auth.conf: `user|host:password`, one per line; of several for a host the last counts.
///
/// The password is all that follows the first `:` after the host, up to the end of the line.
///
/// Source: parse_authfile in conf.c of 0.13, which puts each row before the earlier ones; deliver_to_host in net.c.
struct DMALogins {
    private let lines: ConfigLines

    init(_ bytes: [UInt8]) { lines = ConfigLines(bytes) }

    func user(at host: String) -> String? {
        let rows = lines.effectiveLines.compactMap { line -> (user: String, host: String)? in
            guard let bar = line.firstIndex(of: UInt8(ascii: "|")) else { return nil }
            let rest = line[(bar + 1)...]
            return (line[..<bar].text, rest.prefix { $0 != UInt8(ascii: ":") }.text)
        }
        return rows.last { $0.host == host }?.user
    }

    static func path(in facts: Facts) -> String {
        let folder = DMASettings.folder(in: facts)
        // Where dma.conf cannot be read, planning says why.
        let own = (try? ConfigLines(facts.file(DMASettings.path(in: facts))?.bytes ?? []).ownLines()) ?? []
        let named = own.compactMap { DMASettings.row($0.line) }.last { $0.name == "AUTHPATH" }?.value
        return named ?? "\(folder)/auth.conf"
    }

    static func change(_ smarthost: Smarthost?, _ facts: Facts, _ secrets: Secrets) throws(Failure) -> FileChange? {
        let path = path(in: facts)
        let found = try SettingsChange.file(path, in: facts)
        var logins = ConfigLines(found?.bytes ?? [])
        var ours = SecretLines()
        if let smarthost, let login = smarthost.login, let host = smarthost.hosts.first {
            ours.append("\(login.username)|\(host):", login.password, as: .plain)
        }
        do {
            if !ours.lines.isEmpty { try check(logins) }
            try logins.setBlock(ours.lines)
        } catch { throw error.at(path) }
        if found == nil, ours.lines.isEmpty { return nil }
        return try SettingsChange(
            path: path,
            found: found,
            content: ours.content(logins.bytes),
            mode: FileMode(rawValue: 0o640),
            owner: "root",
            group: "mail",
            secrets: secrets
        ).change()
    }

    /// - Throws: At the line at which dma stops.
    private static func check(_ lines: ConfigLines) throws(Failure) {
        for (number, line) in try lines.ownLines() where !line.isEmpty && line.first != UInt8(ascii: "#") {
            let host = line.split(separator: UInt8(ascii: "|"), maxSplits: 1, omittingEmptySubsequences: false)
            guard host.count == 2, host[1].contains(UInt8(ascii: ":")) else { throw .noLogin(line: number) }
        }
    }
}

extension Failure {
    fileprivate static func noLogin(line: Int) -> Failure {
        Failure(
            "line \(line) is not a login of the form `user|host:password`, and dma refuses every message because of it",
            hint: "correct the line, or remove it"
        )
    }
}
