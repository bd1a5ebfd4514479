import MTAPlan

/// What one host's answers say of its Sendmail.
struct SendmailHost: Sendable {
    /// How the distribution makes sendmail.cf of sendmail.mc.
    enum Layout: String, Sendable { case debian, redhat, freebsd }

    let facts: Facts
    let layout: Layout
    /// sendmail.mc, or what the distribution calls it.
    let source: FoundFile
    /// The path by which the distribution's tools know it.
    let sourcePath: String
    let lines: ConfigLines
    /// sendmail.cf as it was made of the file above.
    let made: SendmailCF
    /// The domains that are delivered here: class w, and those of the virtusertable.
    let localDomains: Set<String>

    /// `/etc/mail`, where our own files go.
    static let folder = "/etc/mail"

    /// - Throws: Where a configuration cannot be made here, or is not made of what is there.
    init(_ facts: Facts) throws(Failure) {
        self.facts = facts
        guard let path = facts.text("sendmail.source") else { throw SendmailRefusal.noProgram }
        let made = try Self.file("\(Self.folder)/sendmail.cf", in: facts, hint: .noConfiguration)
        sourcePath = path
        source = try Self.file(path, in: facts, hint: .noSource)
        lines = ConfigLines(source.bytes)
        self.made = SendmailCF(made.bytes)
        localDomains = Set(Self.names(in: facts).filter { !$0.hasPrefix("[") }.map { $0.lowercased() })
        guard let layout = Self.tools("layout", in: facts).first.flatMap(Layout.init) else { throw SendmailRefusal.noLayout }
        self.layout = layout
        for tool in ["m4", "make", "makemap"] where !Self.tools("tool", in: facts).contains(tool) {
            throw SendmailRefusal.noTool(tool, layout)
        }
        try checkMade()
    }

    static func version(in facts: Facts) -> String? {
        let said = facts.text("mta.version.sendmail") ?? ""
        guard let start = said.firstRange(of: "Version ")?.upperBound else { return nil }
        return String(said[start...].prefix { !$0.isWhitespace })
    }

    /// Whether the program was built with this: `SASLv2`, `STARTTLS`, `NEWDB`.
    func has(_ part: String) -> Bool {
        let said = (facts.text("mta.version.sendmail") ?? "") + " " + (facts.text("sendmail.names") ?? "")
        return said.split { $0.isWhitespace || $0 == "=" }.contains { $0 == part }
    }

    var program: String { facts.text("sendmail.program") ?? "sendmail" }
    var plugIns: [String] { Self.tools("plug-in", in: facts) }
    /// A folder in which certificates are found by the hashes of their names: openssl-rehash(1).
    var certificates: String? { Self.tools("certificates", in: facts).first }

    static func isRunning(in facts: Facts) -> Bool? {
        switch facts.text("sendmail.running")?.split(separator: "\n").last {
        case "running": true
        case "stopped": false
        default: nil
        }
    }

    /// Where the daemon keeps its process id: op.me, option PidFile.
    var pidFile: String {
        facts.text("sendmail.running")?.split(separator: "\n").first.map(String.init) ?? "/var/run/sendmail.pid"
    }

    /// Our own files that the host has, by path.
    var ownFiles: [String: FoundFile] {
        facts.files.compactMapValues { if case .file(let file) = $0 { file } else { nil } }
            .filter { $0.key.hasPrefix("\(Self.folder)/mtactl-") }
    }

    /// The rows of the host's own mailertable, and where they stand.
    var mailerTable: (path: String, rows: [SendmailTable.Row])? {
        guard let path = made.map("mailertable")?.path, let file = facts.file(path) else { return nil }
        return (file.realPath, SendmailTable.rows(file.bytes))
    }

    /// m4's arguments for a source that stands at this path.
    func arguments(of path: String) -> [String] {
        layout == .freebsd
            ? ["-D_CF_DIR_=/usr/share/sendmail/cf/", "/usr/share/sendmail/cf/m4/cf.m4", path] : [path]
    }

    private func checkMade() throws(Failure) {
        let path = "\(Self.folder)/sendmail.cf"
        let errors = (facts.answers["sendmail.made"]?.errors ?? []).text.split(separator: "\n")
        if let words = errors.first { throw SendmailRefusal.broken(String(words).escaped, source.realPath) }
        guard facts.text("sendmail.made") == "same" else { throw SendmailRefusal.notMade(path, sourcePath, layout) }
        guard made.mailer("relay") != nil else { throw SendmailRefusal.noMailer(source.realPath) }
    }

    private static func file(_ path: String, in facts: Facts, hint: String) throws(Failure) -> FoundFile {
        switch facts.files[path] {
        case .file(let file)?: return file
        case .unreadable(let why)?: throw Failure("\(path) cannot be read: \(why)", hint: .makeReadable)
        case .absent?, nil: throw Failure("\(path) is not there", hint: hint)
        }
    }

    private static func tools(_ kind: String, in facts: Facts) -> [String] {
        (facts.text("sendmail.tools") ?? "").split(separator: "\n").compactMap { line in
            line.hasPrefix(kind + " ") ? String(line.dropFirst(kind.count + 1)) : nil
        }
    }

    /// The members of classes that `sendmail -bt` prints, after its own words.
    private static func names(in facts: Facts) -> [String] {
        (facts.text("sendmail.names") ?? "").split(separator: "\n").map { $0.drop { $0 == ">" || $0 == " " } }
            .filter { !$0.isEmpty && !$0.contains(" ") && $0.contains(".") && !$0.contains("_") }.map(String.init)
    }
}

extension String {
    fileprivate static let noConfiguration = "reinstall Sendmail's configuration, or choose another mail server with `mta`"
    fileprivate static let noSource = "sendmail.cf was made without it; put the source back, so that it can be made anew"
    fileprivate static let makeReadable = "make it a file that root can read"
}
