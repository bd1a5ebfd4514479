import MTAPlan
import Support
import Testing

@testable import MailServers

/// What routers and transports make of mail, ours take over from those whose place they take; or nothing is done.
@Suite struct EximCopyTests {
    private static let dns = EximByHand.dns
    private static let bounces = Routes(defaultRoute: .via(FixtureRoutes.filter), bounces: .default)

    @Test(arguments: [
        "${lookup{$sender_address_domain}lsearch{/etc/transports}{$value}{remote_smtp}}",
        "remote_smtp${if eq{$sender_address_domain}{signed.test}{_dkim}}",
        "${if eq{$sender_address_domain}{signed.test}{remote_smtp}{no_such_smtp}}",
    ])
    func `a transport that cannot be told is refused`(expression: String) throws {
        let host = EximByHand(
            routers: Self.dns.replacing("= remote_smtp", with: "= \(expression)"),
            transports: "remote_smtp_dkim:\n  driver = smtp\n  helo_data = signed.test\n"
        )
        #expect(try host.plan().words.contains("by an expression that names no transport"))
    }

    @Test func `a name of a transport in a condition is left alone`() throws {
        let expression = "${if exists{/etc/dkim/${domain:$sender_address}.pem}{dkim}{remote_smtp}}"
        let host = EximByHand(
            routers: Self.dns.replacing("= remote_smtp", with: "= \(expression)"),
            transports: "dkim:\n  driver = smtp\n  helo_data = signed.test\n"
        )
        let (after, words) = try host.plan()
        let wanted = "${if exists{/etc/dkim/${domain:$sender_address}.pem}{mtactl_filter__dkim}{mtactl_filter}}"
        #expect(after?.router("mtactl_filter")?.option("transport") == wanted, "\(words)")
    }

    @Test func `a smarthost for some mail keeps its signature`() throws {
        let host = EximByHand(
            routers: """
                smart_signed:
                  driver = manualroute
                  domains = ! +local_domains
                  condition = ${if exists{/etc/dkim/${lc:$sender_address_domain}.pem}}
                  transport = smart_dkim
                  route_list = * old.example.net
                  no_more

                smart:
                  driver = manualroute
                  domains = ! +local_domains
                  transport = remote_smtp
                  route_list = * old.example.net
                  no_more
                """,
            transports: "smart_dkim:\n  driver = smtp\n  dkim_domain = a.test\n  dkim_selector = x\n"
        )
        let (after, words) = try host.plan(Self.bounces)
        #expect(after?.router("mtactl_filter__smart_signed")?.option("condition") != nil, "\(words)")
        #expect(after?.transport("mtactl_filter__smart_dkim")?.option("dkim_domain") == "a.test")
    }

    @Test(arguments: [
        "condition = ${if eq{$acl_m_route}{ip2}}", "condition = ${if match{$h_X-Mailer:}{Bulk}}",
        "condition = ${if or {{eq{$acl_m_route}{ip2}}{eq{$authenticated_id}{news}}}}",
    ])
    func `a transport of its own for mail that cannot be told is copied with its condition`(condition: String) throws {
        let host = EximByHand(
            routers: EximByHand.driver(
                "ip2",
                "driver = dnslookup",
                "domains = ! +local_domains",
                condition,
                "transport = ip2_smtp",
                "no_more"
            ) + Self.dns,
            transports: "ip2_smtp:\n  driver = smtp\n  helo_data = ip2.test\n  max_rcpt = 1\n"
        )
        let (after, words) = try host.plan()
        #expect(after?.transport("mtactl_filter__ip2_smtp")?.option("helo_data") == "ip2.test", "\(words)")
    }

    @Test func `a table of smarthosts by sender is no way out for everybody`() throws {
        let host = EximByHand(
            routers: """
                sender_relay:
                  driver = manualroute
                  domains = ! +local_domains
                  transport = relay_smtp
                  route_data = ${lookup{$sender_address_domain}lsearch{/etc/relays}{$value byname}fail}


                """ + Self.dns,
            transports: "relay_smtp:\n  driver = smtp\n  helo_data = relay.test\n"
        )
        let (after, words) = try host.plan()
        let conditions = after?.router("mtactl_filter__sender_relay")?.options("condition") ?? []
        #expect(conditions.contains { $0.contains("lsearch{/etc/relays}") }, "\(words)")
        #expect(after?.transport("mtactl_filter")?.option("helo_data") == nil)
    }

    @Test(arguments: [
        "condition = ${if !match_ip{$sender_host_address}{198.18.2.5}}",
        "condition = ${if eq{$received_port}{10026}{}{yes}}",
    ])
    func `a scanner on another host stays before ours`(condition: String) throws {
        let host = EximByHand(
            routers: EximByHand.driver(
                "scanner",
                "driver = manualroute",
                "domains = ! +local_domains",
                condition,
                "transport = remote_smtp",
                "route_list = * relay.example.net byname",
                "self = send"
            ) + Self.dns
        )
        #expect(try host.order() == ["scanner", "mtactl_filter", "dnslookup"])
    }

    @Test func `hosts that a transport names are a smarthost of the host's own`() throws {
        let host = EximByHand(
            routers: EximByHand.driver(
                "to_smarthost",
                "driver = accept",
                "domains = ! +local_domains",
                "transport = smarthost"
            ),
            transports: EximByHand.driver(
                "smarthost",
                "driver = smtp",
                "hosts = a.example.net : b.example.net",
                "port = 25"
            )
        )
        #expect(try host.order() == ["mtactl_filter", "to_smarthost"])
    }

    // MARK: Macros and conditions

    @Test func `a copy comes behind the macros that it uses`() throws {
        let host = EximByHand(
            routers: EximByHand.driver(
                "signed",
                "driver = dnslookup",
                "domains = ! +local_domains",
                "senders = *@signed.test",
                "transport = signed_smtp"
            ) + Self.dns,
            transports: "SIGN_DOMAIN = signed.test\n\n"
                + EximByHand.driver("signed_smtp", "driver = smtp", "dkim_domain = SIGN_DOMAIN", "dkim_selector = x"),
            macros: ["SIGN_DOMAIN=signed.test"]
        )
        let (after, words) = try host.plan()
        let names = after?.names(in: "transports") ?? []
        #expect(names.last == "mtactl_filter__signed_smtp", "\(names) \(words)")
    }

    @Test(arguments: [
        "helo_data = ${lookup{$transport_name}lsearch{/etc/out}}",
        "headers_add = ${if eq{$router_name}{dnslookup}{X-A: b}}",
    ])
    func `a transport that asks for a name is not copied under another`(option: String) throws {
        var host = EximByHand(routers: Self.dns)
        host.transports = "remote_smtp:\n  driver = smtp\n  \(option)\n"
        #expect(try host.plan().words.contains("asks for `$"))
    }

    @Test func `how many messages go over a connection stays the host's`() throws {
        var host = EximByHand(routers: Self.dns)
        host.transports = "remote_smtp:\n  driver = smtp\n  connection_max_messages = 20\n"
        let (after, words) = try host.plan()
        #expect(after?.transport("mtactl_filter")?.option("connection_max_messages") == "20", "\(words)")
    }

    @Test func `a definition that ends its own condition is seen`() throws {
        let host = EximByHand(
            routers: Self.dns.replacing(
                "= remote_smtp",
                with: "= ${if eq{$sender_address_domain}{a.test}{signed}{remote_smtp}}"
            ),
            transports: ".ifndef DKIM_SEL\nDKIM_SEL = mail\n.endif\n\n"
                + "signed:\n  driver = smtp\n  dkim_domain = a.test\n  dkim_selector = DKIM_SEL\n",
            macros: ["DKIM_SEL=mail"]
        )
        let (after, words) = try host.plan()
        let names = after?.names(in: "transports") ?? []

        #expect(
            names.firstIndex(of: "signed") ?? 9 < names.firstIndex(of: "mtactl_filter__signed") ?? 0,
            "\(words) \(names)"
        )
    }

    @Test func `macros are what they stand for`() throws {
        let host = EximByHand(
            main: "OUTSIDE = ! +local_domains\nOUT = remote_smtp",
            routers: Self.dns.replacing("! +local_domains", with: "OUTSIDE").replacing("= remote_smtp", with: "= OUT"),
            macros: ["OUTSIDE=! +local_domains", "OUT=remote_smtp"]
        )
        #expect(try host.order() == ["mtactl_filter", "dnslookup"])
    }

    @Test func `what is in a condition that does not hold decides nothing`() throws {
        let host = EximByHand(
            routers: """
                .ifdef USE_SMARTHOST
                outbound:
                  driver = manualroute
                  domains = ! +local_domains
                  transport = smarthost_smtp
                  route_list = * old.example.net
                  no_more
                .else
                outbound:
                  driver = dnslookup
                  domains = ! +local_domains
                .ifdef NO_SIGNING
                  transport = remote_smtp
                .else
                  transport = signed_smtp
                .endif
                .ifdef JOURNAL
                  unseen
                .endif
                  headers_add = X-Site: one
                  no_more
                .endif
                """,
            transports: "smarthost_smtp:\n  driver = smtp\n\n"
                + EximByHand.driver("signed_smtp", "driver = smtp", "helo_data = mail.site.test")
        )
        let (after, words) = try host.plan()
        #expect(after?.router("mtactl_filter")?.option("headers_add") == "X-Site: one", "\(words)")
        #expect(after?.transport("mtactl_filter")?.option("helo_data") == "mail.site.test")
    }
}
