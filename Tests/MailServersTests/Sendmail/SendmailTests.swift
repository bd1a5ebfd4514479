import MTAPlan
import Support
import Testing

@testable import MailServers

@Suite struct SendmailTests {
    private static func facts(_ name: String) throws -> Facts {
        try #require(try Fixture.all(of: "sendmail").first { $0.name == name }).facts
    }

    @Test func `the route of today is told with its port, and the login without its password`() throws {
        let foreign = Sendmail().survey(try Self.facts("foreign-routes"))

        #expect(foreign.defaultRoute == "[old.example.net]:25")
        #expect(foreign.recipients.map(\.key) == ["intern.example", ".intern.example"])
        #expect(foreign.login == "old")

        let ours = Sendmail().survey(try Self.facts("all-with-login-again"))
        #expect(ours.defaultRoute == "[outgoing.example.net]:587")
        #expect(ours.login == "out@example.com")
        #expect(ours.tls == "required")
        #expect(ours.senders == [.init("<>", "direct")])
    }

    @Test func `a block in the middle of sendmail.mc is replaced where it stands, and what is around it stays`() throws
    {
        for text in ["a\n", "a", "a\r\nb\r\n", "", "dnl é\n\n\n"] {
            var lines = ConfigLines(Array(text.utf8))
            try lines.setBlock([Array("define(`SMART_HOST', `x')dnl".utf8)])
            var later = ConfigLines(lines.bytes + Array("\nMAILER(`cyrus')dnl\n".utf8))
            try later.setBlock([])
            try lines.setBlock([])

            #expect(lines.bytes == Array(text.utf8))
            #expect(later.bytes.text.hasSuffix("MAILER(`cyrus')dnl\n"))
            #expect(!later.bytes.text.contains("SMART_HOST"))
        }
    }

    @Test func `several hosts are tried in order, and an IPv6 address is written as SMTP writes it`() {
        let smarthost = Smarthost(name: "both", hosts: ["a.example", "2001:db8::1"])

        #expect(smarthost.nextHop == "[a.example]:[IPv6:2001:db8::1]")
        #expect(smarthost.mailer == "mtactl-both-587")
    }

    @Test func `mailers are read over several lines, and the port is their last argument`() {
        let answer =
            "DSrelay:[x]\nMrelay,\t\tP=[IPC], F=mDFMuXa8,\n\t\tT=DNS/RFC822/SMTP,\n\t\tA=TCP $h 2525\nMlocal, P=/bin/a, A=a $u\n"
        let made = SendmailCF(Facts(answers: ["sendmail.lines": .init(output: Array(answer.utf8))]))

        #expect(made.mailer("relay") == "P=[IPC], F=mDFMuXa8, T=DNS/RFC822/SMTP, A=TCP $h 2525")
        #expect(made.port(of: "relay") == 2525)
        #expect(made.port(of: "local") == nil)
        #expect(made.macro("S") == "relay:[x]")
    }

    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("foobar", "Zm9vYmFy"),
    ])
    func `base64 is that of RFC 4648`(_ text: String, _ encoded: String) {
        #expect(Content.Encoding.base64.text(text) == encoded)
        #expect(Base64.decoded(encoded) == Array(text.utf8))
    }

    @Test(arguments: [
        ("mail.log", "rsyslogd", "file"), ("nothing", "systemd-journal", "journal"), ("maillog", "syslogd", "file"),
    ])
    func `the log is the syslog daemon's file where one runs, else the journal`(
        _ name: String,
        _ daemon: String,
        _ kind: String
    ) {
        let facts = Facts(answers: [
            "log.daemon": .init(output: Array("\(daemon)\n".utf8)),
            "log.files": .init(output: Array("1 2 /var/log/\(name)\n".utf8)),
            "log.journal": .init(output: [], status: kind == "journal" ? 0 : 1),
        ])

        #expect(
            Sendmail().trace.log(facts)
                == (kind == "journal" ? .journal(by: ["smmta", "smmsp", "mailnull"]) : .file("/var/log/\(name)"))
        )
    }

    @Test func `a password longer than Sendmail has room for is refused`() throws {
        let secrets = Secrets([.environment("FILTER"): Secret(String(repeating: "x", count: 200))])
        let failure = #expect(throws: Failure.self) {
            try Sendmail().proposal(
                for: FixtureRoutes.everyone(via: FixtureRoutes.filter),
                extras: ServerExtras(),
                given: try Self.facts("all-with-login-trixie"),
                secrets: secrets
            )
        }

        #expect(failure?.problem.contains("140 bytes") == true)
    }
}
