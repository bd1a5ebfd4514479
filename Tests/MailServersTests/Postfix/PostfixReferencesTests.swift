import MTAPlan
import Support
import Testing

@testable import MailServers

/// Settings that depend on what a plan changes, and lists of the host's own domains in every form.
@Suite struct PostfixReferencesTests {
    private static let all = Routes(defaultRoute: .via(FixtureRoutes.filter))

    private static func recipient(_ domain: DomainPattern) -> Routes {
        Routes(recipients: [RecipientRow(domain: domain, route: .via(FixtureRoutes.filter))])
    }

    /// Why a plan is refused, by the proposal or by the comparison; `nil` where it is not.
    private static func refusal(
        _ routes: Routes,
        _ main: String,
        master: String = "",
        files: [String: String] = [:]
    ) throws -> String? {
        let facts = try PostfixRoutingTests.facts(main, master: master, files: files)
        do {
            let proposal = try PostfixRoutingTests.proposal(routes, facts)
            let differential = try PostfixRoutingTests.differential(proposal, routes, facts)
            return differential.objection(to: routes, by: Glossary([], own: routes.words))?.problem
        } catch let failure as Failure {
            return failure.problem
        }
    }

    @Test(arguments: [
        ("virtual_transport = smtp:$relayhost\nvirtual_mailbox_domains = hosted.example", "virtual_transport"),
        ("relay_transport = relay:$relayhost\nrelay_domains = partner.example", "relay_transport"),
        ("relay_transport = ${relayhost?smtp:$relayhost}${relayhost:relay}", "relay_transport"),
        ("fallback_transport = smtp:$(relayhost)", "fallback_transport"),
        ("mine = $relayhost\nvirtual_transport = smtp:${mine}", "mine"),
        ("smtp_fallback_relay = ${relayhost}", "smtp_fallback_relay"),
    ])
    func `a setting that refers to one that is replaced is refused`(_ main: String, _ name: String) throws {
        let refusal = try Self.refusal(Self.all, "relayhost = [old.example.net]:2526\n\(main)\n")

        #expect(refusal?.contains("`\(name)` refers to `$relayhost`") == true, "\(refusal ?? "not refused")")
    }

    @Test func `a setting that refers to a list that we add to is refused`() throws {
        let main = "transport_maps = inline:{a.example=:}\nrelay_domains = $transport_maps\n"
        let refusal = try Self.refusal(Self.recipient(.exactly("example.org")), main)

        #expect(refusal?.contains("`relay_domains` refers to `$transport_maps`") == true, "\(refusal ?? "not refused")")
    }

    @Test func `an option of a service in master.cf that refers to what is replaced is refused`() throws {
        let refusal = try Self.refusal(
            Self.all,
            "relayhost = [old.example.net]\n",
            master: "inward unix - - y - - smtp\n  -o smtp_fallback_relay=$relayhost\n"
        )

        #expect(refusal?.contains("of the service `inward` in master.cf refers to `$relayhost`") == true)
    }

    @Test(arguments: [
        "proxy_read_maps = $transport_maps $relay_domains\nrelayhost = [old.example.net]",
        "address_verify_relayhost = $relayhost\nrelayhost = [old.example.net]",
        "relayhost = [$mine]\nmine = old.example.net", "mydestination = $myhostname, $mydomain",
    ])
    func `a reference that decides no route is no reason to refuse`(_ main: String) throws {
        let refusal = try Self.refusal(Self.all, main + "\n")

        #expect(refusal == nil)
    }

    @Test func `a relay written with a name that main.cf does not have is refused`() throws {
        let refusal = try Self.refusal(Self.all, "relayhost = [$smtp_helo_timeout]\n")

        #expect(refusal?.contains("`relayhost` refers to `$smtp_helo_timeout`") == true)
    }

    // MARK: Once more

    @Test(arguments: [
        "relayhost = [out.$mydomain]:2526\nrelay_domains = partner.example\n",
        "relayhost = $mydomain\nrelay_domains = partner.example\nsmtp_tls_security_level = encrypt\n",
        "relayhost = [out.${mydomain}]\nsmtp_helo_name = ${mydomain?mail.$mydomain}\nrelay_domains = partner.example\n",
    ])
    func `a relay written with the host's domain is the same for the second plan`(_ main: String) throws {
        let facts = try PostfixRoutingTests.facts(main)
        let first = try PostfixRoutingTests.proposal(Self.all, facts)
        let after = try facts.applying(first.changes, secrets: FixtureRoutes.secrets)
        let second = try PostfixRoutingTests.proposal(Self.all, after)

        #expect(second.edits.isEmpty)
        #expect(try #require(after.file("/etc/postfix/main.cf")).bytes.text.contains("example.com"))
    }

    @Test func `a sender's own relay for relayed domains is not lost without a word`() throws {
        let refusal = try Self.refusal(
            Self.all,
            """
            relay_domains = partner.example
            sender_dependent_relayhost_maps = inline:{@example.com=[old.example.net]:2526}

            """
        )

        #expect(refusal?.contains("partner.example") == true, "\(refusal ?? "not refused")")
    }

    @Test func `mail that waits for a signal does not leave by our service`() throws {
        let refusal = try Self.refusal(Self.all, "defer_transports = smtp\n")

        #expect(refusal?.contains("refusal") == true, "\(refusal ?? "not refused")")
    }

    @Test func `a client of the host's own that all mail takes is the model of our services, and bounces keep it`()
        throws
    {
        let facts = try PostfixRoutingTests.facts(
            "default_transport = out-going:\nout-going_destination_concurrency_limit = 3\n",
            master:
                "out-going unix - - y - 7 smtp\n  -o smtp_bind_address=192.0.2.7\n  -o smtp_helo_name=mx.example.com\n"
        )
        let routes = Routes(defaultRoute: .via(FixtureRoutes.filter), bounces: .direct)
        let proposal = try PostfixRoutingTests.proposal(routes, facts)
        let differential = try PostfixRoutingTests.differential(proposal, routes, facts)
        let after = try facts.applying(proposal.changes, secrets: FixtureRoutes.secrets)
        let master = try #require(after.file("/etc/postfix/master.cf")).bytes.text

        #expect(differential.objection(to: routes, by: Glossary([], own: routes.words)) == nil)
        #expect(master.contains("mtactl-filter unix - - y - 7 smtp\n  -o smtp_bind_address=192.0.2.7\n"))
        #expect(after.file("/etc/postfix/mtactl_senders")?.bytes.text.contains("<> out-going:\n") == true)
        #expect(
            after.file("/etc/postfix/main.cf")?.bytes.text.contains("mtactl-filter_destination_concurrency_limit = 3\n")
                == true
        )
    }

    // MARK: Own domains

    @Test(arguments: [
        (
            "parent_domain_matches_subdomains =\nrelay_domains = hash:/etc/rd\n",
            DomainPattern.subdomains(of: "example.org")
        ),
        ("parent_domain_matches_subdomains =\nrelay_domains = .example.org\n", .exactly("in.example.org")),
        (
            "parent_domain_matches_subdomains = relay_domains\nrelay_domains = example.org, !in.example.org\n",
            .exactly("in.example.org")
        ),
        ("mydestination = $myhostname, regexp:/etc/md\n", .exactly("example.org")),
        ("virtual_mailbox_domains = pcre:/etc/md\n", .exactly("mail.example.org")),
        ("virtual_mailbox_domains = regexp:/etc/md\n", .subdomains(of: "example.org")),
    ])
    func `a row for a domain of the host's own is refused, however its list is written`(
        _ main: String,
        _ domain: DomainPattern
    ) throws {
        let refusal = try Self.refusal(
            Self.recipient(domain),
            main,
            files: ["/etc/rd": ".example.org OK\n", "/etc/md": "/^(.*\\.)?example\\.org$/ x\n"]
        )

        #expect(refusal?.contains("is one of the host's own domains") == true, "\(refusal ?? "not refused")")
    }

    @Test func `a domain that an exception takes out of the list is not the host's own`() throws {
        let main = """
            parent_domain_matches_subdomains = relay_domains
            relay_domains = !in.example.org, example.org

            """
        #expect(try Self.refusal(Self.recipient(.exactly("in.example.org")), main) == nil)
    }

    @Test func `a key with a dot is kept below a row as it is written`() throws {
        let main = "parent_domain_matches_subdomains =\nrelay_domains = .in.example.org\n"
        let facts = try PostfixRoutingTests.facts(main)
        let proposal = try PostfixRoutingTests.proposal(Self.recipient(.subdomains(of: "example.org")), facts)
        let notes = proposal.notes.joined(separator: "\n")

        #expect(notes.contains("mail for `.in.example.org` stays on the host"), "\(notes)")
    }

    // MARK: Words

    @Test(arguments: [
        ("/^Subject: .*invoice/ HOLD", ["hold mail", "until"], ["test message"]),
        ("/^Received:/ HOLD", ["the test message too"], ["perhaps"]),
        ("/^X-Original-Message-ID:/ IGNORE", [], ["remove Message-IDs"]),
        ("/^Message-ID:/ IGNORE", ["remove Message-IDs"], []),
        ("/^X-Spam/ FILTER scan:[127.0.0.1]:10024", [], ["does not take"]),
        ("/^X-Spam/ FILTER smtp:[scan.example.net]", ["does not take these routes"], []),
    ])
    func `what is said of header_checks is true of the rule`(_ rule: String, _ says: [String], _ not: [String]) throws {
        let facts = try PostfixRoutingTests.facts(
            "header_checks = regexp:/etc/hc\n",
            files: ["/etc/hc": rule + "\n"]
        )
        let notes = try PostfixRoutingTests.proposal(Self.all, facts).notes.joined(separator: "\n")

        for word in says { #expect(notes.contains(word), "\(notes)") }
        for word in not { #expect(!notes.contains(word), "\(notes)") }
    }

    @Test func `a row that changes nothing is neither a catch-all nor a rule that still decides`() throws {
        let facts = try PostfixRoutingTests.facts(
            "transport_maps = hash:/etc/tr\n",
            files: ["/etc/tr": "partner.example :\n* :\n"]
        )
        let proposal = try PostfixRoutingTests.proposal(Self.all, facts)

        #expect(!proposal.notes.joined().contains("partner.example"))
    }

    @Test func `sender verification and filters for clients are said`() throws {
        let main = """
            smtpd_sender_restrictions = reject_unverified_sender
            smtpd_client_restrictions = check_client_access static:{FILTER smtp:[scan.example.net]:25}

            """
        let notes = try PostfixRoutingTests.proposal(Self.all, try PostfixRoutingTests.facts(main)).notes

        #expect(notes.contains { $0.contains("reject_unverified_sender") })
        #expect(notes.contains { $0.contains("`smtp:[scan.example.net]:25`") })
    }
}
