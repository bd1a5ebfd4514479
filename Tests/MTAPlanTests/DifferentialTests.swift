@testable import MTAPlan
import Testing

@Suite struct DifferentialTests {
    private static let filter = Smarthost(
        name: "filter",
        hosts: ["a.example.net", "b.example.net"],
        login: Login(username: "out", password: .environment("OUT"))
    )
    private static let probe = Probe(from: "me@example.com", to: "you@example.org")
    private static let direct = Handling(.direct, [.way: "smtp", .tls: "opportunistic"])
    private static let filtered = Handling(
        .relay,
        [.way: "filter", .nextHop: "a.example.net, b.example.net", .port: "587", .tls: "required", .login: "out"]
    )
    private static let all = Routes(defaultRoute: .via(filter))

    private static func objection(
        _ routes: Routes = all,
        from before: Handling = direct,
        to after: Handling,
        of probe: Probe = probe
    ) -> String? {
        Differential([.init(probe, before: before, after: after)]).objection(
            to: routes,
            by: Glossary(["smtp"], own: routes.words)
        )?.problem
    }

    @Test func `what is asked for is no objection`() {
        #expect(Self.objection(to: Self.filtered) == nil)
    }

    @Test(arguments: [
        (Handling.Property.nextHop, "a.example.net"), (.port, "25"), (.tls, "opportunistic"), (.login, "other"),
    ])
    func `a way that is not the one asked for is an objection`(_ property: Handling.Property, _ value: String) {
        var after = Self.filtered
        after[property] = value

        #expect(Self.objection(to: after)?.contains("should go through `filter`") == true)
    }

    @Test(arguments: [
        Handling.Property.copies, .refusal, .filter, .sourceAddress, .helo, .returnPath, .signature, .limits,
    ])
    func `whatever no route decides stays`(_ property: Handling.Property) {
        var before = Self.direct
        before[property] = "one"
        var after = Self.filtered

        #expect(Self.objection(from: before, to: after)?.contains("does not ask for") == true)
        after[property] = "one"
        #expect(Self.objection(from: before, to: after) == nil)
    }

    @Test func `the host's own mail stays whatever the rows say`() {
        let before = Handling(.host, [.way: "local"])
        let routes = Routes(recipients: [RecipientRow(domain: .exactly("example.org"), route: .via(Self.filter))])

        #expect(Self.objection(routes, from: before, to: Self.filtered)?.contains("kept by the host") == true)
        #expect(Self.objection(routes, from: before, to: before) == nil)
    }

    @Test func `direct as a default asks for nothing, and as a row for direct`() {
        let relayed = Handling(.relay, [.way: "smtp", .nextHop: "old.example.net", .port: "25"])
        let row = Routes(senders: [SenderRow(sender: .domain("example.com"), route: .direct)])

        #expect(Self.objection(Routes(), from: relayed, to: Self.direct) != nil)
        #expect(Self.objection(Routes(), from: relayed, to: relayed) == nil)
        #expect(Self.objection(row, from: relayed, to: Self.direct) == nil)
        #expect(Self.objection(row, from: relayed, to: relayed)?.contains("should go direct") == true)
        #expect(Self.objection(row, to: Self.direct) == nil)
        var changed = Self.direct
        changed[.tls] = "required"
        #expect(Self.objection(row, to: changed) != nil)
    }

    @Test func `a login of the old relay is not offered to strangers`() {
        let relayed = Handling(.relay, [.way: "smtp", .nextHop: "old.example.net", .port: "587", .login: "old"])
        var direct = Self.direct
        direct[.login] = "old"
        let bounce = Probe(from: "", to: "you@example.org")

        #expect(Self.objection(from: relayed, to: direct, of: bounce) != nil)
        #expect(Self.objection(from: relayed, to: Self.direct, of: bounce) == nil)
    }

    @Test func `what a filter decides before any route is the filter's`() {
        let held = Handling(.elsewhere, [.filter: "held"])

        #expect(Self.objection(from: held, to: held) == nil)
        #expect(Self.objection(to: held) != nil)
    }

    @Test func `rows by key answer as the rows one after the other`() {
        let routes = Routes(
            defaultRoute: .via(Self.filter),
            recipients: [
                RecipientRow(domain: .subdomains(of: "example.org"), route: .direct),
                RecipientRow(domain: .exactly("a.example.org"), route: .via(Self.filter)),
            ],
            senders: [
                SenderRow(sender: .domain("example.com"), route: .direct),
                SenderRow(sender: .address("Boss@example.com"), route: .via(Self.filter)),
            ]
        )
        let recipients = ["x@example.org", "x@a.example.org", "x@b.a.example.org", "c.example.org", "x@example.net"]
        for sender in ["", "boss@example.com", "x@EXAMPLE.com", "x@b.example.com"] {
            for recipient in recipients {
                let answer = RouteTable(routes).route(from: sender, to: recipient)
                #expect(answer == routes.route(from: sender, to: recipient))
            }
        }
    }
}
