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

    private static func proposal(
        of routes: Routes,
        on name: String = "all-with-login-trixie",
        answering answers: [String: String] = [:]
    ) throws -> Proposal {
        var facts = try facts(name)
        for (key, text) in answers {
            let before = key == "sendmail.lines" ? facts.answers[key]?.output ?? [] : []
            facts.answers[key] = .init(output: before + Array(text.utf8))
        }
        let secrets = Secrets([.environment("EXAMPLE"): Secret("x"), .environment("FILTER"): Secret("x")])
        return try Sendmail().proposal(for: routes, extras: .init(), given: facts, secrets: secrets)
    }

    private static let plain = Smarthost(name: "plain", hosts: ["relay.example.net"], tls: .opportunistic)
    private static let bySender = Routes(senders: [SenderRow(sender: .domain("example.com"), route: .via(plain))])

    @Test(arguments: [
        ("sendmail.exposed", "/etc/mail/sendmail.mc: it belongs to user 1000\n", "/etc/mail/sendmail.mc"),
        ("sendmail.exposed", "/etc/mail: group 1000 can write to it\n", "`/etc/mail`"),
        ("sendmail.exposed", "/etc/mail/access: not a file\n", "/etc/mail/access cannot be read: not a file"),
        ("sendmail.runs", "/etc/mail/sendmail.mc: syscmd\n", "(syscmd or esyscmd)"),
        ("sendmail.runs", "/etc/mail/sendmail.cf: F|\n", "is read from a program"),
        ("sendmail.submit", "host [relay.example.net]\nport\n", "`[relay.example.net]`"),
        ("sendmail.submit", "host [127.0.0.1]\nport 10025\n", "`[127.0.0.1]:10025`"),
        ("sendmail.lines", "\nO FallbackSmartHost=[old.example.net]\n", "FallbackSmartHost sends mail to `[old"),
        ("sendmail.lines", "\nO FallbackMXhost=old.example.net\n", "FallbackMXhost"),
    ])
    func `what others can change, what is run, and ways past our routes are refused by their names`(
        _ key: String,
        _ answer: String,
        _ words: String
    ) throws {
        let failure = #expect(throws: Failure.self) {
            try Self.proposal(of: Self.bySender, answering: [key: answer])
        }
        #expect(
            failure.map { ($0.place ?? "") + $0.problem }?.contains(words) == true,
            "\(String(describing: failure))"
        )
    }

    @Test(arguments: ["[127.0.0.1]", "[localhost]", "[IPv6:::1]", "[IPv6:0:0:0:0:0:0:0:1]", "localhost"])
    func `mail handed to this host's own daemon takes our routes`(_ host: String) throws {
        _ = try Self.proposal(of: Self.bySender, answering: ["sendmail.submit": "host \(host)\nport 587\n"])
        #expect(throws: Never.self) {
            try Self.proposal(of: Self.bySender, answering: ["sendmail.submit": "host \(host)\nport\n"])
        }
    }

    @Test func `bounces stay as they were where no smarthost is the default`() throws {
        #expect(try SendmailRoutes(Self.bySender).rows.map(\.key) == ["from:@example.com"])
        #expect(
            try SendmailRoutes(Routes(defaultRoute: .via(Self.plain), senders: Self.bySender.senders)).rows.map(\.key)
                == ["bounces", "from:@example.com"]
        )
    }

    @Test func `rules of the host's own are noted with their place`() throws {
        var facts = try Self.facts("all-with-login-trixie")
        let path = try #require(facts.text("sendmail.source"))
        var file = try #require(facts.file(path))
        file.bytes += Array("LOCAL_NET_CONFIG\nR$* < @ $* lab.test. > $*\t$#esmtp $@ x $: x\n".utf8)
        facts.files[path] = .file(file)
        let proposal = try Sendmail().proposal(for: Self.bySender, extras: .init(), given: facts, secrets: Secrets([:]))

        #expect(proposal.notes.contains { $0.contains("rules of the host under LOCAL_NET_CONFIG still decide") })
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
