import MTAPlan
import Support
import Testing

@testable import MailServers

@Suite struct EximTextTests {
    private static let pieces = [
        "begin routers", "begin  authenticators", "dnslookup:", "  driver = dnslookup",
        "  domains = ! +local_domains \\",
        "    : *.example.com", "# comment", "", "   ", ".ifdef MACRO", ".endif", ".include /etc/x", "MACRO = value",
        "MACRO == other", "domainlist local_domains = @ : localhost", "hide mysql_servers = a/b/c", "  no_more",
        "  data =",
        "\u{FEFF}x", "\\", "\t# BEGIN mtactl", "# END mtactl", "  client_send = \"<; ${if x{\\", "*  *  F,2h,15m", "\r",
    ]

    private static func random(_ seed: Int) -> [UInt8] {
        var random = SeededRandom(seed: seed)
        var bytes: [UInt8] = []
        for _ in 0..<Int.random(in: 0...40, using: &random) {
            bytes += Array((pieces.randomElement(using: &random) ?? "").utf8)
            bytes += [[0x0A], [0x0D, 0x0A], [0x0A]].randomElement(using: &random) ?? []
            if Int.random(in: 0..<20, using: &random) == 0 { bytes.append(UInt8.random(in: 0...255, using: &random)) }
        }
        if Bool.random(using: &random) { _ = bytes.popLast() }
        return bytes
    }

    @Test(arguments: 0..<500) func `what is read is written back byte for byte`(seed: Int) {
        let bytes = Self.random(seed)
        let text = EximText(bytes)

        #expect(text.bytes == bytes)
        #expect(text.statements.allSatisfy { $0.lines == $0.lines.sorted() })
    }

    @Test(arguments: 0..<500) func `a block that is put in and taken out leaves no trace`(seed: Int) throws {
        let bytes = Self.random(seed).filter { $0 != 0x0D }
        var text = EximText(bytes)
        guard (try? text.blocks()) == [] else { return }
        var random = SeededRandom(seed: seed)
        let line = Int.random(in: 0...text.lines.count, using: &random)

        text.insert([EximText.begin, "x:", "  driver = accept", EximText.end], at: line)
        let block = try #require(try text.blocks().first)
        text.remove(block)

        #expect(text.bytes == bytes)
    }

    @Test func `statements are what Exim makes of lines`() {
        let text = EximText(
            Array(
                """
                domainlist local_domains = @ : \\
                    # in between
                    localhost
                hide pgsql_servers = "a:b"
                MACRO=x
                begin routers
                r:
                  no_more
                .ifdef MACRO
                  data =
                .endif
                """.utf8
            )
        )

        #expect(
            text.statements.map(\.kind) == [
                .list(type: "domainlist", name: "local_domains", value: "@ : localhost"),
                .option(name: "pgsql_servers", value: "a:b"), .macro(name: "MACRO", value: "x"),
                .begin(section: "routers"), .driver(name: "r"), .option(name: "no_more", value: nil),
                .directive(word: "ifdef", argument: "MACRO"), .option(name: "data", value: ""),
                .directive(word: "endif", argument: ""),
            ]
        )
        #expect(text.statements.first?.lines == [0, 2])
    }

    @Test(arguments: [
        ("begin routers\n# BEGIN mtactl\n", 2), ("# END mtactl\n", 1),
        ("# BEGIN mtactl\nx:\n# BEGIN mtactl\n# END mtactl\n", 1),
    ])
    func `a mark alone is found by its line`(text: String, line: Int) {
        let stray = #expect(throws: EximText.StrayMark.self) { try EximText(Array(text.utf8)).blocks() }

        #expect(stray?.line == line)
    }

    @Test func `values are quoted as Exim takes them apart`() {
        #expect(Content.Encoding.quoted.text(#"a b:c'd"e$f\g"#) == #""a b:c'd\"e$f\\g""#)
    }
}
