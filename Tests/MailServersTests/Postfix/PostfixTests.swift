import MTAPlan
import Support
import Testing

@testable import MailServers

/// What is particular to Postfix, on the hosts of the fixtures.
@Suite struct PostfixTests {
    static func fixtures() throws -> [Fixture] { try Fixture.all(of: "postfix") }

    private func fixture(_ name: String) throws -> Fixture {
        try #require(Self.fixtures().first { $0.name == name })
    }

    private func plan(
        _ routes: Routes,
        on name: String,
        changing change: (inout Facts) -> Void = { _ in }
    ) throws -> Proposal {
        var facts = try fixture(name).facts
        change(&facts)
        let postfix = try #require(Catalog.all.first { $0.name == "postfix" })
        return try postfix.proposal(for: routes, extras: ServerExtras(), given: facts, secrets: FixtureRoutes.secrets)
    }

    private func failure(
        _ routes: Routes,
        on name: String = "nothing-asked",
        changing change: (inout Facts) -> Void = { _ in }
    ) throws -> Failure {
        let failure = #expect(throws: Failure.self) { try self.plan(routes, on: name, changing: change) }
        let found = try #require(failure)
        #expect(found.fault == nil)
        return found
    }

    @Test func `the options of our services are printed as postconf prints them`() throws {
        let name = "all-with-login-again"
        let expectations = try plan(Routes(defaultRoute: .via(FixtureRoutes.filter)), on: name).changes.expectations
        let printed = try #require(expectations.first { $0.command.words.contains("mtactl-filter/unix") }?.output)
        let lines = printed.split(separator: "\n")

        #expect(lines.contains("mtactl-filter/unix/smtp_fallback_relay ="))
        #expect(lines.contains("mtactl-filter/unix/syslog_name = postfix/mtactl-filter"))
        #expect(lines.sorted() == lines)
    }

    @Test func `a host with several instances is refused, as mail may leave by another one`() throws {
        let found = try failure(Routes(defaultRoute: .via(FixtureRoutes.filter)), on: "all-with-login-trixie") {
            facts in
            facts.answers["postfix.values"]?.output += Array("\nmulti_instance_directories = /etc/postfix-out\n".utf8)
        }

        #expect(found.problem.contains("`/etc/postfix` and `/etc/postfix-out`"))
    }

    @Test func `whether the daemon runs is asked where it is installed`() throws {
        let proposal = try plan(Routes(defaultRoute: .via(FixtureRoutes.filter)), on: "all-with-login-trixie") {
            facts in
            facts.answers["postfix.values"]?.output += Array("\ndaemon_directory = /usr/lib/postfix/sbin\n".utf8)
        }

        #expect(proposal.changes.health.map { $0.words[4] } == ["/usr/lib/postfix/sbin"])
    }

    // MARK: Asking for less

    @Test(arguments: [
        "all-with-login-bookworm", "everything-verified-trixie", "crlf", "senders-file-bookworm", "panel-maps-senders",
        "recipients-bookworm", "byte-order-mark",
    ])
    func `asking for nothing takes everything of ours away again`(_ name: String) throws {
        let fixture = try fixture(name)
        let routes = try #require(FixtureRoutes.all["Postfix/\(name)"])
        let asked = try Postfix().proposal(
            for: routes,
            extras: ServerExtras(),
            given: fixture.facts,
            secrets: FixtureRoutes.secrets
        )
        let after = try fixture.facts.applying(asked.changes, secrets: FixtureRoutes.secrets)

        let nothing = try Postfix().proposal(for: Routes(), extras: ServerExtras(), given: after, secrets: Secrets())

        let end = try after.applying(nothing.changes, secrets: Secrets())
        #expect(end.present.mapValues(\.file?.bytes) == fixture.facts.present.mapValues(\.file?.bytes))
    }

    @Test func `asking a fresh host for nothing changes nothing`() throws {
        #expect(try plan(Routes(), on: "nothing-asked").changes.files == [])
    }

    // MARK: Refusals

    @Test(arguments: [
        ("", "is empty"), ("a\nb", "line break"), ("a\u{0}b", "NUL"), ("trailing ", "white space"),
        ("tab\t", "white space"),
    ])
    func `a password that Postfix would not read back is refused`(_ password: String, _ words: String) throws {
        let facts = try fixture("nothing-asked").facts
        let secrets = Secrets([.environment("FILTER"): Secret(password)])

        let failure = #expect(throws: Failure.self) {
            try Postfix().proposal(
                for: Routes(defaultRoute: .via(FixtureRoutes.filter)),
                extras: ServerExtras(),
                given: facts,
                secrets: secrets
            )
        }

        #expect(failure?.problem.contains(words) == true)
        #expect(failure?.fault == nil)
        if password.count > 2 { #expect(failure?.description.contains(password) == false) }
    }

    @Test func `a password that is not UTF-8 is refused, as postmap passes over its line and the mail would bounce`()
        throws
    {
        let facts = try fixture("nothing-asked").facts
        let secrets = Secrets([.environment("FILTER"): Secret([0x70, 0xE9])])

        #expect(throws: Failure.self) {
            try Postfix().proposal(
                for: Routes(defaultRoute: .via(FixtureRoutes.filter)),
                extras: ServerExtras(),
                given: facts,
                secrets: secrets
            )
        }
    }

    @Test(arguments: ["a:b", "", " a", "a\nb"])
    func `a user name that Postfix would not read back is refused`(_ user: String) throws {
        var smarthost = FixtureRoutes.filter
        smarthost.login?.username = user

        #expect(try failure(Routes(defaultRoute: .via(smarthost))).problem.contains("user name"))
    }

    @Test(arguments: ["2.11.3", "2.9"])
    func `a Postfix before 3.0 is refused`(_ version: String) throws {
        let failure = try failure(Routes(defaultRoute: .via(FixtureRoutes.plain))) {
            $0.answers["postfix.version"]?.output = Array("\(version)\n".utf8)
        }

        #expect(failure.problem.contains(version))
    }

    @Test func `several hosts before 3.5 are refused`() throws {
        var smarthost = FixtureRoutes.plain
        smarthost.hosts = ["a.example.net", "b.example.net"]

        let failure = try failure(Routes(defaultRoute: .via(smarthost))) {
            $0.answers["postfix.version"]?.output = Array("3.4.23".utf8)
        }

        #expect(failure.problem.contains("several hosts"))
    }

    @Test func `an address cannot be verified`() throws {
        var smarthost = FixtureRoutes.verified
        smarthost.hosts = ["2001:db8::1"]

        #expect(try failure(Routes(defaultRoute: .via(smarthost))).problem.contains("2001:db8::1"))
    }

    @Test func `two smarthosts that come to one service name are refused`() throws {
        var other = FixtureRoutes.plain
        other.name = "filter-senders"
        let login = Login(username: "x", password: .environment("BOSS"))
        let routes = Routes(
            defaultRoute: .via(other),
            senders: [SenderRow(sender: .domain("a.example"), route: .via(FixtureRoutes.filter), login: login)]
        )

        #expect(try failure(routes).problem.contains("service name"))
    }

    @Test(arguments: ["a b@example.com", "\"a\"@example.com", "#a@example.com", "a\u{1B}@example.com"])
    func `an address that cannot be a key is refused`(_ address: String) throws {
        let routes = Routes(senders: [SenderRow(sender: .address(address), route: .via(FixtureRoutes.plain))])

        #expect(try !failure(routes).description.unicodeScalars.contains("\u{1B}"))
    }

    @Test func `subdomains of a relayed domain are refused, and a relayed domain below is left as it is`() throws {
        let relay = { (facts: inout Facts) in
            let values = facts.answers["postfix.values"]?.output.text ?? ""
            facts.answers["postfix.values"]?.output = Array(
                values.replacing("relay_domains =\n", with: "relay_domains = in.example.org hash:/etc/x\n").utf8
            )
        }
        let row = { (domain: DomainPattern) in
            Routes(recipients: [RecipientRow(domain: domain, route: .via(FixtureRoutes.plain))])
        }

        #expect(try failure(row(.subdomains(of: "in.example.org")), changing: relay).problem.contains("relay_domains"))
        #expect(try failure(row(.exactly("a.in.example.org")), changing: relay).problem.contains("relay_domains"))
        let text = planText(of: try plan(row(.subdomains(of: "example.org")), on: "nothing-asked", changing: relay))
        #expect(text.contains("+in.example.org :\n") && text.contains("+.in.example.org :\n"))
    }

    @Test func `a sender whose return path is rewritten must have the new sender's route`() throws {
        var routes = Routes(
            defaultRoute: .via(FixtureRoutes.plain),
            senders: [SenderRow(sender: .domain("adp.example"), route: .via(FixtureRoutes.filter))],
            returnPath: ReturnPathRewrite(to: "valid@example.com", senders: ["prvs=*=notify@adp.example"])
        )
        #expect(try failure(routes).problem.contains("adp.example"))

        routes.returnPath?.senders = ["a@other.example", "*@*.example"]
        #expect(try failure(routes).problem.contains("adp.example"))

        routes.senders.append(SenderRow(sender: .domain("example.com"), route: .via(FixtureRoutes.filter)))
        #expect(try failure(routes).problem.contains("a@other.example"))

        routes.returnPath?.senders = ["prvs=*=notify@adp.example"]
        #expect(try !plan(routes, on: "nothing-asked").changes.files.isEmpty)
    }

    @Test func `two rows that differ in capitals only are refused`() throws {
        let routes = Routes(
            senders: ["Boss@example.com", "boss@example.com"].map {
                SenderRow(sender: .address($0), route: .via(FixtureRoutes.plain))
            }
        )

        #expect(try failure(routes).problem.contains("boss@example.com"))
    }

    @Test func `the password of a message that goes without TLS is noted`() throws {
        #expect(
            try plan(Routes(defaultRoute: .via(FixtureRoutes.clear)), on: "nothing-asked").notes.contains {
                $0.contains("clear text")
            }
        )
    }

    // MARK: Facts

    @Test func `logs are looked for where Postfix writes them`() throws {
        var facts = try fixture("nothing-asked").facts
        #expect(Postfix().trace.log(facts) == nil)
        facts.answers["postfix.syslog"] = Facts.Answer(output: Array("journal\n".utf8))
        #expect(Postfix().trace.log(facts) == .journal(by: ["postfix"]))
        facts.answers["postfix.syslog"] = Facts.Answer(output: Array("/var/log/mail.log\n".utf8))
        #expect(Postfix().trace.log(facts) == .file("/var/log/mail.log"))
        facts.answers["postfix.values"] = Facts.Answer(output: Array("maillog_file = /var/log/postfix.log\n".utf8))
        #expect(Postfix().trace.log(facts) == .file("/var/log/postfix.log"))
    }

    @Test(
        arguments: [
            ("nothing-asked", "direct", nil, "may"), ("panel-maps-senders", "[relay.example.net]:587", "panel", "may"),
            ("all-with-login-again", "[outgoing.example.net]:587", "out@example.com", "encrypt"),
            ("continued-through-comments", "[old.example.net]:587", nil, nil),
        ] as [(String, String, String?, String?)]
    )
    func `the survey says how mail leaves today`(_ name: String, _ route: String, _ login: String?, _ tls: String?)
        throws
    {
        let survey = Postfix().survey(try fixture(name).facts)

        #expect(survey.defaultRoute == route)
        #expect(survey.login == login)
        #expect(survey.tls == tls)
        #expect(survey.queued == 0)
    }

    @Test func `a row for a sender tells smarthost, TLS and login`() throws {
        let survey = Postfix().survey(try fixture("routes-taken-back").facts)

        #expect(
            survey.senders.prefix(2) == [
                Survey.Row("@example.com", "[outgoing.example.net]:587", tls: "encrypt", login: "example"),
                Survey.Row("boss@example.com", "[outgoing.example.net]:587", tls: "encrypt", login: "boss"),
            ]
        )
    }
}
