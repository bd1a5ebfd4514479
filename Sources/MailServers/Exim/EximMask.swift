import MTAPlan

/// What may be shown of files that hold logins.
enum EximMask {
    private static let hidden = Array("[secret]".utf8)

    /// For a lookup file of ours: of the logins, nothing after the user name.
    static func logins(_ name: EximLookupFile.Name) -> (ArraySlice<UInt8>) -> [UInt8] {
        guard name == .logins else { return { Array($0) } }
        return { line in
            if line.isEmpty || line.first == UInt8(ascii: "#") { return Array(line) }
            guard let pass = line.firstRange(of: Array(" pass=".utf8)) else { return hidden }
            return Array(line[..<pass.upperBound]) + hidden
        }
    }

    /// For the host's own configuration: nothing of a login that is written into an authenticator, or of a password
    /// for a database.
    ///
    /// Source: Exim specification, chapters 33 to 36: `client_send`, `client_secret`, `server_secret`; chapter 9,
    /// `mysql_servers`, `pgsql_servers`, `ldap_default_servers` and `pass=`.
    static func configuration(_ line: ArraySlice<UInt8>) -> [UInt8] {
        let text = line.text
        let lower = text.lowercased()
        let isOurs = text.contains("${lookup") || text.contains("$transport_name")
        let names = ["client_send", "client_secret", "server_secret", "_servers", "password", "passwd", "pass="]
        guard !isOurs, names.contains(where: lower.contains), let equals = line.firstIndex(of: UInt8(ascii: "=")) else {
            return Array(line)
        }
        return Array(line[...equals]) + [0x20] + hidden
    }
}
