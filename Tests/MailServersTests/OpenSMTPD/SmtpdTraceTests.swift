import MTAPlan
import Support
import Testing

@testable import MailServers

/// Logs of OpenSMTPD 6.8.0p2 and 7.6.0p1: `Fixtures/Logs/ORIGIN.md`.
@Suite struct SmtpdTraceTests {
    static let logs = [
        ("opensmtpd-6.8.0.log", sent: "233861be", refused: "096ba228", trust: "Verified"),
        ("opensmtpd-7.6.0.log", sent: "51d9714a", refused: "ff73b868", trust: "Untrusted"),
    ]

    @Test(arguments: logs)
    func `a message is followed from the id that sendmail printed to the smarthost's answer`(
        _ log: (String, sent: String, refused: String, trust: String)
    ) throws {
        let delivery = try follow(log.sent, in: Fixture.log(log.0))

        #expect(delivery.status == .delivered)
        #expect(delivery.queueID == log.sent)
        #expect(delivery.relay?.description == "outgoing.example.net[198.18.2.1]:587")
        #expect(delivery.tls?.description == "TLSv1.3, \(log.trust)")
        #expect(delivery.reply == "250 2.0.0 taken by the lab")
    }

    @Test(arguments: logs)
    func `a refused login is told in the smarthost's words`(
        _ log: (String, sent: String, refused: String, trust: String)
    ) throws {
        let delivery = try follow(log.refused, in: Fixture.log(log.0))

        #expect(delivery.status == .deferred)
        #expect(delivery.relay?.port == 587)
        #expect(delivery.reply == "AUTH rejected: 535 5.7.8 authentication failed")
    }

    /// Logged by OpenSMTPD 7.6.0p1 next to a signing proxy on 127.0.0.1:10027.
    private static let proxied = [
        "886fa6f0e69a7f58 smtp envelope evpid=72bf5e363ab81521 from=<root@a.example> to=<sink@example.org>",
        "886fa6f3e015a12f mta connecting address=smtp://127.0.0.1:10027 host=localhost",
        "886fa6f431373e3b smtp envelope evpid=b470ae9e5122131f from=<root@a.example> to=<other@example.org>",
        "886fa6f431373e3b smtp envelope evpid=a470ae9e5122131f from=<root@a.example> to=<sink@example.org>",
        "886fa6f3e015a12f mta delivery evpid=72bf5e363ab81521 from=<root@a.example> to=<sink@example.org> rcpt=<-> "
            + "source=\"127.0.0.1\" relay=\"127.0.0.1 (localhost)\" delay=0s result=\"Ok\" stat=\"250 signed\"",
        "886fa6f75c8348be mta connecting address=smtp+tls://198.18.2.1:587 host=outgoing.example.net",
        "886fa6f75c8348be mta delivery evpid=a470ae9e5122131f from=<root@a.example> to=<sink@example.org> rcpt=<-> "
            + "source=\"198.18.1.51\" relay=\"198.18.2.1 (outgoing.example.net)\" delay=0s result=\"Ok\" stat=\"250 taken\"",
    ].map { "2026-11-27T02:39:56+00:00 a smtpd[197]: \($0)" }

    @Test func `a message is followed through a proxy on the host that gives it back`() throws {
        let delivery = try follow("72bf5e36", in: Self.proxied)

        #expect(delivery.status == .delivered)
        #expect(delivery.queueID == "a470ae9e")
        #expect(delivery.relay?.description == "outgoing.example.net[198.18.2.1]:587")

        let kept = try follow("72bf5e36", in: Self.proxied.filter { !$0.contains("a470ae9e") })
        #expect(kept.relay?.port == 10027)
    }

    @Test func `a message without an id is not known`() {
        var tracer = SmtpdTrace(messageID: "m@x")

        guard case .found(let delivery) = tracer.next(after: ["<<< 250 2.0.0 Ok"]) else {
            Issue.record("there is nothing to wait for")
            return
        }
        #expect(delivery.status == .queued)
    }

    @Test func `when the time is up the message is queued under its id`() throws {
        let delivery = try follow("0badcafe", in: [])

        #expect(delivery.status == .queued)
        #expect(delivery.queueID == "0badcafe")
    }

    private func follow(_ id: String, in log: [String]) throws -> Delivery {
        var tracer = SmtpdTrace(messageID: "m@x")
        var step = tracer.next(after: [">>> .", "<<< 250 2.0.0 \(id) Message accepted for delivery", ">>> QUIT"])
        while case .watch(let watch) = step {
            step = tracer.next(after: watch.wanted(of: log))
        }
        guard case .found(let delivery) = step else { throw Failure("the trace does not end") }
        return delivery
    }
}
