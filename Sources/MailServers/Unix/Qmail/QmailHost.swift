import MTAPlan

/// What is known of one host's qmail.
struct QmailHost: Sendable {
    let facts: Facts
    /// With links followed: `/var/qmail`.
    let home: String
    let build: QmailBuild
    /// As read; empty where there is no file.
    let routes: ControlFile
    let senders: ControlFile
    /// Domains whose mail does not leave, each with the file that says so.
    private let localDomains: [String: String]

    /// Its own users: INSTALL.ids of netqmail.
    static let users: Set = ["alias", "qmaild", "qmaill", "qmailp", "qmailq", "qmailr", "qmails"]

    /// - Throws: Where its folder is not known, a control file cannot be read, or our marks in it are broken.
    init(_ facts: Facts) throws(Failure) {
        guard let home = facts.text("qmail.home") else {
            throw Failure("there is no qmail", hint: "write `mta: auto`, or the name of the installed server")
        }
        guard home.hasPrefix("/"), home.utf8.allSatisfy({ $0 >= 0x20 }) else {
            throw Failure(
                "the host does not report where its qmail is",
                hint: "is `qmail-showctl` in the folder `bin` of a complete qmail, such as /var/qmail?"
            )
        }
        self.facts = facts
        self.home = home
        build = QmailBuild(words: facts.text("qmail.words") ?? "")
        routes = try Self.controlFile("\(home)/control/smtproutes", in: facts)
        senders = try Self.controlFile("\(home)/control/authsenders", in: facts)
        localDomains = Self.localDomains { Self.list("\(home)/control/\($0)", in: facts) }
    }

    private static func controlFile(_ path: String, in facts: Facts) throws(Failure) -> ControlFile {
        if case .unreadable(let why) = facts.files[path] {
            throw Failure(
                "cannot be read: \(why)",
                hint: "qmail-remote reads it for each message: correct it",
                at: path
            )
        }
        do { return try ControlFile(facts.file(path)?.bytes ?? []) } catch { throw error.at(path) }
    }

    func path(_ name: String) -> String { "\(home)/control/\(name)" }

    /// The lines of a control file that is a list, in lower case, as qmail reads them.
    func list(_ name: String) -> [String] { Self.list(path(name), in: facts) ?? [] }

    /// The same; `nil` where there is no file.
    private static func list(_ path: String, in facts: Facts) -> [String]? {
        guard let file = facts.file(path) else { return nil }
        let lines = file.bytes.split(separator: 0x0A)
        return lines.compactMap { line in
            let text = line[..<((line.lastIndex { $0 != 0x20 && $0 != 0x09 } ?? line.startIndex - 1) + 1)].text
            return text.isEmpty || text.hasPrefix("#") ? nil : text.lowercased()
        }
    }

    /// Domains whose mail does not leave: in `locals` (where there is none, `me`), and in `virtualdomains`.
    ///
    /// Source: qmail-send(8).
    private static func localDomains(_ list: (String) -> [String]?) -> [String: String] {
        let locals = list("locals")
        let virtual = (list("virtualdomains") ?? []).compactMap { line -> String? in
            guard let colon = line.firstIndex(of: ":"), line.index(after: colon) < line.endIndex else { return nil }
            let key = String(line[..<colon])
            return key.contains("@") ? nil : key
        }
        let own = locals.map { $0.map { ($0, "locals") } } ?? (list("me") ?? []).prefix(1).map { ($0, "me") }
        return Dictionary(own + virtual.map { ($0, "virtualdomains") }, uniquingKeysWith: { first, _ in first })
    }

    /// Whether mail for the domain is delivered on the host itself, and which file says so.
    func own(_ domain: String) -> (domain: String, file: String)? {
        var key = domain[...]
        while true {
            if let file = localDomains[String(key)] { return (String(key), file) }
            guard let dot = key.dropFirst().firstIndex(of: "."), !key.isEmpty else { break }
            key = key[dot...]
        }
        return localDomains[""].map { ("", $0) }
    }

    /// Keys of `rcpthosts` that are not the host's own: it takes their mail in to pass it on, as a backup MX does.
    ///
    /// What is no domain, as it has a colon, a blank or a control character, is nobody's, and would spoil smtproutes.
    var passedOn: [String] {
        var seen: Set<String> = []
        return (list("rcpthosts") + list("morercpthosts")).filter { key in
            let domain = key.hasPrefix(".") ? String(key.dropFirst()) : key
            guard !key.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7F || $0 == UInt8(ascii: ":") }) else {
                return false
            }
            return !key.isEmpty && domain != "localhost" && own(domain) == nil && seen.insert(key).inserted
        }
    }

    /// Hosts that qmail-remote demands a verified certificate of: `tlshosts/HOST.pem`.
    var verifiedHosts: Set<String> {
        let names = (facts.text("qmail.tlshosts") ?? "").split(separator: "\n")
        return Set(names.filter { $0.hasSuffix(".pem") }.map { $0.dropLast(4).lowercased() })
    }

    /// Whom control files with logins belong to: qmail-remote runs as qmailr, group qmail.
    static let group = "qmail"
}
