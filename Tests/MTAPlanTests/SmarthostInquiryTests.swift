import MTAPlan
import Testing

@Suite struct SmarthostInquiryTests {
    private typealias Answer = SmarthostInquiry.Answer

    private let inquiry = SmarthostInquiry(
        hosts: ["out.example.net"],
        port: 587,
        requiresTLS: true,
        mechanism: "LOGIN"
    )

    private static let offered = ["250-out.example.net", "250-STARTTLS", "250 8BITMIME"]

    @Test(arguments: [
        ["250-out.example.net", "250 AUTH PLAIN LOGIN"], ["250-out.example.net", "250-auth login", "250 SIZE"],
        ["250-out.example.net", "250 AUTH=LOGIN"],
    ])
    func `a smarthost with the mechanism is fine`(secured: [String]) {
        #expect(inquiry.objection(to: [Answer(offered: Self.offered, secured: secured)]) == nil)
    }

    @Test func `a smarthost without the mechanism is refused, with what it has`() throws {
        let answer = Answer(offered: Self.offered, secured: ["250-out.example.net", "250 AUTH PLAIN CRAM-MD5"])
        let failure = try #require(inquiry.objection(to: [answer]))
        #expect(failure.problem.contains("out.example.net:587 offers only AUTH PLAIN CRAM-MD5 after STARTTLS"))
        let nothing = Answer(offered: Self.offered, secured: ["250 out.example.net"])
        #expect(inquiry.objection(to: [nothing])?.problem.contains("offers no AUTH after STARTTLS") == true)
    }

    @Test func `without STARTTLS there is no TLS`() throws {
        let answer = Answer(offered: ["250-out.example.net", "250 AUTH LOGIN"])
        #expect(inquiry.objection(to: [answer])?.problem.contains("does not offer STARTTLS") == true)
        var relaxed = inquiry
        relaxed.requiresTLS = false
        #expect(relaxed.objection(to: [answer]) == nil)
    }

    @Test(arguments: [
        Answer(), Answer(offered: ["421 4.3.2 busy"]), Answer(offered: offered, trouble: "the handshake failed"),
        Answer(offered: offered, secured: ["502 no EHLO in TLS"]),
    ])
    func `what is not certain is no objection`(answer: SmarthostInquiry.Answer) {
        #expect(inquiry.objection(to: [answer]) == nil)
    }

    @Test func `only where no host can be reached, that is an objection`() throws {
        var two = inquiry
        two.hosts.append("out2.example.net")
        let away = Answer(trouble: "the connection timed out")
        #expect(two.objection(to: [away, Answer(greeting: ["220 hello"], offered: Self.offered)]) == nil)
        // One that is busy hangs up.
        #expect(two.objection(to: [away, Answer(greeting: ["421 busy"], trouble: "closed")]) == nil)
        let failure = try #require(two.objection(to: [away, away]))
        #expect(
            failure.problem.contains(
                "out.example.net:587, out2.example.net:587 do not answer this host: the connection timed"
            )
        )
    }

    @Test func `control characters of a host are not shown`() throws {
        let failure = try #require(inquiry.objection(to: [Answer(trouble: "a\u{1B}[2Jb")]))
        #expect(!failure.problem.contains("\u{1B}"))
    }
}
