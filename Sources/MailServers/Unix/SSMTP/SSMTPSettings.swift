import MTAPlan

/// ssmtp.conf: `name=value`, one per line; of several the last counts.
///
/// Upper and lower case are the same in names.
/// `#` begins a comment wherever it is, and `=` or white space ends a value.
///
/// Source: ssmtp.conf(5); tried with 2.64 of Debian 12 and 13.
struct SSMTPSettings {
    private let rows: [(name: String, value: String)]

    init(_ bytes: [UInt8]) { rows = ConfigLines(bytes).effectiveLines.compactMap(Self.row) }

    func value(of name: String) -> String? {
        rows.last { $0.name == name }.flatMap { $0.value.isEmpty ? nil : $0.value }
    }

    var route: String {
        if let hub = value(of: "mailhub") { return hub }
        return rows.contains { $0.name == "mailhub" } ? "nowhere: an empty mailhub" : "mailhub"
    }

    var tls: String? {
        let isOn = { (name: String) in value(of: name)?.lowercased() == "yes" }
        guard isOn("usetls") || isOn("usestarttls") else { return nil }
        return (isOn("usestarttls") ? "STARTTLS" : "TLS") + ", certificate not verified"
    }

    static func path(in facts: Facts) -> String { "\(facts.text("ssmtp.folder") ?? "/etc/ssmtp")/ssmtp.conf" }

    static func row(_ line: ArraySlice<UInt8>) -> (name: String, value: String)? {
        let text = line.prefix { $0 != UInt8(ascii: "#") }
        let isEnd = { (byte: UInt8) in byte == UInt8(ascii: "=") || byte.isBlank }
        let name = text.prefix { !isEnd($0) }
        guard text.contains(UInt8(ascii: "=")), !name.isEmpty else { return nil }
        // One `=` or blank is between them: after `mailhub = ` the value is empty, as it is with a blank at its beginning.
        let value = text[name.endIndex...].dropFirst().prefix { !isEnd($0) }
        return (name.text.lowercased(), value.text)
    }

    /// Whether a line of the host's has to go where ours are to hold.
    static func decides(_ line: ArraySlice<UInt8>) -> Bool {
        let names: Set = ["mailhub", "usetls", "usestarttls", "authuser", "authpass", "authmethod"]
        return row(line).map { names.contains($0.name) } ?? false
    }

    /// An option that is off says so, as the host's own line for it is out.
    static func lines(for smarthost: Smarthost) -> SecretLines {
        var lines = SecretLines()
        for host in smarthost.hosts { lines.append("mailhub=\(host):\(smarthost.port)") }
        let isOn = smarthost.tls != .none
        lines.append("UseTLS=\(isOn ? "YES" : "NO")")
        lines.append("UseSTARTTLS=\(isOn && smarthost.port != 465 ? "YES" : "NO")")
        if let login = smarthost.login {
            lines.append("AuthUser=\(login.username)")
            lines.append("AuthPass=", login.password, as: .plain)
        }
        return lines
    }
}
