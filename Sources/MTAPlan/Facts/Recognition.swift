/// Which mail servers and panels are on a host, and which of them mail goes through.
///
/// Source: the programs of Debian 12 and 13 (in the tests' recordings); for other systems the vendors' documentation.
package enum Recognition {
    /// Everything that was found, by name.
    package static func servers(in facts: Facts) -> [RecognisedServer] {
        let panels = names(facts.text("mta.panels"))
        let programs = Set(names(facts.text("mta.programs"))).union(panels.filter(suites.contains))
        let owners = owners(in: facts)
        return programs.sorted().map { program in
            let panel = panels.first { !suites.contains($0) }
            // These two panels write Exim's configuration, so they are mail servers of their own to us.
            let name = program == "exim" && (panel == "cpanel" || panel == "directadmin") ? panel : program
            return RecognisedServer(
                name: name ?? program,
                version: version(of: name ?? program, in: facts) ?? version(of: program, in: facts) ?? "",
                isActive: owners.isEmpty ? nil : owners.contains(program),
                panel: panel,
                panelVersion: panel.flatMap { facts.text("mta.version.\($0)")?.word(after: "") }
            )
        }
    }

    /// Names of lines `NAME PATH`.
    private static func names(_ lines: String?) -> [String] {
        (lines ?? "").split(separator: "\n").compactMap { $0.split(separator: " ").first.map(String.init) }
    }

    /// What stands among the panels and is a mail server itself.
    private static let suites: Set = ["kerio", "icewarp"]

    /// The programs that `sendmail` and port 25 belong to.
    private static func owners(in facts: Facts) -> Set<String> {
        var owners: Set<String> = []
        if let owner = ownerOfSendmail(in: facts) { owners.insert(owner) }
        let listeners = ["port25.ss", "port25.sockstat", "port25.netstat"].compactMap { facts.text($0) }
        for (name, program) in listenerNames
        where listeners.contains(where: { $0.namesListener(name) }) { owners.insert(program) }
        return owners
    }

    private static func ownerOfSendmail(in facts: Facts) -> String? {
        guard let path = facts.text("sendmail.path") else { return nil }
        switch facts.text("sendmail.text") {
        case "postdrop": return "postfix"
        case "nullmailer": return "nullmailer"
        default: break
        }
        if path.hasSuffix("/mailwrapper") {
            return facts.text("sendmail.wrapper").flatMap(programOfMailer).flatMap(owner(ofProgram:))
        }
        return owner(ofProgram: path)
    }

    /// The program behind `sendmail` in FreeBSD's mailer.conf(5).
    private static func programOfMailer(_ configuration: String) -> String? {
        for line in configuration.split(separator: "\n") {
            let words = line.split { $0 == " " || $0 == "\t" }
            if words.first == "sendmail", words.count > 1 { return String(words[1]) }
        }
        return nil
    }

    private static func owner(ofProgram path: String) -> String? {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        return switch name {
        case "exim", "exim4", "sendmail.exim": "exim"
        case "smtpctl", "sendmail.opensmtpd": "opensmtpd"
        case "msmtp", "dma", "ssmtp": name
        case "sendmail.postfix": "postfix"
        case "sendmail" where path.contains("/qmail/"): "qmail"
        case "sendmail" where path.contains("/postfix"): "postfix"
        case "sendmail", "sendmail.sendmail": "sendmail"
        default: nil
        }
    }

    /// How processes that listen on port 25 are called, and whose they are.
    ///
    /// Postfix's is the name of its `master`.
    private static let listenerNames = [
        ("master", "postfix"), ("exim", "exim"), ("exim4", "exim"), ("sendmail", "sendmail"),
        ("sendmail-mta", "sendmail"), ("smtpd", "opensmtpd"), ("tcpserver", "qmail"), ("qmail-smtpd", "qmail"),
        ("mailserver", "kerio"), ("icewarpd", "icewarp"), ("nullmailer-smtpd", "nullmailer"),
    ]

    private static func version(of program: String, in facts: Facts) -> String? {
        if program == "postfix" { return facts.text("postfix.version") }
        guard let answer = facts.answers["mta.version.\(program)"] else { return nil }
        let said = String(decoding: answer.output + answer.errors, as: UTF8.self)
        switch program {
        case "exim": return said.word(after: "Exim version ")
        case "sendmail": return said.word(after: "Version ")
        case "opensmtpd": return said.word(after: "OpenSMTPD ")
        case "msmtp": return said.word(after: "msmtp version ")
        case "ssmtp": return said.word(after: "sSMTP ")
        case "directadmin": return said.word(after: " v.")
        default: return answer.status == 0 ? said.word(after: "") : nil
        }
    }
}

/// A mail server that is on a host.
package struct RecognisedServer: Sendable, Hashable {
    /// As in a playbook's `mta`: `postfix`, `cpanel`.
    package var name: String
    /// In the server's own words, or the package manager's; empty where it cannot be told.
    package var version: String
    /// Whether `sendmail` or port 25 belongs to it; `nil` where nobody can be told to have them.
    package var isActive: Bool?
    /// The control panel that keeps its configuration: `plesk`.
    package var panel: String?
    /// In its own words: `18.0.61`.
    package var panelVersion: String?

    package init(
        name: String,
        version: String = "",
        isActive: Bool? = nil,
        panel: String? = nil,
        panelVersion: String? = nil
    ) {
        self.name = name
        self.version = version
        self.isActive = isActive
        self.panel = panel
        self.panelVersion = panelVersion
    }
}

extension String {
    /// The characters up to a blank or line break after the first place where `words` stands.
    fileprivate func word(after words: String) -> String? {
        guard let start = words.isEmpty ? startIndex : firstRange(of: words)?.upperBound else { return nil }
        let word = self[start...].prefix { !$0.isWhitespace }
        return word.isEmpty ? nil : String(word)
    }

    /// Whether a process of this name is among what ss, sockstat or netstat prints of port 25.
    fileprivate func namesListener(_ name: String) -> Bool {
        contains("((\"\(name)\",")
            || split(separator: "\n").contains { line in
                line.split { $0 == " " || $0 == "/" || $0 == ":" }.contains { $0 == name }
            }
    }
}
