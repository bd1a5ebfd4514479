import Foundation
import MTAPlan
import MailServers
import Testing

@Suite("FactsParser")
struct FactsParserTests {
    private func facts(_ text: String) throws -> Facts {
        try FactsParser.facts(from: Array(text.utf8), nonce: "5eed")
    }

    @Test func `an answer without its last line is not whole`() throws {
        let failure = #expect(throws: Failure.self) { try facts("@5eed begin answer host.name\nmx\n\n@5eed end 0\n") }

        #expect(failure?.problem == "the output of the facts script was cut off")
    }

    @Test func `a command's output, errors and status are kept apart`() throws {
        let facts = try facts(
            """
            @5eed begin answer postfix.settings
            relayhost =

            @5eed end 3
            @5eed begin errors postfix.settings
            postconf: warning
            @5eed end 0
            @5eed bye

            """
        )

        #expect(
            facts.answers == [
                "postfix.settings": Facts.Answer(
                    output: Array("relayhost =\n".utf8),
                    errors: Array("postconf: warning".utf8),
                    status: 3
                )
            ]
        )
    }

    @Test func `a file is where its links lead`() throws {
        let facts = try facts(
            """
            @5eed file /etc/a b
            @5eed at /srv/a  b
            @5eed stat 2640 root 1007 42 2026-11-21 19:50:15.478927887 +0000
            @5eed begin bytes 1
            x
            @5eed end 0
            @5eed bye

            """
        )

        #expect(
            facts.files == [
                "/etc/a b": .file(
                    FoundFile(
                        realPath: "/srv/a  b",
                        bytes: Array("x".utf8),
                        mode: FileMode(rawValue: 0o2640),
                        owner: "root",
                        group: "1007",
                        inode: 42,
                        changed: "2026-11-21 19:50:15.478927887 +0000"
                    )
                )
            ]
        )
    }

    @Test func `files whose bytes come in one go are told apart by their sizes`() throws {
        let facts = try facts(twoFiles(sizes: "4 2", "ab\n\ncd"))

        #expect(facts.file("/a")?.bytes == Array("ab\n\n".utf8))
        #expect(facts.file("/b")?.bytes == Array("cd".utf8))
        #expect(facts.indexes.keys.sorted() == ["/a.db"])
        #expect(facts.file("/a.db") == nil)
    }

    @Test(arguments: ["3 2", "4 3", "4", "4 2 0", "-1 7", "6", ""])
    func `bytes that do not fit the sizes are nobody's`(sizes: String) throws {
        let facts = try facts(twoFiles(sizes: sizes, "ab\n\ncd"))

        #expect(facts.files["/a"] == .unreadable("it changed while it was being read"))
        #expect(facts.files["/b"] == .unreadable("it changed while it was being read"))
    }

    private func twoFiles(sizes: String, _ bytes: String) -> String {
        """
        @5eed file /a
        @5eed at /a
        @5eed stat 600 root root 1 now
        @5eed file /a.db
        @5eed at /a.db
        @5eed stat 600 root root 2 now
        @5eed unread
        @5eed file /b
        @5eed at /b
        @5eed stat 600 root root 3 now
        @5eed begin bytes \(sizes)
        \(bytes)
        @5eed end 0
        @5eed bye

        """
    }

    @Test func `a file that is not there, or cannot be read, is told from an empty one`() throws {
        let facts = try facts(
            """
            @5eed file /a
            @5eed absent
            @5eed file /b
            @5eed unreadable not a file
            @5eed file /c
            @5eed at /c
            @5eed stat 600 root root 1 now
            @5eed begin bytes 0

            @5eed end 1
            @5eed bye

            """
        )

        #expect(
            facts.files == [
                "/a": .absent, "/b": .unreadable("not a file"),
                "/c": .unreadable("it changed while it was being read"),
            ]
        )
    }

    @Test(arguments: [
        ("mx1.example.com", "mx1.example.com"), ("a b", "localhost"), ("a\nX: y", "localhost"), ("", "localhost"),
    ])
    func `a host's name is a name or nothing`(said: String, name: String) {
        let facts = Facts(answers: ["host.name": Facts.Answer(output: Array("\(said)\n".utf8))])

        #expect(facts.hostName == name)
    }
}

@Suite("Recognition")
struct RecognitionTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/Facts")

    private static func recording(_ name: String) throws -> Facts {
        let bytes = try Data(contentsOf: folder.appending(path: "\(name).txt"))
        return try FactsParser.facts(from: [UInt8](bytes), nonce: "0123456789abcdef0123456789abcdef")
    }

    /// What it tells of its host: lines NAME VERSION active|idle.
    private static func expected(_ name: String) throws -> [RecognisedServer] {
        let text = try String(contentsOf: folder.appending(path: "\(name).servers"), encoding: .utf8)
        return text.split(separator: "\n").map { line in
            let words = line.split(separator: " ").map(String.init)
            return RecognisedServer(
                name: words[0],
                version: words[1] == "-" ? "" : words[1],
                isActive: words[2] == "active"
            )
        }
    }

    static func recordings() throws -> [String] {
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        return files.filter { $0.hasSuffix(".txt") }.map { String($0.dropLast(4)) }.sorted()
    }

    @Test(arguments: try recordings()) func `a host's mail server is recognised`(name: String) throws {
        let facts = try Self.recording(name)

        #expect(Catalog.products.map(\.recognition).servers(in: facts) == (try Self.expected(name)))
        #expect(facts.hostName == "mx1.example.com")
    }

    @Test func `of two servers, each that has sendmail or port 25 is active`() throws {
        var facts = try Self.recording("trixie-nullmailer")
        facts.answers["mta.programs"]?.output += Array("\npostfix /usr/sbin/postconf".utf8)
        facts.answers["port25.ss"] = Facts.Answer(
            output: Array(#"LISTEN 0 100 0.0.0.0:25 0.0.0.0:* users:(("master",pid=713,fd=13))"#.utf8)
        )

        #expect(Catalog.products.map(\.recognition).servers(in: facts).map(\.isActive) == [true, true])
    }

    @Test func `where nobody can be told to have sendmail or port 25, nothing is claimed`() {
        let facts = Facts(answers: [
            "mta.programs": Facts.Answer(output: Array("qmail /var/qmail/bin/qmail-showctl".utf8))
        ])

        #expect(
            Catalog.products.map(\.recognition).servers(in: facts) == [RecognisedServer(name: "qmail", isActive: nil)]
        )
    }

    @Test(arguments: ["cpanel", "directadmin"]) func `Exim under its panel is a server of its own`(panel: String) throws
    {
        var facts = try Self.recording("bookworm-exim4")
        facts.answers["mta.panels"] = Facts.Answer(output: Array("\(panel) /usr/local/\(panel)".utf8))

        #expect(
            Catalog.products.map(\.recognition).servers(in: facts)
                == [RecognisedServer(name: panel, version: "4.96", isActive: true, panel: panel)]
        )
    }

    /// The file as FreeBSD 14 installs it; mailer.conf(5).
    @Test func `behind FreeBSD's wrapper stands what mailer.conf names`() {
        let facts = Facts(answers: [
            "mta.programs": Facts.Answer(output: Array("large /usr/local/sbin/large\nsmall /usr/libexec/small".utf8)),
            "sendmail.path": Facts.Answer(output: Array("/usr/sbin/mailwrapper\n".utf8)),
            "sendmail.wrapper": Facts.Answer(
                output: Array("# comment\nsendmail\t/usr/libexec/small\nmailq\t/usr/libexec/small\n".utf8)
            ),
        ])

        let known = [Recognition("small", programs: ["small"]), Recognition("large", programs: ["large"])]

        #expect(known.servers(in: facts).map(\.isActive) == [false, true])
    }
}
