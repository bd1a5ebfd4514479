import MTAPlan
import Support
import Testing

@testable import MailServers

@Suite struct SmtpdConfTests {
    @Test func `statements end with their line, unless it is continued or a brace is open`() throws {
        let conf = try read(
            """
            # one \\
            still a comment
            table t { "a", # x
              b }
            match for any \\
              action "out side"
            """
        )

        #expect(conf.statements.map(\.lines) == [2...3, 4...5])
        #expect(conf.statements[0].tokens.map(\.text) == ["table", "t", "{", "a", ",", "b", "}"])
        #expect(conf.statements[1].tokens.map(\.text) == ["match", "for", "any", "action", "out side"])
    }

    @Test(arguments: ["action \"x", "table t { a", "match for any action 'x"])
    func `what is open at the end is refused with its line`(_ text: String) {
        let failure = #expect(throws: Failure.self) { try read("\n" + text) }

        #expect(failure?.problem.hasPrefix("line 2: ") == true)
    }

    @Test func `a backslash in quotes stays, but before the quote`() throws {
        let conf = try read(#"match mail-from regex "a[.]b\^\"c" for any action x"#)

        #expect(conf.statements[0].tokens[3].text == #"a[.]b\^"c"#)
    }

    @Test func `rules for any other host are found, and no others`() throws {
        let rules = try SmtpdRules(
            read(
                """
                action l maildir
                action r relay helo "h" tls no-verify
                action b relay backup mx "m"
                match for local action l
                match from any for domain { "x", "y" } action r
                match for any action b
                match !for local action r
                match ! for local action r
                match for any reject
                match from auth mail-from "@a" for any action r
                """
            ),
            given: Facts()
        )

        #expect(rules.remote.map(\.rule.number) == [7, 8, 10])
        #expect(rules.remote.map(\.rule.isNegated) == [true, true, false])
        #expect(rules.remote.last?.rule.hasSender == true)
        #expect(rules.relays["r"]?.carried.map { $0.map(\.text) } == [["helo", "h"]])
    }

    @Test func `macros stand for smarthosts and domains, those of included files too`() throws {
        let own = FoundFile(
            realPath: "/etc/own",
            bytes: Array("signer = \"smtp://127.0.0.1:10027\"\ntable mine { \"c.example\" }\n".utf8),
            mode: FileMode(rawValue: 0o644),
            owner: "root",
            group: "root"
        )
        let rules = try SmtpdRules(
            read(
                """
                smarthost = "smtp+tls://a.example"
                hosted = "a.example"
                include "/etc/own"
                action l maildir
                action r relay host $smarthost
                action s relay host $signer
                match from any for domain $hosted action l
                match from any for domain { "b.example", "d.example" } action l
                match from any for domain <mine> action l
                match tag signed for any action r
                match from local for any action s
                """
            ),
            given: Facts(files: ["/etc/own": .file(own)])
        )

        #expect(rules.remote.map(\.rule.number) == [10])
        #expect(rules.relays["r"]?.host == "smtp+tls://a.example")
        let named = rules.byDomain.mapValues(\.number)
        #expect(named["a.example"] == 7)
        #expect(named["b.example"] == 8)
        #expect(named["d.example"] == 8)
        #expect(named["c.example"] == 9)
    }

    @Test(arguments: [
        "match for any action", "action r relay strange", "match for nobody action r", "action r relay host",
    ])
    func `what is not understood is refused with its line`(_ text: String) {
        let failure = #expect(throws: Failure.self) { try SmtpdRules(read(text), given: Facts()) }

        #expect(failure?.problem.hasPrefix("line 1: ") == true)
    }

    @Test func `blocks go in and out without a trace`() throws {
        let text = "a\r\nb\r\nc"
        var lines = ConfigLines(Array(text.utf8))

        lines.insertBlocks([(0, ["x"]), (2, ["y", "z"])])
        #expect(lines.bytes.text.contains("# BEGIN mtactl\r\ny\r\nz\r\n# END mtactl\r\nc"))
        try lines.removeBlocks()

        #expect(lines.bytes == Array(text.utf8))
    }

    @Test(arguments: ["# BEGIN mtactl\n", "# END mtactl\n", "# BEGIN mtactl\n# BEGIN mtactl\n# END mtactl\n"])
    func `marks that are not in pairs are refused`(_ text: String) {
        var lines = ConfigLines(Array(text.utf8))

        #expect(throws: Failure.self) { try lines.removeBlocks() }
    }

    private func read(_ text: String) throws(Failure) -> SmtpdConf { try SmtpdConf(ConfigLines(Array(text.utf8))) }
}
