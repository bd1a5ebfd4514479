import Foundation
import MTAPlan
import Support
import Testing

@testable import MailServers

/// Postfix's order of resolution, as the manual pages have it, on a host of the fixtures with a main.cf of the test's.
@Suite struct PostfixRoutingTests {
    static func facts(_ main: String, master: String = "", files: [String: String] = [:]) throws -> Facts {
        let fixture = try #require(try Fixture.all(of: "postfix").first { $0.name == "nothing-asked" })
        var facts = fixture.facts
        let path = "/etc/postfix/main.cf"
        var file = try #require(facts.file(path))
        file.bytes = Array(("myhostname = web1.example.com\n" + main).utf8)
        facts.files[path] = .file(file)
        var services = try #require(facts.file("/etc/postfix/master.cf"))
        services.bytes += Array(master.utf8)
        facts.files["/etc/postfix/master.cf"] = .file(services)
        for (path, text) in files {
            facts.files[path] = .file(
                FoundFile(
                    realPath: path,
                    bytes: Array(text.utf8),
                    mode: FileMode(rawValue: 0o644),
                    owner: "root",
                    group: "root"
                )
            )
        }
        facts.answers["postfix.values"]?.output = Array("config_directory = /etc/postfix\n".utf8)
        return facts
    }

    private static func handling(
        from sender: String = "me@web1.example.com",
        to recipient: String = "you@remote.example",
        _ main: String,
        master: String = "",
        files: [String: String] = [:]
    ) throws -> String {
        let facts = try facts(main, master: master, files: files)
        let host = try PostfixHost(facts)
        let routing = PostfixRouting(main: host.main, services: host.services, facts: facts, on: host)
        let handling = routing.handling(of: Probe(from: sender, to: recipient))
        return [handling.place.words, handling[.way], handling[.nextHop]].compactMap(\.self).joined(separator: " ")
    }

    @Test(arguments: [
        ("", "direct smtp"),
        ("relayhost = [a.example]:587", "to a relay smtp a.example"),
        ("relayhost = [a.example]\ndefault_transport = other:[b.example]", "not sent on by itself other b.example"),
        ("relayhost = [a.example]\ndefault_transport = relay:[b.example]", "to a relay relay b.example"),
        (
            "relayhost = [a.example]\nsender_dependent_relayhost_maps = inline:{@web1.example.com=[c.example]}",
            "to a relay smtp c.example"
        ),
        (
            "relayhost = [a.example]\nsender_dependent_default_transport_maps = static:smtp:",
            "to a relay smtp a.example"
        ),
        (
            "relayhost = [a.example]\nsender_dependent_default_transport_maps = static:DUNNO",
            "to a relay smtp a.example"
        ),
        ("relayhost = [a.example]\ntransport_maps = inline:{remote.example=smtp:}", "direct smtp"),
        ("relayhost = [a.example]\ntransport_maps = inline:{remote.example=:}", "to a relay smtp a.example"),
        ("transport_maps = inline:{.example=smtp:[d.example]}", "to a relay smtp d.example"),
        ("transport_maps = regexp:{{/@remote\\.example$/ smtp:[e.example]}}", "to a relay smtp e.example"),
        ("transport_maps = inline:{*=error:no}", "not sent on by itself error"),
        ("mydestination = $x\nx = a.example, remote.example", "kept by the host local"),
        ("virtual_mailbox_domains = /etc/domains", "kept by the host virtual"),
        ("relay_domains = example\nrelayhost = [a.example]", "kept by the host relay a.example"),
        (
            "relay_domains = remote.example\nmydestination = remote.example\nrelayhost = [a.example]",
            "kept by the host local"
        ),
    ])
    func `a message takes the way that the manual pages say`(_ main: String, _ wanted: String) throws {
        let found = try Self.handling(
            main + "\nparent_domain_matches_subdomains = relay_domains\n",
            files: ["/etc/domains": "one.example\nremote.example\n"]
        )

        #expect(found.hasPrefix(wanted), "\(found)")
    }

    @Test(arguments: [
        ("^.*$", "a@b", true, true), ("@", "a@b", true, true), (".", "a@b", true, true),
        ("@old\\.example$", "a@old.example", true, false), ("@old\\.example$", "a@oldxexample", false, false),
        ("^a.c@", "abc@x", true, false), ("^a.*z$", "a@b.z", true, false), ("^a.+z$", "az", false, false),
        ("A@B", "x-a@b.example", true, false), ("^(.*\\.)?example\\.org$", "example.org", true, false),
        ("^(.*\\.)?example\\.org$", "mail.example.org", true, false),
        ("^(.*\\.)?example\\.org$", "badexample.org", false, false), ("^(a|b)c$", "bc", true, false),
        ("^(a|b)c$", "abc", false, false), ("^[a-c_]+@[^@]*$", "ab_c@x", true, false),
        ("^[a-c_]+@", "abd@x", false, false), ("^[[:alnum:].-]{2,3}$", "a-1", true, false),
        ("^[[:alnum:].-]{2,3}$", "a-1b", false, false), ("^\\w+\\.test$", "a2.test", true, false),
        (".+@.+", "a@b", true, true), ("^x?y*$", "xyy", true, false), ("a$b", "a$b", false, false),
        ("^(([a-z]+)*)*$", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", false, false),
    ])
    func `an expression matches as regexp and pcre do`(
        _ text: String,
        _ address: String,
        _ matches: Bool,
        _ isOfAll: Bool
    )
        throws
    {
        let pattern = try #require(TablePattern(text))

        #expect(pattern.matches(address) == matches)
        #expect(pattern.isOfAll == isOfAll)
    }

    @Test(arguments: ["(a)\\1", "(?=a)b", "a**", "a{31}", "\\bx", "(a", "a)", "[a", "a{x}", "a++", "[[:word:]]", "*a"])
    func `an expression that is not understood is not guessed at`(_ text: String) {
        #expect(TablePattern(text) == nil)
    }

    /// A host may write what costs most.
    @Test func `empty parts and repeats of repeats cost no more than their length`() throws {
        for part in ["", "a{0}", "a{0,0}", "^", "(|)"] {
            var text = part
            for _ in 0..<18 { text = "(\(text)){30}" }
            #expect(processorTime { _ = TablePattern(text)?.matches("a@b.example") } < .seconds(1), "\(part)")
        }
    }

    // MARK: Taking back

    @Test(arguments: [
        "relayhost = [old.example.net]:587\n", "relayhost =\n  # the first\n  [old.example.net]:587\n\nbiff = no\n",
        "relayhost = [one.example]\nrelayhost = [two.example]\n",
        "default_transport = smtp:[old.example.net]\nbiff = no",
        "relayhost = $a\na = [old.example.net]\nsender_dependent_relayhost_maps = inline:{@a.example=[b.example]}\n",
        "relay_domains = other.example\nrelayhost = [old.example.net]\nrelay_transport = relay\n",
        "smtp_destination_rate_delay = 2s\n",
    ])
    func `what was replaced comes back without a backup`(_ main: String) throws {
        let facts = try Self.facts(main)
        let asked = try Self.proposal(Routes(defaultRoute: .via(FixtureRoutes.filter)), facts)
        let after = try facts.applying(asked.changes, secrets: FixtureRoutes.secrets)
        let back = try Self.proposal(Routes(), after)
        let end = try after.applying(back.changes, secrets: Secrets())

        #expect(end.file("/etc/postfix/main.cf")?.bytes == facts.file("/etc/postfix/main.cf")?.bytes)
        #expect(end.file("/etc/postfix/master.cf")?.bytes == facts.file("/etc/postfix/master.cf")?.bytes)
        #expect(after.file("/etc/postfix/main.cf")?.bytes != facts.file("/etc/postfix/main.cf")?.bytes)
    }

    @Test func `limits of the host's own service are those of ours`() throws {
        let facts = try Self.facts("smtp_destination_rate_delay = 2s\nsmtp_destination_concurrency_limit = 3\n")
        let routes = Routes(defaultRoute: .via(FixtureRoutes.filter))
        let asked = try Self.proposal(routes, facts)
        let after = try facts.applying(asked.changes, secrets: FixtureRoutes.secrets)
        let text = try #require(after.file("/etc/postfix/main.cf")).bytes.text

        #expect(text.contains("mtactl-filter_destination_rate_delay = $smtp_destination_rate_delay\n"))
        #expect(
            try Self.differential(asked, routes, facts).objection(to: routes, by: Glossary([], own: routes.words))
                == nil
        )
    }

    // MARK: Marks that were moved

    @Test func `a service of the host's between our marks stays, and ours outside of them is found`() throws {
        let own = "submission inet n - y - - smtpd\n  -o syslog_name=postfix/submission\n"
        let ours = "mtactl-filter unix - - y - - smtp\n  -o smtp_sasl_auth_enable=no\n"
        let lines = ours.split(separator: "\n").map(String.init)
        for text in [
            "smtp inet n - y - - smtpd\n# BEGIN mtactl\n\(own)\(ours)# END mtactl\n",
            "# BEGIN mtactl\n# END mtactl\n\(ours)\(own)", "\(own)\(ours)# BEGIN mtactl\n# END mtactl\n",
        ] {
            var master = MasterCF(Array(text.utf8))
            try master.setOurs(lines)
            let once = master
            try master.setOurs(lines)

            #expect(master == once)
            #expect(master.bytes.text.contains(own))
            #expect(try master.services().filter(\.isOurs).map(\.name) == ["mtactl-filter"])
            try master.setOurs([])
            #expect(master.bytes.text.contains(own))
            #expect(!master.bytes.text.contains("mtactl"))
        }
    }

    // MARK: It can see

    @Test(arguments: ["13-recipient-row-hosted-in-table-file", "13-recipient-row-hosted-in-table-hash"])
    func `a row for a domain that a table hosts is refused by the comparison, and by nothing else`(_ name: String)
        throws
    {
        let facts = try #require(try Fixture.wild()["postfix/\(name)"])
        let routes = Routes(
            recipients: [RecipientRow(domain: .exactly("example.org"), route: .via(FixtureRoutes.filter))]
        )
        // As it would be planned if no list of the host's own domains were looked at before.
        var blind = facts
        for path in ["/etc/postfix/virtual-mailbox-domains", "/etc/postfix/vdomains"] { blind.files[path] = nil }
        let work = try Self.proposal(routes, blind).changes
        let outcome = { (compares: Bool) in
            Planner(catalog: [SwitchableServer(Postfix(), work: work, compares: compares)]).plan(
                Play(name: "all", hosts: "all", mta: .named("postfix"), routes: routes),
                verify: nil,
                for: "host1",
                mta: .auto,
                facts: facts,
                secrets: FixtureRoutes.secrets
            ).outcome
        }

        #expect(outcome(true) == .refused)
        #expect(outcome(false) == .wouldChange)
    }

    // MARK: Many rows

    @Test func `eight times the rows, domains and senders take far less than sixty-four times the processor time`()
        throws
    {
        let few = try (0..<3).map { _ in try Self.duration(ofPlanning: 100) }.min() ?? .zero
        let many = try Self.duration(ofPlanning: 800)

        #expect(many < few * 28 + .milliseconds(20), "\(few), \(many)")
    }

    private static func duration(ofPlanning count: Int) throws -> Duration {
        let names = (0..<count).map { "d\($0).example" }
        let facts = try facts(
            "virtual_mailbox_domains = /etc/domains\ntransport_maps = hash:/etc/transport\n",
            files: [
                "/etc/domains": names.map { $0 + "\n" }.joined(),
                "/etc/transport": names.map { "t\($0) smtp:[a.example]\n" }.joined(),
            ]
        )
        let routes = Routes(
            defaultRoute: .via(FixtureRoutes.filter),
            recipients: (0..<count).map {
                RecipientRow(domain: .exactly("r\($0).example"), route: .via(FixtureRoutes.filter))
            },
            senders: (0..<count).map { SenderRow(sender: .domain("s\($0).example"), route: .via(FixtureRoutes.filter)) }
        )
        return try processorTime {
            let objection = try differential(try proposal(routes, facts), routes, facts).objection(
                to: routes,
                by: Glossary([], own: routes.words)
            )
            #expect(objection == nil)
        }
    }

    static func proposal(_ routes: Routes, _ facts: Facts) throws -> Proposal {
        try Postfix().proposal(for: routes, extras: ServerExtras(), given: facts, secrets: FixtureRoutes.secrets)
    }

    static func differential(_ proposal: Proposal, _ routes: Routes, _ facts: Facts) throws -> Differential {
        try #require(Postfix().differential(of: proposal, for: routes, given: facts, probing: []))
    }
}
