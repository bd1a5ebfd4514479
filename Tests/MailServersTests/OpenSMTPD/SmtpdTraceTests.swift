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
