import Testing

@testable import MTAPlan

@Suite struct RouteAnswerTests {
    private let filter = Smarthost(
        name: "filter",
        hosts: ["f.example"],
        login: Login(username: "out", password: .environment("OUT"))
    )
    private let other = Smarthost(name: "other", hosts: ["o.example"])
    private let boss = Login(username: "boss", password: .environment("BOSS"))

    private var routes: Routes {
        Routes(
            defaultRoute: .via(filter),
            recipients: [
                RecipientRow(domain: .exactly("example.org"), route: .via(other)),
                RecipientRow(domain: .subdomains(of: "example.org"), route: .direct),
                RecipientRow(domain: .subdomains(of: "deep.example.org"), route: .via(filter)),
                RecipientRow(domain: .exactly("www.deep.example.org"), route: .via(other)),
            ],
            senders: [
                SenderRow(sender: .domain("example.com"), route: .direct),
                SenderRow(sender: .address("Boss@example.com"), route: .via(filter), login: boss),
                SenderRow(sender: .domain("example.net"), route: .via(other)),
            ]
        )
    }

    private func decided(
        _ route: Route,
        _ login: RouteAnswer.Decision.Login,
        _ reason: RouteAnswer.Reason
    ) -> RouteAnswer {
        var decision = RouteAnswer.Decision(route: route, login: login, reason: reason)
        decision.route = route
        return .decided(decision)
    }

    @Test(arguments: [
        ("a@example.org", "other"), ("a@EXAMPLE.org", "other"), ("a@example.org.", "other"),
        ("<a@example.org>", "other"),
        ("a@www.example.org", "direct"), ("a@x.y.example.org", "direct"), ("a@deep.example.org", "direct"),
        ("a@x.deep.example.org", "filter"), ("a@www.deep.example.org", "other"), ("a@x.www.deep.example.org", "filter"),
        ("a@notexample.org", "filter"), ("a@example.org.example", "filter"), ("example.org", "other"),
        ("\"a@b\"@example.org", "other"),
    ])
    func `a recipient's own domain wins, then the nearest above it`(recipient: String, expected: String) {
        guard case .decided(let decision) = routes.route(from: "x@elsewhere.example", to: recipient) else {
            Issue.record("not decided")
            return
        }

        switch decision.route {
        case .direct: #expect(expected == "direct")
        case .via(let smarthost): #expect(expected == smarthost.name)
        }
    }

    @Test func `a recipient's row beats a sender's row and the rule for bounces`() {
        let expected = decided(.via(other), .none, .recipient(.exactly("example.org")))

        #expect(routes.route(from: "boss@example.com", to: "a@example.org") == expected)
        #expect(routes.route(from: nil, to: "a@example.org") == expected)
    }

    @Test func `a sender's address beats its domain, in any case, and brings its login`() {
        let address = decided(.via(filter), .of(boss), .sender(.address("Boss@example.com")))

        #expect(routes.route(from: "boss@example.com", to: "a@b.example") == address)
        #expect(routes.route(from: "<BOSS@EXAMPLE.COM>", to: "a@b.example") == address)
        #expect(
            routes.route(from: "x@example.com", to: "a@b.example")
                == decided(.direct, .none, .sender(.domain("example.com")))
        )
        #expect(
            routes.route(from: "x@example.net", to: "a@b.example")
                == decided(.via(other), .none, .sender(.domain("example.net")))
        )
    }

    @Test func `a sender's domain is not a domain above it`() throws {
        let login = try #require(filter.login)

        #expect(
            routes.route(from: "x@sub.example.com", to: "a@b.example") == decided(.via(filter), .of(login), .default)
        )
    }

    @Test(arguments: [nil, "", "<>"])
    func `the empty sender goes as bounces say`(sender: String?) throws {
        var routes = routes
        #expect(routes.route(from: sender, to: "a@b.example") == decided(.direct, .none, .bounce))

        routes.bounces = .default

        #expect(
            routes.route(from: sender, to: "a@b.example")
                == decided(.via(filter), .of(try #require(filter.login)), .bounce)
        )
    }

    @Test func `what a list on the host decides is not known here`() throws {
        var routes = routes
        routes.sendersFile = SendersFile(path: "/l", smarthost: other, logins: "/p")
        let listed = RouteAnswer.Decision(route: .via(other), login: .listed(inFile: "/p"), reason: .sendersFile)
        let byDomain = RouteAnswer.Decision(route: .direct, login: .none, reason: .sender(.domain("example.com")))
        let byDefault = RouteAnswer.Decision(
            route: .via(filter),
            login: .of(try #require(filter.login)),
            reason: .default
        )

        #expect(routes.route(from: "x@elsewhere.example", to: "a@b.example") == .oneOf([listed, byDefault]))
        #expect(routes.route(from: "x@example.com", to: "a@b.example") == .oneOf([listed, byDomain]))
        #expect(
            routes.route(from: "boss@example.com", to: "a@b.example")
                == decided(.via(filter), .of(boss), .sender(.address("Boss@example.com")))
        )
        #expect(routes.route(from: nil, to: "a@b.example") == decided(.direct, .none, .bounce))
        #expect(
            routes.route(from: "x@elsewhere.example", to: "a@example.org")
                == decided(.via(other), .none, .recipient(.exactly("example.org")))
        )
    }

    @Test func `without any row mail goes directly`() {
        #expect(Routes().route(from: "a@b.example", to: "c@d.example") == decided(.direct, .none, .default))
    }
}
