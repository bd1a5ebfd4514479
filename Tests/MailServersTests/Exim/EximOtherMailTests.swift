import MTAPlan
import Support
import Testing

@testable import MailServers

/// Mail that a playbook does not name is handled as before, whatever routers and transports see to it; or nothing is done.
@Suite struct EximOtherMailTests {
    private static let dns = EximByHand.dns
    private static let bounces = Routes(defaultRoute: .via(FixtureRoutes.filter), bounces: .default)

    // MARK: Domains that the host names

    @Test(arguments: ["+mm_domains", "lists.test", "lsearch;/etc/virtual"])
    func `bounces to domains of the host's own that a router leaves out stay with it`(domains: String) throws {
        let host = EximByHand(
            main: "domainlist mm_domains = lists.test",
            routers: """
                smart:
                  driver = manualroute
                  domains = ! +local_domains : ! \(domains)
                  transport = remote_smtp
                  route_list = * old.example.net byname
                  no_more

                mailman:
                  driver = accept
                  domains = \(domains)
                  transport = pipe
                """,
            transports: "pipe:\n  driver = pipe\n  command = /bin/true\n"
        )
        let (after, words) = try host.plan()
        #expect(after?.router("mtactl_direct")?.option("domains")?.hasSuffix("! \(domains)") == true, "\(words)")
        #expect(after?.router("mtactl_filter")?.option("domains")?.hasSuffix("! \(domains)") == true)
    }

    @Test(arguments: [
        ("! +allowed", ":fail: this host writes to partners only"),
        ("! lsearch;/etc/allowed", ":blackhole: staging"),
    ])
    func `a router that refuses what it does not spare stays before ours`(spared: String, data: String) throws {
        let host = EximByHand(
            main: "domainlist allowed = example.org : example.net",
            routers: EximByHand.driver(
                "only",
                "driver = redirect",
                "domains = ! +local_domains : \(spared)",
                "allow_fail",
                "data = \(data)"
            ) + Self.dns
        )
        #expect(try host.order() == ["only", "mtactl_filter", "dnslookup"])
    }

    @Test(arguments: ["hosts = 127.0.0.1", "hosts = localhost", "hosts = scan.example.net"])
    func `a filter that an accept router hands mail to stays before ours`(hosts: String) throws {
        let host = EximByHand(
            routers: EximByHand.driver(
                "scan",
                "driver = accept",
                "domains = ! +local_domains",
                "condition = ${if !eq{$interface_port}{10025}}",
                "transport = to_scan"
            ) + Self.dns,
            transports: EximByHand.driver("to_scan", "driver = smtp", hosts, "port = 10024", "hosts_override")
        )
        #expect(try host.order() == ["scan", "mtactl_filter", "dnslookup"])
    }

    @Test func `what a route_list spares for the host itself is no row of its own`() throws {
        let smart = ["driver = manualroute", "transport = remote_smtp", "route_list = !+local_domains old.example.net"]
        let host = EximByHand(routers: EximByHand.driver("smart", smart[0], smart[1], smart[2], "no_more"))
        let (after, words) = try host.plan(Self.bounces)

        #expect(after?.router("mtactl_filter") != nil, "\(words)")
        #expect(!words.contains("route_list"), "\(words)")
    }

    @Test func `a router that refuses all mail where there is no way out stays behind ours`() throws {
        let host = EximByHand(
            routers: EximByHand.driver(
                "nonlocal",
                "driver = redirect",
                "domains = ! +local_domains",
                "allow_fail",
                "data = :fail: none"
            )
        )
        #expect(try host.order() == ["mtactl_filter", "nonlocal"])
    }

    @Test func `a host that refuses all but some senders is not opened to everybody`() throws {
        let host = EximByHand(
            routers: """
                newsletter:
                  driver = manualroute
                  domains = ! +local_domains
                  senders = *@news.test
                  transport = remote_smtp
                  route_list = * old.example.net byname
                  no_more

                nobody_else:
                  driver = redirect
                  domains = ! +local_domains
                  allow_fail
                  data = :fail: only the newsletter leaves
                """
        )
        #expect(try host.plan().words.contains("no router sends all other mail"))
    }

    @Test func `rows of a route list for domains stay with the router`() throws {
        let host = EximByHand(
            routers: """
                smart:
                  driver = manualroute
                  domains = ! +local_domains
                  transport = remote_smtp
                  route_list = partner.test a.example.net byname ; *.intern.test b.example.net ; * old.example.net
                  no_more
                """
        )
        let (after, words) = try host.plan()
        for name in ["mtactl_direct", "mtactl_filter"] {
            let domains = after?.router(name)?.option("domains") ?? ""
            #expect(domains.contains("! partner.test : ! *.intern.test"), "\(domains) \(words)")
        }
        let listed = Routes(
            defaultRoute: .via(FixtureRoutes.filter),
            recipients: [RecipientRow(domain: .exactly("partner.test"), route: .via(FixtureRoutes.filter))]
        )
        #expect(try host.plan(listed).after == nil)
    }

    @Test(arguments: [
        "route_list = ^.*\\\\.corp\\\\.test\\$ relay.example.net byname",
        "domains = ! +local_domains\n  require_files = /etc/routes/$domain\n  route_list = * relay.example.net",
        "domains = ! +local_domains\n  condition = ${if eq{$domain}{partner.test}}\n  route_list = * relay.example.net",
        "domains = ! +local_domains\n  condition = ${if match_domain{$domain}{+partners}}\n"
            + "  route_list = * relay.example.net",
    ])
    func `a router for domains that it names in whatever way stays before ours`(options: String) throws {
        let host = EximByHand(
            main: "domainlist partners = partner.test : *.corp.test",
            routers: EximByHand.driver("partner", "driver = manualroute", "transport = remote_smtp", options) + Self.dns
        )
        #expect(try host.order() == ["partner", "mtactl_filter", "dnslookup"])
    }

    @Test func `a router for all but some domains is one that ours take the place of`() throws {
        let condition = "${if !match_domain{$domain}{+partners}}"
        let host = EximByHand(
            main: "domainlist partners = partner.test : *.corp.test",
            routers: EximByHand.driver(
                "most",
                "driver = manualroute",
                "domains = ! +local_domains",
                "condition = \(condition)",
                "transport = remote_smtp",
                "route_list = * old.example.net"
            ) + Self.dns
        )
        #expect(try host.order().first == "mtactl_filter")
    }

    @Test(arguments: [
        ("big.test : ! +local_domains", "big.test : ! +local_domains"),
        ("! +local_domains : ! a.test", "! a.test"),
        ("! a.test : *", "! a.test"),
    ])
    func `the order of a list of domains is kept`(domains: String, tail: String) throws {
        let host = EximByHand(
            routers: EximByHand.driver(
                "news",
                "driver = dnslookup",
                "domains = \(domains)",
                "senders = *@news.test",
                "transport = news_smtp"
            ) + Self.dns,
            transports: "news_smtp:\n  driver = smtp\n  helo_data = news.test\n"
        )
        let (after, words) = try host.plan(Self.bounces)
        let copied = after?.router("mtactl_filter__news")?.option("domains") ?? ""
        #expect(copied == "! +local_domains : ! +relay_to_domains : \(tail)", "\(words)")
        let lists = ["local_domains": "@", "relay_to_domains": ""]
        #expect(EximDomainList(copied).fitsAnyDomain { lists[$0] })
    }
}
