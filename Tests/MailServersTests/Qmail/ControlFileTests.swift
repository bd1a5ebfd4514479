import MTAPlan
import Testing

@testable import MailServers

/// What control files mean, and how they are edited.
@Suite struct ControlFileTests {
    /// A file, a domain, and the relay that qmail-remote of notqmail (after 1.09, commit a7012e4), built from source and run as
    /// qmailr against listeners on these ports, took for it; `nil` where it looked for the domain's own servers.
    struct Case: Sendable, CustomTestStringConvertible {
        let file: String
        let domain: String
        let relay: String?
        var testDescription: String { "\(file.debugDescription) \(domain)" }

        init(_ file: String, _ domain: String, _ relay: String?) {
            self.file = file
            self.domain = domain
            self.relay = relay
        }
    }

    static let cases = [
        Case("example.org:a:2501\n", "example.org", "a:2501"),
        Case("example.org:a:2501\n:b:2502\n", "www.example.org", "b:2502"),
        Case(".example.org:a:2501\n:b:2502\n", "www.example.org", "a:2501"),
        Case(".example.org:a:2501\n:b:2502\n", "example.org", "b:2502"),
        Case(".example.org:a:1\n.www.example.org:c:2503\n:b:2\n", "a.www.example.org", "c:2503"),
        Case(":a:2501\n:b:2502\n", "example.org", "b:2502"),
        Case("example.org:a:1\nEXAMPLE.org:b:2502\n:c:3\n", "Example.Org", "b:2502"),
        Case("#example.org:a:1\n:b:2502\n", "example.org", "b:2502"),
        Case(" example.org:a:1\n:b:2502\n", "example.org", "b:2502"),
        Case("example.org: a:1\n:b:2\n", "example.org", " a:1"),
        Case("example.org:a:2501  \t\n:b:2\n", "example.org", "a:2501"),
        Case("example.org:a:2501\r\n:b:2\r\n", "example.org", "a:2501"),
        Case("example.org:a\r\n:b\r\n", "example.org", "a\\r"),
        Case("example.org:a:1\n:b:2502", "other.org", "b:2502"),
        Case("example.org a:1\n:b:2502\n", "example.org", "b:2502"),
        Case(":[127.0.0.1]:2503\n", "example.org", "[127.0.0.1]:2503"),
        Case(":a:2501|user|pass\n", "example.org", "a:2501"),
        Case(":a:2501 user pass\n", "example.org", "a:2501"),
        Case("example.org:\n:b:2\n", "example.org", nil),
        Case("example.org:a:2504x\n:b:2\n", "example.org", "a:2504"),
        Case("# BEGIN mtactl\n:b:2502\n# END mtactl", "example.org", "b:2502"),
    ]

    static let stock = QmailBuild(words: "notqmail")

    @Test(arguments: cases) func `a domain's row is the one that qmail-remote takes`(_ test: Case) throws {
        let file = try ControlFile(Array(test.file.utf8))

        let relay = file.row(forDomain: test.domain).flatMap { QmailRelay($0.value, build: Self.stock) }

        #expect(relay?.description == test.relay)
        #expect(file.bytes == Array(test.file.utf8))
    }

    @Test func `rows are put between marks and taken out again to the byte`() throws {
        for text in ["", "a:b\n", "a:b", "#x\r\na:b:25\r\n", "a:b:25\r\nc:d:25", "\n", " "] {
            let found = try ControlFile(Array(text.utf8))

            let after = try bytes(found.setting([Content(":smart:587")]))
            let again = try bytes(try ControlFile(after).setting([Content(":smart:587")]))
            let undone = try bytes(try ControlFile(after).setting([]))

            #expect(after.starts(with: text.utf8))
            #expect(again == after)
            #expect(undone == Array(text.utf8))
            #expect(try ControlFile(after).row(forDomain: "x.test")?.value == Array("smart:587".utf8))
        }
    }

    @Test func `our rows move behind a row of the host that would win`() throws {
        let found = try ControlFile(Array("# BEGIN mtactl\n:old:1\n# END mtactl\n:theirs:2\nx.test:y\n".utf8))

        let after = try bytes(found.setting([Content(":new:3")]))

        #expect(after.text == ":theirs:2\nx.test:y\n# BEGIN mtactl\n:new:3\n# END mtactl\n")
    }

    @Test func `our rows stay where they are otherwise`() throws {
        let found = try ControlFile(Array("# BEGIN mtactl\n:old:1\n# END mtactl\nx.test:y\n".utf8))

        let after = try bytes(found.setting([Content(":new:3")]))

        #expect(after.text == "# BEGIN mtactl\n:new:3\n# END mtactl\nx.test:y\n")
    }

    @Test func `passwords are hidden in whatever form a build has them`() {
        let lines = [
            ":relay:587|user|pa|ss": ":relay:587|user|[secret]", "#:relay:587|user|pass": "#:relay:587|user|[secret]",
            ":relay user pass": ":relay user [secret]", "#:relay:25 user pa ss": "#:relay:25 user [secret]",
            "# this is: a comment": "# this is: a comment", ":relay:25": ":relay:25", "": "",
        ]
        for (line, shown) in lines { #expect(QmailMask.line(Array(line.utf8)[...]).text == shown) }
    }

    @Test func `builds are told apart by their words`() {
        let builds = [
            "": "qmail", "notqmail": "notqmail", "netqmail": "netqmail",
            "netqmail\nSTARTTLS\ncontrol/tlshosts\ncontrol/authsenders\nAUTH LOGIN":
                "netqmail with TLS and logins (authsenders)",
            "AUTH LOGIN\nSTARTTLS": "qmail with TLS and logins (blanks)",
            "AUTH PLAIN\ncontrol/remoteauth": "qmail with logins (control/remoteauth)",
        ]
        for (words, name) in builds { #expect(QmailBuild(words: words).description == name) }
    }

    private func bytes(_ content: Content) throws -> [UInt8] { try content.rendered(with: Secrets([:])) }
}
