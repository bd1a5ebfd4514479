import MTAPlan
import Support
import Testing

@testable import MailServers

extension Catalog {
    fileprivate static func server(_ name: String) throws -> any MailServer {
        try #require(all.first { $0.name == name })
    }
}

/// What `make fuzz` found, each as small as it gets.
@Suite struct FoundByFuzzingTests {
    private static let setting = [Array("a = b".utf8)]

    @Test(arguments: ["only\r", "#mtactl# #mtactl#  \na = b\n", "#mtactl# \u{0C}# END mtactl\n\nx\n"])
    func `a block that is set twice is set once`(text: String) throws {
        var once = ConfigLines(Array(text.utf8))
        try once.setBlock(Self.setting, replacing: { number, _ in number == 1 })
        var twice = once
        try twice.setBlock(Self.setting, replacing: { number, _ in number == 1 })

        #expect(twice == once)
        #expect(try twice.blockContent() == Self.setting)
    }

    @Test func `a line behind the block that would continue ours is refused`() throws {
        var file = MainCF(Array("a = b\n# BEGIN mtactl\n# END mtactl\n  c\n".utf8))

        let failure = #expect(throws: Failure.self) { try file.set("relayhost", to: "[x]:25") }

        #expect(failure?.problem.hasPrefix("line 4 of main.cf begins with white space") == true)
    }

    @Test(arguments: ["/etc/two\nlines", "etc/no-root", "/etc/nul\0byte"])
    func `a path that no host can be told is seen before it is asked`(path: String) throws {
        let change = try FileChange(
            path: path,
            found: .absent,
            wanted: .file(Content("x"), mode: FileMode(rawValue: 0o644), owner: "root", group: "root"),
            kind: .configuration,
            secrets: Secrets()
        )

        #expect(POSIXWork(files: [change], reload: []).unsafeArgument == path)
    }

    @Test(arguments: [
        ("a.example", "a.example"), ("[2001:db8::1]", "[2001:db8::1]"),
        (#""a.example smtp --pass=hunter2""#, "[no host]"),
        ("=hunter2$x", "[no host]"), ("'a.example user=u pass=hunter2'", "[no host]"),
    ])
    func `a password where a host is named is not shown`(line: String, shown: String) {
        #expect(NullmailerRemote(line)?.route == shown)
    }

    @Test func `a password in the line of msmtp's host is not shown`() {
        let settings = MsmtpSettings(Array("account default\nhost h:password \"hunter2\"\nport 25\n".utf8))

        #expect(settings.accounts.map(\.route) == ["[no host]"])
    }

    @Test func `a password in msmtp's sender is not said in the refusal`() throws {
        let fixture = try #require(try Fixture.all(of: "msmtp").first { $0.name == "nothing-asked" })
        var facts = fixture.facts
        let path = try #require(facts.read.keys.first { $0.hasSuffix("msmtprc") })
        var file = try #require(facts.file(path))
        file.bytes = Array("account default\nhost h\nfrom web1password \"hunter2\"@example.net\n".utf8)
        facts.files[path] = .file(file)
        let row = SenderRow(sender: .domain("example.net"), route: .via(FixtureRoutes.filter))

        let failure = #expect(throws: Failure.self) {
            try self.plan(Routes(senders: [row]), Msmtp(), facts)
        }

        #expect(failure?.description.contains("hunter2") == false)
    }

    /// Each ended the program: a mark that ends a part stood before the one that begins it.
    @Test func `a log line whose parts are in another order is no delivery`() {
        let sent = SentMessage(messageID: "m@x", from: "a@x", to: "b@x", byteCount: 1)
        let lines = [
            "h m[1.2]: using smarthost (x:25)", "h m[1.2]: trying remote delivery to x] y [z",
            "h m[1.2]: <b@x> delivery successful",
            "h nullmailer-send[1]: Starting delivery: host: protocol: smtp file: 1",
            "h nullmailer-send[1]: Sent file.",
        ]

        for server in Catalog.all {
            var tracer = server.trace.tracer(sent)
            for _ in 0..<4 { if case .found(let found) = tracer.next(after: lines) { #expect(found.relay == nil) } }
        }
    }
    /// `rcpthosts` is matched against a recipient's domain, so such a line lets nothing in; in `smtproutes` it would be a relay.
    @Test(arguments: ["port.example:25", ":25", "blank.example b", "tab.example\tb", "control.example\u{1B}[2J"])
    func `what is no domain in rcpthosts becomes no route`(line: String) throws {
        let fixture = try #require(try Fixture.all(of: "qmail").first { $0.name == "backup-mx" })
        let path = "/var/qmail/control/rcpthosts"
        let routes = try #require(FixtureRoutes.all[fixture.description])
        let before = try plan(routes, Qmail(), fixture.facts)
        var facts = fixture.facts
        var file = try #require(facts.file(path))
        file.bytes += Array((line + "\n").utf8)
        facts.files[path] = .file(file)

        let proposal = try plan(routes, Qmail(), facts)
        let again = try plan(routes, Qmail(), facts.applying(proposal.changes, secrets: FixtureRoutes.secrets))

        #expect(proposal.changes.files == before.changes.files)
        #expect(again.changes.files == [])
    }

    /// Its index would have been made next to the file that the link names, and the one that is read left as it was.
    @Test(arguments: [("postfix", "/etc/postfix/mtactl_senders"), ("sendmail", "/etc/mail/mtactl-routes")])
    func `a table of ours that is a link is refused, but not in a folder that is one`(server: String, path: String)
        throws
    {
        let fixture = try #require(try Fixture.all(of: server).first { $0.name == "routes-changed" })
        let routes = try #require(FixtureRoutes.all[fixture.description])
        let server: any MailServer = server == "postfix" ? Postfix() : Sendmail()
        let name = try #require(path.split(separator: "/").last)
        var facts = fixture.facts
        var table = try #require(facts.file(path))
        table.realPath = "/srv/config/\(name)"
        facts.files[path] = .file(table)

        let failure = #expect(throws: Failure.self) { try self.plan(routes, server, facts) }
        #expect(failure?.place == path && failure?.problem.contains("/srv/config/\(name)") == true)
        #expect(failure?.fault == nil)

        facts.indexes["\(path).db"]?.realPath = "/srv/config/\(name).db"
        #expect(try plan(routes, server, facts).changes.files.contains { $0.path == "/srv/config/\(name)" })
    }

    /// Two lines, one of them in the other's continuation: what is around our block must not show a login either.
    @Test func `a login of the host beside our block is not shown in the difference`() throws {
        let fixture = try #require(try Fixture.all(of: "postfix").first { $0.name == "nothing-asked" })
        var facts = fixture.facts
        var file = try #require(facts.file("/etc/postfix/main.cf"))
        file.bytes += Array(
            "smtp_sasl_password_maps =\n  inline:{ {[h]:25 = u:topsecret1},\n  {b = u:topsecret2} }\n".utf8
        )
        file.bytes += Array("#smtp_sasl_password_maps = static:u:topsecret3\n".utf8)
        facts.files["/etc/postfix/main.cf"] = .file(file)

        let proposal = try plan(
            Routes(defaultRoute: .via(FixtureRoutes.plain)),
            try #require(Catalog.all.first { $0.name == "postfix" }),
            facts
        )

        #expect(proposal.changes.files.contains { $0.path == "/etc/postfix/main.cf" })
        #expect(!planText(of: proposal).contains("topsecret"))
    }

    @Test func `a router file of ours that somebody took away comes back, and nothing else`() throws {
        let fixture = try #require(try Fixture.all(of: "exim").first { $0.name == "split-routes-taken-back" })
        let routes = try #require(FixtureRoutes.all["Exim/senders-with-logins-split-bookworm"])
        let path = "/etc/exim4/conf.d/router/199_mtactl"
        var facts = fixture.facts
        let list = try #require(facts.text("exim.sources"))
        facts.files[path] = nil
        facts.answers["exim.sources"]?.output = Array(list.replacing("\(path)\n", with: "").utf8)

        let proposal = try plan(routes, Exim(), facts)
        let after = try facts.applying(proposal.changes, secrets: FixtureRoutes.secrets)

        #expect(proposal.changes.files.map(\.path) == [path])
        #expect(after.file(path)?.bytes == fixture.facts.file(path)?.bytes)
        #expect(after.text("exim.sources") == list)
    }

    @Test func `a folder of qmail that is no path is not repeated`() throws {
        let fixture = try #require(try Fixture.all(of: "qmail").first { $0.name == "all-with-login" })
        var facts = fixture.facts
        facts.answers["qmail.home"]?.output = Array(".\n:outgoing.example.net:465|u|topsecret\n/var/qmail\r".utf8)

        let failure = #expect(throws: Failure.self) {
            try plan(Routes(defaultRoute: .via(FixtureRoutes.filter)), Qmail(), facts)
        }

        #expect(failure.map { "\($0)".contains("topsecret") } == false)
        #expect(failure?.problem == "the host does not report where its qmail is")
    }

    @Test func `of a relay of qmail's that loses its effect only words are noted`() throws {
        let test = try #require(try LawTests.cases().first { $0.fixture.description == "Qmail/all-over-others" })
        let path = "/var/qmail/control/smtproutes"
        var facts = test.fixture.facts
        var file = try #require(facts.file(path))
        file.bytes += Array("\n:g9Hp4Qb6Xq2Zk9Zv4P:25\n".utf8)
        facts.files[path] = .file(file)

        let notes = try test.proposal(given: facts).notes

        #expect(notes.contains { $0.contains("sends all other mail to `…:25`") }, "\(notes)")
    }

    @Test(arguments: [
        ("/etc/smtpd.conf:23: syntax error,filter u:topsecret\n", ": /etc/smtpd.conf:23"),
        ("warn: x\n/etc/smtpd.conf:23: unknown action: topsecret\n", ": /etc/smtpd.conf:23"),
        ("/etc/smtpd.conf:23: syntax error\n", ": /etc/smtpd.conf:23: syntax error"),
        ("topsecret: 3: x\n", ""), ("u:topsecret", ""),
    ])
    func `of OpenSMTPD's own words only the place is told`(said: String, told: String) throws {
        let fixture = try #require(try Fixture.all(of: "opensmtpd").first)
        var facts = fixture.facts
        facts.answers["opensmtpd.check"] = Facts.Answer(output: [], errors: Array(said.utf8), status: 1)

        let failure = #expect(throws: Failure.self) {
            try plan(Routes(defaultRoute: .via(FixtureRoutes.filter)), OpenSMTPD(), facts)
        }

        #expect(failure?.problem == "opensmtpd cannot read its own configuration\(told)")
    }

    /// Two `` ` `` in a value of the host turned what is chosen and what is not around in the whole sentence.
    @Test(arguments: [
        ("AddressSpaces", "smtp:`topsecret`;1"), ("AddressSpaces", "smtp:x#topsecret;1"), ("Fqdn", "# topsecret"),
        ("AuthenticationCredential", "topsecret"), ("TlsCertificateName", "topsecret"), ("ErrorPolicies", "topsecret"),
        ("SmartHosts", "user:topsecret@old.example.net"), ("MaxMessageSize", "35 MB (123456789012 bytes)"),
        ("SourceTransportServers", "EX01=topsecret"), ("Port", "123456789012"),
    ])
    func `a password in a property of a connector is not shown`(property: String, value: String) throws {
        let cases = ExchangeCase.all.filter { $0.organization.release == .v2016 }
        for test in cases {
            for index in test.organization.connectors.indices {
                var organization = test.organization
                organization.connectors[index].properties[property] = .text(value)

                let shown = try Catalog.server("exchange").shown(
                    test.routes,
                    extras: ServerExtras(test.settings),
                    organization.facts,
                    FixtureRoutes.secrets
                )

                for text in shown { #expect(!text.contains("topsecret") && !text.contains("123456789012"), "\(text)") }
            }
        }
    }

    @Test func `a rule of Kerio is not called by what stands in the place of its host`() throws {
        var members = try #require(KerioSample.rule("").written(password: "").object)
        members["hostName"] = .text("dnl topsecret")
        let rule = try #require(RelayRule(.object(members)))

        #expect(rule.name == "port 25")
    }

    /// It was quoted in the planner's refusal, past what is chosen.
    @Test func `a word that no host can be given is not repeated`() throws {
        let test = try #require(ExchangeCase.all.first { $0.name == "edited, by address" })
        var organization = test.organization
        organization.connectors[0].properties["OriginatingServer"] = .text("dc1\ntopsecret")

        let plan = Planner(catalog: Catalog.products).plan(
            Play(name: "x", hosts: "all", routes: test.routes),
            verify: nil,
            for: "ex1",
            mta: .auto,
            facts: organization.facts,
            secrets: FixtureRoutes.secrets
        )

        guard case .refused(let failure) = plan.disposition else { return _ = Issue.record("it was planned") }
        #expect(!failure.description.contains("topsecret"))
        #expect(failure.problem.hasPrefix("the host cannot be given"))
    }

    private func plan(_ routes: Routes, _ server: any MailServer, _ facts: Facts) throws(Failure) -> Proposal {
        try server.proposal(for: routes, extras: ServerExtras(), given: facts, secrets: FixtureRoutes.secrets)
    }
}
