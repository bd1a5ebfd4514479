/// How a product is recognised on a host, from what the facts script found.
///
/// Which programs and files are looked for, the product's own part of that script says.
package struct Recognition: Sendable {
    /// As in `mta:` and in reports: `postfix`.
    package var name: String
    package var kind: Kind
    /// Whether the name may be after `mta:`.
    package var isChoice: Bool
    /// What the program is called that `sendmail` leads to.
    package var programs: Set<String>
    /// Where that program is called `sendmail` itself: part of its path.
    package var folder: String?
    /// And where the path tells nothing: a word in the program.
    package var word: String?
    /// How processes are called that listen on port 25.
    package var listeners: Set<String>
    /// Whether a Windows host has it, by what it answered to the product's questions.
    package var isThere: @Sendable (Facts) -> Bool
    /// In the product's own words, or the package manager's; `nil` where it cannot be determined.
    package var version: @Sendable (Facts) -> String?

    package enum Kind: Sendable, Hashable {
        /// A mail server that is found by its programs.
        case program
        /// A mail server that is found by a file or folder of its own.
        case suite
        /// A control panel. Of these mail servers it writes the configuration itself, so they go by its name.
        case panel(writing: Set<String> = [])
    }

    package init(
        _ name: String,
        _ kind: Kind = .program,
        isChoice: Bool = true,
        programs: Set<String> = [],
        folder: String? = nil,
        word: String? = nil,
        listeners: Set<String> = [],
        isThere: @escaping @Sendable (Facts) -> Bool = { _ in false },
        version: @escaping @Sendable (Facts) -> String? = { _ in nil }
    ) {
        self.name = name
        self.kind = kind
        self.isChoice = isChoice
        self.programs = programs
        self.folder = folder
        self.word = word
        self.listeners = listeners
        self.isThere = isThere
        self.version = version
    }

    fileprivate var isPanel: Bool { if case .panel = kind { true } else { false } }

    fileprivate func writes(_ server: String) -> Bool {
        if case .panel(let servers) = kind { servers.contains(server) } else { false }
    }
}

/// A mail server that is on a host.
package struct RecognisedServer: Sendable, Hashable {
    /// As in a playbook's `mta`: `postfix`, `cpanel`.
    package var name: String
    /// In the server's own words, or the package manager's; empty where it cannot be determined.
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

extension [Recognition] {
    /// The mail servers that were found on a host, by name, and which of them mail goes through.
    package func servers(in facts: Facts) -> [RecognisedServer] {
        let found = facts.names("mta.panels")
        let isKnownPanel = { (name: String) in first { $0.name == name }.map(\.isPanel) ?? true }
        let there = filter { $0.isThere(facts) }.map(\.name)
        let programs = Set(facts.names("mta.programs") + found.filter { !isKnownPanel($0) } + there)
        let owners = owners(in: facts)
        let panel = found.first(where: isKnownPanel)
        let known = first { $0.name == panel }
        return programs.sorted().map { program in
            let name = known?.writes(program) == true ? panel ?? program : program
            return RecognisedServer(
                name: name,
                version: version(of: name, in: facts) ?? version(of: program, in: facts) ?? "",
                isActive: owners.isEmpty ? nil : owners.contains(program),
                panel: panel,
                panelVersion: panel.flatMap { version(of: $0, in: facts) ?? facts.version(of: $0) }
            )
        }
    }

    private func version(of name: String, in facts: Facts) -> String? { first { $0.name == name }?.version(facts) }

    /// The names of those that `sendmail` and port 25 belong to.
    private func owners(in facts: Facts) -> Set<String> {
        let listeners = ["port25.ss", "port25.sockstat", "port25.netstat"].compactMap { facts.text($0) }
        let listening = filter { known in
            known.listeners.contains { name in listeners.contains { $0.namesListener(name) } }
        }
        return Set((listening + ownersOfSendmail(in: facts)).map(\.name))
    }

    /// Several where one program is of several products.
    private func ownersOfSendmail(in facts: Facts) -> [Recognition] {
        guard let path = facts.text("sendmail.path") else { return [] }
        if let word = facts.text("sendmail.text") { return filter { $0.word == word } }
        if path.hasSuffix("/mailwrapper") {
            return facts.text("sendmail.wrapper").flatMap(Self.programOfMailer).map(owners(ofProgram:)) ?? []
        }
        return owners(ofProgram: path)
    }

    private func owners(ofProgram path: String) -> [Recognition] {
        let program = path.split(separator: "/").last.map(String.init) ?? path
        let byFolder = program == "sendmail" ? filter { $0.folder.map { path.contains($0) } ?? false } : []
        return byFolder.isEmpty ? filter { $0.programs.contains(program) } : byFolder
    }

    /// The program behind `sendmail` in FreeBSD's mailer.conf(5).
    private static func programOfMailer(_ configuration: String) -> String? {
        for line in configuration.split(separator: "\n") {
            let words = line.split { $0 == " " || $0 == "\t" }
            if words.first == "sendmail", words.count > 1 { return String(words[1]) }
        }
        return nil
    }
}

extension Facts {
    /// What `mta.version` has of a program.
    ///
    /// `words`: What is before the version, where it is not the answer's first word. Such an answer counts whatever
    /// its exit status is.
    package func version(of name: String, after words: String = "") -> String? {
        guard let answer = answers["mta.version.\(name)"], answer.status == 0 || !words.isEmpty else { return nil }
        return String(decoding: answer.output + answer.errors, as: UTF8.self).word(after: words)
    }

    /// Names of lines `NAME PATH`.
    fileprivate func names(_ key: String) -> [String] {
        (text(key) ?? "").split(separator: "\n").compactMap { $0.split(separator: " ").first.map(String.init) }
    }
}

extension String {
    /// The characters up to a blank or line break after the first place where `words` is.
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
