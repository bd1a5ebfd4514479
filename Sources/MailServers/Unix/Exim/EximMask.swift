import MTAPlan

/// What may be shown of files that hold logins.
enum EximMask {
    private static let hidden = Array("[secret]".utf8)

    /// For a lookup file of ours: of the logins, nothing after the user name.
    static func logins(_ name: EximLookupFile.Name) -> (ArraySlice<UInt8>) -> [UInt8] {
        guard name == .logins else { return { Array($0) } }
        let header = Array(name.header.utf8)
        return { line in
            if line.isEmpty || line.elementsEqual(header) { return Array(line) }
            guard let pass = line.firstRange(of: Array(" pass=".utf8)) else { return hidden }
            return Array(line[..<pass.upperBound]) + hidden
        }
    }

    /// For the host's own configuration: nothing of a login that is written into an authenticator, of a password for a
    /// database, or of a macro that is called so.
    ///
    /// Source: Exim specification, chapters 33 to 36: `client_send`, `client_secret`, `server_secret`; chapter 9,
    /// `mysql_servers`, `pgsql_servers`, `ldap_default_servers` and `pass=`.
    static func configuration(_ texts: [EximText]) -> (ArraySlice<UInt8>) -> [UInt8] {
        var shown: [[UInt8]: [UInt8]] = [:]
        for text in texts {
            for statement in text.statements where isSecret(statement.kind) {
                for line in statement.lines {
                    let bytes = text.lines[line].last == 0x0A ? text.lines[line].dropLast() : text.lines[line][...]
                    let name =
                        line == statement.first
                        ? bytes.prefix(through: bytes.firstIndex(of: UInt8(ascii: "=")) ?? 0) : []
                    shown[Array(bytes)] = name + [0x20] + hidden
                }
            }
        }
        return { shown[Array($0)] ?? Array($0) }
    }

    /// A line of the host's own configuration in words.
    static func shown(_ line: String) -> String {
        configuration([EximText(Array(line.utf8))])(Array(line.utf8)[...]).text.escaped
    }

    /// The value of an option of a router or transport: neither a key that stands in it nor the secret of SRS.
    ///
    /// Source: Exim specification, chapter 58, "SRS", and chapter 57, `dkim_private_key`.
    static func option(_ name: String, _ value: String) -> String {
        if value.contains("PRIVATE KEY") { return hidden.text }
        let line = shown("\(name) = \(value)")
        var text = line.hasPrefix("\(name) = ") ? String(line.dropFirst(name.count + 3)) : line
        if let start = text.firstRange(of: "srs_encode"), let open = text[start.upperBound...].firstIndex(of: "{"),
            let close = text[open...].firstIndex(of: "}")
        {
            text.replaceSubrange(open...close, with: "{\(hidden.text)}")
        }
        return text
    }

    private static func isSecret(_ kind: EximText.Kind) -> Bool {
        switch kind {
        case .option(let name, let value?), .macro(let name, let value):
            // Theirs stands beside ours in what is shared.
            if value.contains("{\\N^mtactl_\\N}") { return true }
            // What only looks a login up holds none.
            let lookups = ["lsearch {", "mtactl_", "passwd.client", "PASSWDLINE"]
            if lookups.contains(where: value.contains) { return false }
            let name = name.lowercased()
            let names = ["client_send", "client_secret", "server_secret", "_servers", "pass", "secret", "_pw"]
            return names.contains { name.contains($0) } || value.lowercased().contains("pass=")
        default: return false
        }
    }
}
