import MTAPlan

/// What one host's answers say of its Postfix.
///
/// What a plan edits is read from the files; the answers of `postconf` say what no plan changes. So a plan sees
/// what the last one did, whether it asks the host again or not.
struct PostfixHost: Sendable {
    let version: Version
    /// `config_directory`, where our own files go.
    let folder: String
    let mainFile: FoundFile
    let masterFile: FoundFile
    let main: MainCF
    let master: MasterCF
    let services: [MasterCF.Service]
    let facts: Facts
    /// What `postconf -x` printed.
    let values: [String: String]
    /// main.cf as the host would have it without anything of ours.
    let ownMain: MainCF
    /// The settings as the host would have them without anything of ours.
    let own: PostfixSettings

    struct Version: Sendable, Comparable {
        var major: Int
        var minor: Int

        init(_ major: Int, _ minor: Int) {
            self.major = major
            self.minor = minor
        }

        /// `3.7.11`, or `3.11-20250101` of a development snapshot.
        init?(_ text: String) {
            let numbers = text.split { !$0.isNumber }.prefix(2).compactMap { Int($0) }
            guard numbers.count == 2 else { return nil }
            self.init(numbers[0], numbers[1])
        }

        static func < (a: Version, b: Version) -> Bool { (a.major, a.minor) < (b.major, b.minor) }
    }

    /// - Throws: Where Postfix cannot read its own configuration, or we cannot.
    init(_ facts: Facts) throws(Failure) {
        guard let text = facts.text("postfix.version"), let version = Version(text) else { throw .noVersion }
        self.version = version
        self.facts = facts
        guard let folder = facts.text("postfix.folder"), folder.hasPrefix("/") else { throw .noFolder }
        self.folder = folder
        values = Self.values(in: facts)
        mainFile = try Self.file("\(folder)/main.cf", in: facts)
        masterFile = try Self.file("\(folder)/master.cf", in: facts)
        if let words = Self.fatal("postfix.values", in: facts) { throw .broken(words) }
        if let words = Self.fatal("postfix.sound", in: facts) { throw .unsound(words) }
        main = MainCF(mainFile.bytes)
        master = MasterCF(masterFile.bytes)
        services = try master.services(in: masterFile.realPath)
        do { ownMain = try main.withoutOurs() } catch { throw error.at(mainFile.realPath) }
        own = PostfixSettings(ownMain, found: main, printed: values)
    }

    /// A value that `postconf -x` printed, macros expanded; empty where it has none.
    func value(_ name: String) -> String { values[name] ?? "" }

    static func values(in facts: Facts) -> [String: String] {
        var values: [String: String] = [:]
        for line in (facts.answers["postfix.values"]?.output ?? []).split(separator: UInt8(ascii: "\n")) {
            // `NAME = value`, or `NAME =`.
            guard let blank = line.firstIndex(of: UInt8(ascii: " ")),
                line[blank...].starts(with: " =".utf8)
            else { continue }
            let value = line[blank...].dropFirst(2).drop { $0 == UInt8(ascii: " ") }
            values[String(decoding: line[..<blank], as: UTF8.self)] = String(decoding: value, as: UTF8.self)
        }
        return values
    }

    /// The lines of an answer; none where there is no answer.
    func lines(_ key: String) -> [String] {
        guard let answer = facts.answers[key], answer.status == 0 else { return [] }
        return answer.output.split(separator: UInt8(ascii: "\n")).map(\.text)
    }

    /// A setting of main.cf that is there and not empty.
    func setting(_ name: String) -> String? {
        guard let value = main.value(of: name), !value.isEmpty else { return nil }
        return value
    }

    /// The client of SMTP that mail takes when no smarthost is asked for: `smtp`, or a service of the host's own that
    /// default_transport names where mail goes direct.
    var client: MasterCF.Service? {
        let clients = services.filter { $0.type == "unix" && !$0.isOurs }
        let name = PostfixRoute(own("default_transport"), "").transport
        let own = hadRelay ? nil : clients.last { $0.name == name && $0.command == "smtp" }
        return own ?? clients.first { $0.name == "smtp" }
    }

    /// Our own files and their indexes that the host has, by path.
    var ownFiles: [String: FileChange.Found] { facts.present.filter { $0.key.hasPrefix("\(folder)/mtactl_") } }

    /// main.cf and the services of master.cf as they are planned to be.
    ///
    /// - Throws: Where one of them would not be there, or could not be read.
    func planned(in later: Facts) throws(Failure) -> (main: MainCF, services: [MasterCF.Service]) {
        let mainFile = try Self.file("\(folder)/main.cf", in: later)
        let masterFile = try Self.file("\(folder)/master.cf", in: later)
        let isSame = (main: mainFile.bytes == self.mainFile.bytes, master: masterFile.bytes == self.masterFile.bytes)
        return (
            isSame.main ? main : MainCF(mainFile.bytes),
            isSame.master ? services : try MasterCF(masterFile.bytes).services(in: masterFile.realPath)
        )
    }

    private static func file(_ path: String, in facts: Facts) throws(Failure) -> FoundFile {
        switch facts.files[path] {
        case .file(let file)?: return file
        case .unreadable(let why)?: throw .unreadable(path, why)
        case .absent?, nil: throw .missing(path)
        }
    }

    /// The words with which Postfix says that it cannot read its configuration.
    private static func fatal(_ question: String, in facts: Facts) -> String? {
        let lines = (facts.answers[question]?.errors.text ?? "").split(separator: "\n")
        guard let line = lines.first(where: { $0.contains("fatal: ") }), let at = line.firstRange(of: "fatal: ") else {
            return nil
        }
        return String(line[at.upperBound...])
    }
}

extension MasterCF {
    fileprivate func services(in path: String) throws(Failure) -> [Service] {
        do { return try services() } catch { throw error.at(path) }
    }
}

extension Failure {
    fileprivate static let noVersion = Failure(
        "postfix does not report its version",
        hint: "run `postconf -d mail_version` on the host"
    )
    fileprivate static let noFolder = Failure(
        "postfix does not report where its configuration is",
        hint: "run `postconf config_directory` on the host"
    )
    fileprivate static func missing(_ path: String) -> Failure {
        Failure(
            "\(path) does not exist",
            hint: "reinstall Postfix's configuration, or choose another mail server with `mta`"
        )
    }
    fileprivate static func unsound(_ words: String) -> Failure {
        Failure(
            "postfix would not start again with its configuration: `\(words.escaped)`",
            hint: "fix that setting in main.cf, and check that `postfix status` prints no errors"
        )
    }
    fileprivate static func broken(_ words: String) -> Failure {
        Failure(
            "postfix cannot read its own configuration: \(words)",
            hint: "repair this first; `postconf -n` shows it"
        )
    }
}
