@testable import MTAPlan
import Testing

@Suite struct ProofWaysTests {
    private static let one = Smarthost(
        name: "one",
        hosts: ["one.example"],
        login: Login(username: "a", password: .environment("A"))
    )
    private static let two = Smarthost(name: "two", hosts: ["two.example"])
    private static let boss = Login(username: "boss", password: .environment("B"))

    private static func ways(_ routes: Routes, to: String = "sink@example.org", atMost: Int = 20) -> ProofWays {
        let request = TestMessageRequest(to: to, from: "x@y.example", atMost: atMost)
        return ProofWays(routes, of: request, from: "x@y.example", local: "root@host.example")
    }

    @Test func `each way with a login of its own has a message, and equal ways have one`() {
        let ways = Self.ways(
            Routes(
                defaultRoute: .via(Self.one),
                senders: [
                    SenderRow(sender: .domain("s.example"), route: .via(Self.two)),
                    SenderRow(sender: .domain("t.example"), route: .via(Self.two)),
                    SenderRow(sender: .address("boss@s.example"), route: .via(Self.one), login: Self.boss),
                    SenderRow(sender: .domain("d.example"), route: .direct),
                ]
            )
        )

        #expect(ways.others.map(\.from) == ["postmaster@s.example", "boss@s.example"])
        #expect(ways.others.map(\.way) == ["`@s.example`", "`boss@s.example`"])
        #expect(ways.unproved == [])
    }

    @Test func `where a row takes the recipient the other ways are named`() {
        let ways = Self.ways(
            Routes(
                defaultRoute: .via(Self.one),
                recipients: [RecipientRow(domain: .exactly("example.org"), route: .via(Self.two))],
                senders: [SenderRow(sender: .address("boss@s.example"), route: .via(Self.one), login: Self.boss)]
            )
        )

        #expect(ways.others == [])
        #expect(ways.unproved == ["the default route", "`boss@s.example`"])
    }

    @Test func `no more messages are sent than asked for, and the rest is told`() {
        let senders = (0..<5).map { number in
            SenderRow(
                sender: .domain("s\(number).example"),
                route: .via(Self.one),
                login: Login(username: "u\(number)", password: .environment("A"))
            )
        }
        let ways = Self.ways(Routes(defaultRoute: .via(Self.one), senders: senders), atMost: 3)

        #expect(ways.others.count == 2)
        #expect(ways.unproved.first == "3 more, as `verify: at-most` is 3")
    }

    @Test func `the default route is shown where the asked sender has a row`() {
        let ways = Self.ways(
            Routes(
                defaultRoute: .via(Self.one),
                senders: [SenderRow(sender: .domain("y.example"), route: .via(Self.two))]
            )
        )

        #expect(ways.others.map(\.from) == ["root@host.example"])
    }
}
