import MTAPlan
import Support
import Testing

@testable import MailServers

/// Tables of the host that are next to ours.
@Suite struct ForeignTablesTests {
    /// A real host with a line more in main.cf, and what postconf makes of it.
    private func host(_ line: String, expanded: String? = nil, table: String? = nil) throws -> PostfixHost {
        var facts = try #require(Fixture.all(of: "postfix").first { $0.name == "nothing-asked" }).facts
        var main = try #require(facts.file("/etc/postfix/main.cf"))
        main.bytes += Array("\(line)\n".utf8)
        facts.files["/etc/postfix/main.cf"] = .file(main)
        if let expanded {
            let old = facts.answers["postfix.values"]?.output ?? []
            facts.answers["postfix.values"]?.output = old + Array("\(expanded)\n".utf8)
        }
        if let table {
            facts.files["/etc/postfix/theirs"] = .file(
                FoundFile(
                    realPath: "/etc/postfix/theirs",
                    bytes: Array(table.utf8),
                    mode: FileMode(rawValue: 0o644),
                    owner: "root",
                    group: "root"
                )
            )
        }
        return try PostfixHost(facts)
    }

    private static let name = "sender_dependent_default_transport_maps"

    private func failure(_ routes: Routes, _ host: PostfixHost) -> Failure? {
        do {
            _ = try PostfixProposal(routes: routes, host: host, secrets: FixtureRoutes.secrets).make()
            return nil
        } catch { return error }
    }

    @Test func `macros in a list are read as postconf expands them`() throws {
        let host = try host(
            "indexed = hash:${config_directory}/\n\(Self.name) = ${indexed}theirs",
            expanded: "\(Self.name) = hash:/etc/postfix/theirs",
            table: "@a.example DUNNO\n"
        )

        #expect(host.foreignTables(Self.name) == ["hash:/etc/postfix/theirs"])
        #expect(failure(Routes(defaultRoute: .via(FixtureRoutes.plain)), host) == nil)
    }

    @Test func `a sender's own route that beats the default is refused`() throws {
        let host = try host("\(Self.name) = hash:/etc/postfix/theirs", table: "@a.example theirs:\n")

        #expect(failure(Routes(defaultRoute: .via(FixtureRoutes.plain)), host)?.problem.contains("@a.example") == true)
        let row = SenderRow(sender: .domain("a.example"), route: .direct)
        #expect(failure(Routes(defaultRoute: .via(FixtureRoutes.plain), senders: [row]), host) == nil)
    }

    @Test func `an address that beats a domain of the playbook is refused, another one is not`() throws {
        let host = try host("\(Self.name) = hash:/etc/postfix/theirs", table: "x@a.example theirs:\n")
        let asked = { (domain: String) in
            Routes(senders: [SenderRow(sender: .domain(domain), route: .via(FixtureRoutes.plain))])
        }

        #expect(failure(asked("a.example"), host)?.problem.contains("x@a.example") == true)
        #expect(failure(asked("b.example"), host) == nil)
    }

    @Test(arguments: ["static:theirs:", "regexp:/etc/postfix/theirs", "mysql:/etc/postfix/theirs", "${unknown}theirs"])
    func `a table that cannot be looked into is refused beside rows for senders`(_ table: String) throws {
        let host = try host("\(Self.name) = \(table)", table: "/@/ theirs:\n")

        #expect(failure(Routes(defaultRoute: .via(FixtureRoutes.plain)), host)?.fault == nil)
        #expect(failure(Routes(defaultRoute: .via(FixtureRoutes.plain)), host) != nil)
    }

    @Test func `a list that matches subdomains by itself is refused for recipients`() throws {
        let host = try host("x = y", expanded: "parent_domain_matches_subdomains = relay_domains, transport_maps")
        let row = RecipientRow(domain: .exactly("example.org"), route: .via(FixtureRoutes.plain))

        #expect(failure(Routes(recipients: [row]), host)?.problem.contains("parent_domain") == true)
        #expect(failure(Routes(defaultRoute: .via(FixtureRoutes.plain)), host) == nil)
    }

    @Test(arguments: [
        ("a@b.example", "A@b.example", true), ("a@b.example", "aa@b.example", false),
        ("*@b.example", "x@b.example", true),
        ("prvs=*=n@b.example", "prvs=1=n@b.example", true), ("prvs=*=n@b.example", "prvs=n@b.example", false),
        ("*a*b*", "xxaxxbxx", true), ("*a*b*", "xxbxxaxx", false), ("a*a", "a", false),
    ])
    func `a pattern of addresses matches as its regular expression does`(
        _ glob: String,
        _ address: String,
        _ matches: Bool
    ) throws {
        let line = try #require(ReturnPathRewrite(to: "to@x", senders: [glob]).lines.first)
        let pattern = line.dropFirst().prefix { $0 != " " }.dropLast()
        let regex = try Regex(String(pattern)).ignoresCase()

        #expect(AddressGlob(glob).matches(address) == matches)
        #expect((address.wholeMatch(of: regex) != nil) == matches)
    }
}
