import MTAPlan

/// dma.conf: `NAME VALUE` or `NAME`, one per line; of several the last counts.
///
/// A word that dma does not know, or one with a value too many or too few, stops every message: `syntax error in …`,
/// exit 78. `#` begins a comment wherever it is.
///
/// Source: parse_conf in conf.c of 0.13.
struct DMASettings {
    private let rows: [(name: String, value: String?)]

    init(_ bytes: [UInt8]) { rows = ConfigLines(bytes).effectiveLines.compactMap(Self.row) }

    func value(of name: String) -> String? { rows.last { $0.name == name }?.value }

    func has(_ name: String) -> Bool { rows.contains { $0.name == name } }

    var tls: String? {
        guard has("SECURETRANSFER") else { return nil }
        let start = has("STARTTLS") ? "STARTTLS" : "TLS"
        if has("OPPORTUNISTIC_TLS") { return "\(start), opportunistic" }
        return has("FINGERPRINT") ? "\(start), fingerprint" : start
    }

    static func path(in facts: Facts) -> String { "\(folder(in: facts))/dma.conf" }

    static func folder(in facts: Facts) -> String { facts.text("dma.folder") ?? "/etc/dma" }

    static func row(_ line: ArraySlice<UInt8>) -> (name: String, value: String?)? {
        let text = line.prefix { $0 != UInt8(ascii: "#") }
        let name = text.prefix { $0 != 0x20 && $0 != 0x09 }
        let value = text[name.endIndex...].dropFirst()
        return name.isEmpty ? nil : (name.text, value.isEmpty ? nil : value.text)
    }

    /// What decides the way to the smarthost; all else stays the host's.
    private static let decisive: Set = [
        "SMARTHOST", "PORT", "AUTHPATH", "SECURETRANSFER", "STARTTLS", "OPPORTUNISTIC_TLS", "INSECURE", "FINGERPRINT",
    ]

    static func change(_ smarthost: Smarthost?, _ facts: Facts, _ secrets: Secrets) throws(Failure) -> FileChange? {
        let path = path(in: facts)
        let found = try SettingsChange.file(path, in: facts)
        var lines = ConfigLines(found?.bytes ?? [])
        do {
            if let smarthost {
                try check(lines)
                try lines.setBlock(
                    settings(smarthost, logins: DMALogins.path(in: facts)).map { Array($0.utf8) },
                    replacing: { row($1).map { decisive.contains($0.name) } ?? false }
                )
            } else {
                try lines.setBlock([]) { _, _ in false }
            }
        } catch { throw error.at(path) }
        return try SettingsChange(
            path: path,
            found: found,
            content: Content(lines.bytes),
            mode: FileMode(rawValue: 0o640),
            owner: "root",
            group: "mail",
            kind: .configuration,
            secrets: secrets
        ).change()
    }

    private static func settings(_ smarthost: Smarthost, logins path: String) -> [String] {
        var lines = smarthost.hosts.map { "SMARTHOST \($0)" } + ["PORT \(smarthost.port)"]
        if smarthost.login != nil { lines.append("AUTHPATH \(path)") }
        switch smarthost.tls {
        case .none: if smarthost.login != nil { lines.append("INSECURE") }
        case .opportunistic: lines += ["SECURETRANSFER", "STARTTLS", "OPPORTUNISTIC_TLS"]
        case .required, .verified: lines += smarthost.port == 465 ? ["SECURETRANSFER"] : ["SECURETRANSFER", "STARTTLS"]
        }
        return lines
    }

    private static let flags: Set = [
        "STARTTLS", "OPPORTUNISTIC_TLS", "SECURETRANSFER", "DEFER", "INSECURE", "FULLBOUNCE", "NULLCLIENT",
        "VERIFYCERT",
    ]
    private static let values: Set = [
        "SMARTHOST", "PORT", "ALIASES", "SPOOLDIR", "AUTHPATH", "CERTFILE", "MAILNAME", "MASQUERADE", "FINGERPRINT",
    ]

    /// - Throws: At the line at which dma stops.
    private static func check(_ lines: ConfigLines) throws(Failure) {
        for (number, line) in try lines.ownLines() {
            guard let row = row(line) else { continue }
            switch (flags.contains(row.name), values.contains(row.name), row.value) {
            case (true, _, nil), (_, true, _?): break
            case (true, _, _?): throw .syntax(line: number, "`\(row.name)` takes no value")
            case (_, true, nil): throw .syntax(line: number, "`\(row.name)` has no value")
            // It may be a login that was put into the wrong file, so it is not shown.
            default: throw .syntax(line: number, "dma has no such setting")
            }
        }
    }

    static func notes(_ smarthost: Smarthost?, _ facts: Facts) throws(Failure) -> [String] {
        guard let smarthost, let found = facts.file(path(in: facts)) else { return [] }
        let own = try ConfigLines(found.bytes).ownLines().compactMap { row($0.line) }
        var notes: [String] = []
        if let old = own.last(where: { $0.name == "SMARTHOST" })?.value, old != smarthost.hosts.first {
            notes.append("SMARTHOST was `\(old.shownAsHost)` and is commented out")
        }
        if own.contains(where: { $0.name == "FINGERPRINT" }) {
            notes.append("the FINGERPRINT of another certificate is commented out")
        }
        if own.contains(where: { $0.name == "NULLCLIENT" }) {
            notes.append("the host's NULLCLIENT stays, so mail for its own users takes the smarthost too")
        }
        return notes
    }
}

extension Failure {
    fileprivate static func syntax(line: Int, _ what: String) -> Failure {
        Failure(
            "line \(line): \(what), and dma refuses every message because of it",
            hint: "correct the line, or remove it; `sendmail -bp` shows what dma says"
        )
    }
}
