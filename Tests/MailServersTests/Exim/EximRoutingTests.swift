import MTAPlan
import Support
import Testing

@testable import MailServers

/// Hosts as people have them: which routers decide before ours, and what ours take over from those whose place they take.
@Suite struct EximRoutingTests {
    /// The drivers of a section as they would be, in order.
    private func drivers(of name: String, in section: String) throws -> [EximStructure.Driver] {
        let fixture = try #require(try Fixture.all(of: "exim").first { $0.name == name })
        let routes = try #require(FixtureRoutes.all[fixture.description])
        let host = try EximHost(fixture.facts)
        let secrets = FixtureRoutes.secrets
        let changes = try EximProposal(routes: routes, host: host, secrets: secrets).make().changes
        var texts = Dictionary(
            (host.sources + host.included).map { ($0.path, $0.text.bytes) },
            uniquingKeysWith: { first, _ in first }
        )
        for change in changes.files where change.kind == .configuration {
            if case .file(let content, _, _, _) = change.wanted {
                texts[change.path] = try content.rendered(with: secrets)
            }
        }
        let order = host.layout == .split ? ["main", "acl", "router", "transport", "retry", "rewrite", "auth"] : []
        let rank = { (path: String) in order.firstIndex { path.contains("/conf.d/\($0)/") } ?? 0 }
        let included = Set(host.included.map(\.path))
        let files = texts.filter { !included.contains($0.key) }.sorted {
            (rank($0.key), $0.key) < (rank($1.key), $1.key)
        }
        let structure = try EximStructure(files.map { ($0.key, EximText($0.value)) }) { path in
            guard let bytes = texts[path], var file = fixture.facts.file(path) else { return fixture.facts.files[path] }
            file.bytes = bytes
            return .file(file)
        }
        return structure.allDrivers(in: section)
    }

    @Test(arguments: [
        ("wild-copies", ["archive_outgoing", "mtactl_filter", "dnslookup"]),
        ("wild-refuses-domains", ["no_mail_to", "mtactl_filter", "dnslookup"]),
        ("wild-filter", ["scan", "mtactl_filter", "dnslookup"]),
        ("wild-table-of-domains", ["internal", "mtactl_filter", "dnslookup"]),
        ("wild-no-final-line-break", ["partner_route", "mtactl_filter", "dnslookup"]),
        ("wild-routers-included", ["mtactl_filter", "dnslookup"]),
        ("wild-conditional", ["mtactl_way", "mtactl_filter", "some_customers", "dnslookup"]),
        ("wild-relay-only", ["mtactl_plain", "smarthost"]),
    ])
    func `ours stand before those that send mail on, and behind those that decide`(name: String, order: [String]) throws
    {
        let names = try drivers(of: name, in: "routers").map(\.name)
        #expect(names.filter(order.contains) == order)
    }

    @Test func `mail that a router redirects past ours comes to ours`() throws {
        let aliases = try drivers(of: "wild-redirect-router", in: "routers").first { $0.name == "aliases" }
        #expect(aliases?.options("redirect_router").contains("mtactl_direct") == true)
    }

    @Test func `forwarded mail keeps the transport that gives it a way back`() throws {
        let router = try drivers(of: "wild-srs", in: "routers").first { $0.name == "mtactl_filter" }
        #expect(router?.option("transport")?.contains("{mtactl_filter} {mtactl_filter__remote_forwarded_smtp}") == true)
        let transport = try drivers(of: "wild-srs", in: "transports").first {
            $0.name == "mtactl_filter__remote_forwarded_smtp"
        }
        #expect(transport?.rewritesForwarded == true)
        #expect(transport?.option("max_rcpt") == "1")
        #expect(transport?.option("port") == "587")
    }

    @Test func `what a transport takes from its router is set by ours`() throws {
        let routers = try drivers(of: "wild-address-data", in: "routers").filter { $0.name.hasPrefix("mtactl_filter") }
        #expect(!routers.isEmpty)
        #expect(routers.allSatisfy { $0.option("address_data")?.contains("CONFDIR/outgoing") == true })
    }

    @Test func `a client of the host's own is shared and keeps its login for others`() throws {
        let clients = try drivers(of: "wild-own-client", in: "authenticators").filter {
            $0.option("public_name") == "LOGIN"
        }
        #expect(clients.map(\.name) == ["ses_login"])
        let send = clients.first?.options("client_send").last ?? ""
        #expect(send.contains("{olduser}") && send.contains("mtactl_logins"))
    }

    @Test(arguments: [
        ("! +local_domains", true), ("! +local_domains : +relay_to_domains", false), ("*", true), ("a.example", false),
        ("! a.example : *", true), ("<; ! a.example ; *", true), ("lsearch;/etc/x", false), ("+outside", true),
        ("!+local_domains : !lsearch;/etc/x", true), ("${lookup{$domain}lsearch{/etc/x}{$domain}}", false),
        ("*.example.com : localhost", false), ("! +local_domains : +intern", false),
    ])
    func `a list of domains fits any domain or only those that it names`(list: String, fits: Bool) {
        let lists = ["outside": "! +local_domains", "intern": "a.example : b.example"]
        #expect(EximDomainList(list).fitsAnyDomain { lists[$0] } == fits)
    }

    @Test(arguments: [
        ("* a.example::587:b.example byname", ["a.example:587", "b.example"]),
        ("* \"<; a.example ; b.example\"", ["a.example", "b.example"]),
        ("a.example mx.a.example; * b.example::25 randomize", ["mx.a.example", "b.example:25"]), ("*", []),
    ])
    func `hosts of a route list are shown one by one`(list: String, hosts: [String]) {
        #expect(EximRouteList(list).entries.flatMap(\.hosts) == hosts)
    }

    // MARK: Written by hand

    private func routing(_ text: String) throws -> EximRouting {
        let structure = try EximStructure([("/c", EximText(Array(text.utf8)))]) { _ in nil }
        return EximRouting(structure.drivers(in: "routers"), in: structure)
    }

    private static let remote =
        "dnslookup:\n driver = dnslookup\n domains = ! +local_domains\n transport = remote_smtp\n"
    private static let pair =
        "forwarded:\n driver = dnslookup\n domains = ! +local_domains\n condition = ${if !eq {$original_domain} {$domain}}\n"
        + " transport = forward_smtp\n"

    @Test(arguments: [
        ("hold:\n driver = accept\n domains = ! +local_domains\n transport = held\n condition = a\n", "dnslookup"),
        ("copy:\n driver = accept\n transport = pipe\n unseen = ${if eq {a} {b}}\n", "dnslookup"),
        ("scan:\n driver = manualroute\n route_data = localhost::10024\n", "dnslookup"),
        (
            "scan:\n driver = manualroute\n route_list = * scan.example\n condition = ${if eq {$received_protocol} {scanned} {0} {1}}\n",
            "dnslookup"
        ),
        ("drop:\n driver = redirect\n senders = x@y\n data = :blackhole:\n", "dnslookup"),
        ("check:\n driver = manualroute\n route_list = * a.example\n verify_only\n", "dnslookup"),
        ("hub:\n driver = manualroute\n route_list = a.example b.example; c.example d.example\n", "dnslookup"),
        ("some:\n driver = manualroute\n senders = *@a.example\n route_list = * b.example\n", "some"),
        ("old:\n driver = manualroute\n domains = !+local_domains\n route_list = $domain b.example\n", "old"),
        (pair, "forwarded"),
    ])
    func `ours go before the first that sends mail on`(before: String, target: String) throws {
        let routing = try routing("begin routers\n\(before)\(Self.remote)")
        #expect(routing.target?.driver.name == target)
    }

    @Test func `what sends some mail on before a copy is made stays first`() throws {
        let some = "some:\n driver = manualroute\n senders = *@a.example\n route_list = * b.example\n"
        let copy = "copy:\n driver = redirect\n unseen\n data = a@b\n"
        let routing = try routing("begin routers\n\(some)\(copy)\(Self.remote)")

        #expect(routing.target?.driver.name == "dnslookup")
        #expect(routing.above.map(\.driver.name) == ["some"])
    }

    @Test func `each router that sends mail directly is a model of its own`() throws {
        let routing = try routing("begin routers\n\(Self.pair)\(Self.remote)last:\n driver = accept\n")
        #expect(routing.models.map(\.name) == ["forwarded", "dnslookup"])
        #expect(routing.sendsDirectly)
    }

    @Test func `without conditions that always hold the last that sends is for most mail`() throws {
        let limited = "limited:\n driver = dnslookup\n condition = ${perl{check_limits}}\n transport = t\n"
        let routing = try routing("begin routers\n\(Self.pair)\(limited)aliases:\n driver = redirect\n data = x\n")
        #expect(routing.models.map(\.name) == ["forwarded", "limited"])
    }

    @Test func `what a block replaces comes back with its end, byte for byte`() throws {
        for bytes in ["a\n b = c\nd\n", "a\r\n b = c\r\nd", " b = c", "x\n b = \\\n  c\ny\n"] {
            let text = EximText(Array(bytes.utf8))
            let statement = try #require(
                text.statements.first { if case .option("b", _) = $0.kind { true } else { false } }
            )
            var changed = text
            let count = statement.last - statement.first + 1
            try changed.setBlocks([.init(line: statement.first, lines: ["  b = ours"], replaced: count)])
            #expect(changed.bytes != text.bytes)
            let again = try #require(
                changed.statements.first { if case .option("b", _) = $0.kind { true } else { false } }
            )
            #expect(changed.replacedLines.contains(again.first))
            var twice = changed
            try twice.setBlocks([.init(line: again.first, lines: ["  b = ours"], replaced: count)])
            #expect(twice == changed)
            try changed.setBlocks([])
            #expect(changed.bytes == text.bytes)
        }
    }
}
