import Testing

@testable import MTAPlan

@Suite struct LintTests {
    private func lint(_ text: String, _ hosts: String? = nil) throws -> [Finding] {
        let file = try PlaybookFile(Array(text.utf8), file: "p.yml")
        return Lint.findings(file, inventory: try hosts.map { try inventory($0) })
    }

    private let verify = "verify: {to: p@example.net}\n"

    @Test(arguments: Examples.playbooks)
    func `no playbook that comes with the program is warned of`(name: String) throws {
        let file = try PlaybookFile(try Examples.bytes("Playbooks/\(name)"), file: name)

        let warnings = Lint.findings(file).filter { $0.severity != .note }.map(\.id)

        // MailEnable and IceWarp can do no more, and their example has a login.
        #expect(warnings == (name.hasPrefix("14-") ? ["tls-opportunistic-login"] : []))
    }

    @Test(arguments: [
        ("{host: f.example, tls: none}", "tls-none", "2:29"),
        ("{host: f.example, tls: opportunistic}", "tls-opportunistic", "2:29"),
        (
            "{host: f.example, tls: opportunistic, login: {username: u, password: env:X}}", "tls-opportunistic-login",
            "2:29"
        ),
        ("{host: f.example, tls: required, login: {username: u, password: env:X}}", "tls-required-login", "2:29"),
        ("{host: f.example, port: 25, login: {username: u, password: env:X}}", "login-port-25", "2:29"),
        ("{host: 192.0.2.1, tls: verified}", "verified-address", "2:29"),
        ("{provider: mail-assure}", "provider-login", "2:12"),
        ("{provider: mailroute, login: {username: u, password: env:X}}", "provider-login", "2:12"),
        ("{provider: mimecast, region: eu}", "provider-settling", "2:12"),
        ("{provider: mimecast, region: eu}", "provider-spf", "2:12"),
        ("{provider: mcafee-saas, host: f.example}", "provider-caution", "2:12"),
    ])
    func `what is risky about a smarthost is found at its place`(smarthost: String, id: String, place: String) throws {
        let text = "smarthosts:\n  filter: \(smarthost)\nplays: [{hosts: all, routes: {default: filter}}]\n" + verify

        let found = try lint(text).filter { $0.id == id }

        #expect(!found.isEmpty)
        #expect(found.allSatisfy { $0.place == "p.yml:\(place)" }, "\(found)")
    }

    @Test(arguments: [
        ("plays: [{hosts: all, routes: {default: f}}]", ["no-verify p.yml:1:1"]),
        (
            "plays: [{hosts: all, routes: {}}]\nverify: {to: p@example.net}",
            ["unused-smarthost p.yml:1:14", "no-smarthost p.yml:2:22"]
        ),
        (
            "plays: [{hosts: all, routes: {recipients: {example.org: f}}}]\nverify: {to: p@example.net}",
            ["verify-goes-direct p.yml:2:22"]
        ),
        ("plays: [{hosts: all, routes: {recipients: {example.org: f}}}]\nverify: {to: p@example.org}", []),
        (
            "plays: [{hosts: all, routes: {default: f}, cpanel: {replace-others: remove}}]\nverify: {to: p@example.net}",
            ["removes-others p.yml:2:53"]
        ),
        (
            "plays: [{hosts: all, routes: {senders: {\"@a.example\": f}}}]\nverify: {to: p@example.org}",
            ["verify-goes-direct p.yml:2:22"]
        ),
        (
            "plays: [{hosts: all, routes: {senders: {\"@a.example\": f}}}]\nverify: {to: p@example.org, from: x@A.example}",
            []
        ),
        (
            "plays: [{hosts: all, routes: {senders-file: {path: /l, via: f}}}]\nverify: {to: p@example.org}",
            ["verify-not-sure p.yml:2:22"]
        ),
        (
            "plays: [{hosts: all, mta: postfix, routes: {default: f}, cpanel: {}}]\nverify: {to: p@example.org}",
            ["extras-of-other-server p.yml:2:58"]
        ),
        (
            "plays: [{hosts: all, routes: {default: f, recipients: {.a.example: direct, X.a.example: direct, y.a.example: f}}}]\nverify: {to: p@example.org}",
            ["row-without-effect p.yml:2:76"]
        ),
        (
            "plays: [{hosts: all, routes: {default: f, senders: {\"@a.example\": f, b@b.example: f, \"@b.example\": direct}}}]\nverify: {to: p@example.org}",
            ["row-without-effect p.yml:2:53"]
        ),
        (
            "plays: [{name: a, hosts: x, routes: {default: f}}, {name: a, hosts: y, routes: {default: f}}]\nverify: {to: p@example.org}",
            ["same-name p.yml:2:52"]
        ),
    ])
    func `what is odd about a play is found at its place`(text: String, expected: [String]) throws {
        let found = try lint("smarthosts: {f: {host: f.example}}\n" + text)

        #expect(found.map { "\($0.id) \($0.place)" } == expected)
    }

    @Test(arguments: [
        ("wep", "postfix", ["unknown-host p.yml:2:10"]), ("web:&db", "postfix", ["no-hosts p.yml:2:10"]),
        ("web", "postfix", ["no-waves p.yml:1:1"]), ("mx1", "postfix", []),
        ("db", "postfix", ["other-server p.yml:2:10", "host-setting p.yml:2:10"]),
    ])
    func `what does not fit the inventory is found`(pattern: String, mta: String, expected: [String]) throws {
        let text = """
            smarthosts: {f: {host: f.example}}
            plays: [{hosts: "\(pattern)", mta: \(mta), routes: {default: f}}]
            verify: {to: p@example.org}
            """
        let hosts = "web: {hosts: {mx1: , mx2: }}\ndb: {hosts: {db1: {mta: exim, port: x}}}"

        let found = try lint(text, hosts)

        #expect(found.map { "\($0.id) \($0.place)" }.sorted() == expected.sorted())
    }

    @Test func `a host in two plays is found, and the inventory's own warnings`() throws {
        let text = """
            smarthosts: {f: {host: f.example}}
            plays:
            - {hosts: web, routes: {default: f}}
            - {hosts: all, routes: {default: f}}
            verify: {to: p@example.org}
            """

        let found = try lint(text, "web: {hosts: {mx1: {adress: x}}}")

        #expect(found.map { "\($0.id) \($0.place)" } == ["host-in-two-plays p.yml:4:4", "inventory hosts.yml:1:21"])
    }
}
