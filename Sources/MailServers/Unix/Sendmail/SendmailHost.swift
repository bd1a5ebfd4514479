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
        sourcePath = path
        try Self.checkRelied(facts)
        source = try Self.file(path, in: facts)
        lines = ConfigLines(source.bytes)
        made = SendmailCF(facts)
        localDomains = Set(Self.names(in: facts).filter { !$0.hasPrefix("[") }.map { $0.lowercased() })
        guard let layout = Self.tools("layout", in: facts).first.flatMap(Layout.init) else {
            throw SendmailRefusal.noLayout
        }
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

    /// What has to be defined so that certificates are verified; `nil` where nothing is there to verify them by.
    ///
    /// Without both, Sendmail says `verify=FAIL` of each: initclttls and inittls in tls.c, tried with 8.17 and 8.18. The
    /// folder is one in which they are found by the hashes of their names: openssl-rehash(1).
    var certificates: [(macro: String, path: String)]? {
        // A block that is damaged refuses the plan, with the reason.
        let ours = (try? lines.blockContent())?.map(\.text) ?? []
        var missing: [(macro: String, path: String)] = []
        let parts = [("confCACERT_PATH", "CACertPath", "certificates"), ("confCACERT", "CACertFile", "bundle")]
        for (macro, option, kind) in parts {
            let isOurs = ours.contains { $0.hasPrefix("define(`\(macro)',") }
            if made.option(option) != nil, !isOurs { continue }
            guard let path = Self.tools(kind, in: facts).first else { return nil }
            missing.append((macro, path))
        }
        return missing
    }

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

    /// Our own files and their indexes that the host has, by path.
    var ownFiles: [String: FileChange.Found] { facts.present.filter { $0.key.hasPrefix("\(Self.folder)/mtactl-") } }

    /// The rows of the host's own mailertable, and where they are.
    var mailerTable: (path: String, rows: [SendmailTable.Row])? {
        guard let path = made.map("mailertable")?.path, let file = facts.file(path) else { return nil }
        return (file.realPath, SendmailTable.rows(file.bytes))
    }

    /// m4's arguments before the source.
    var argumentsBeforeSource: [String] {
        layout == .freebsd ? ["-D_CF_DIR_=/usr/share/sendmail/cf/", "/usr/share/sendmail/cf/m4/cf.m4"] : []
    }

    private func checkMade() throws(Failure) {
        let path = "\(Self.folder)/sendmail.cf"
        let errors = (facts.answers["sendmail.made"]?.errors ?? []).text.split(separator: "\n")
        let isWarning = { (line: Substring) in line.lowercased().contains("warning: ") }
        if let words = errors.first(where: { !isWarning($0) }) {
            throw SendmailRefusal.broken(String(words).escaped, source.realPath)
        }
        guard facts.text("sendmail.made") == "same" else { throw SendmailRefusal.notMade(path, sourcePath, layout) }
        guard made.mailer("relay") != nil, made.isWhole else { throw SendmailRefusal.noMailer(source.realPath) }
    }

    /// m4, make and Sendmail run what their files say, as root: nothing was asked of them where others can change these.
    private static func checkRelied(_ facts: Facts) throws(Failure) {
        let exposed = (facts.text("sendmail.exposed") ?? "").split(separator: "\n").first
        if let exposed { throw .exposed(exposed) }
        let runs = (facts.text("sendmail.runs") ?? "").split(separator: "\n").first
        guard let runs else { return }
        throw runs.hasSuffix(": F|")
            ? SendmailRefusal.runs(runs.dropLast(": F|".count), "a class (`F`) is read from a program")
            : SendmailRefusal.runs(runs.dropLast(": syscmd".count), "it runs programs (syscmd or esyscmd)")
    }

    /// Where what the host's own programs hand to `sendmail` goes, if not to this host's daemon: `host`, or `host:port`.
    ///
    /// Source: cf/README, FEATURE(`msp').
    static func elsewhere(in facts: Facts) -> String? {
        let lines = (facts.text("sendmail.submit") ?? "").split(separator: "\n").map { $0.split(separator: " ") }
        guard let host = lines.last(where: { $0.first == "host" && $0.count > 1 })?[1] else { return nil }
        let port = lines.last { $0.first == "port" && $0.count > 1 }?[1] ?? "25"
        let name = host.lowercased().filter { $0 != "[" && $0 != "]" }
        let own = ["localhost", "::1", "ipv6:::1", "ipv6:0:0:0:0:0:0:0:1", facts.hostName.lowercased()]
        let isHere = name.hasPrefix("127.") || own.contains(name)
        if isHere, ["25", "587", "smtp", "submission"].contains(port) { return nil }
        return port == "25" ? String(host) : "\(host):\(port)"
    }

    private static func file(_ path: String, in facts: Facts) throws(Failure) -> FoundFile {
        switch facts.files[path] {
        case .file(let file)?: return file
        case .unreadable(let why)?: throw .unreadable(path, why)
        case .absent?, nil: throw SendmailRefusal.noSource(path)
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
