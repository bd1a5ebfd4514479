import MTAPlan
import Support
import Testing

@testable import MailServers

/// The log of a real notqmail, built from source: see `Fixtures/Logs/ORIGIN.md`.
@Suite struct QmailTraceTests {
    struct Log: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let lines: [String]
    }

    static func logs() throws -> [Log] {
        let lines = try Fixture.log("notqmail-1.09.log")
        return [
            Log(testDescription: "as qmail-send writes it", lines: lines),
            Log(testDescription: "multilog", lines: lines.map { "@400000006b022a6e115654e4 " + $0 }),
            Log(
                testDescription: "splogger",
                lines: lines.map { "2026-11-21T23:19:14+0000 web1 qmail[35]: 1795304079.788288 " + $0 }
            ),
        ]
    }

    static func sent(_ byteCount: Int = 450, to: String = "postmaster@example.net") -> SentMessage {
        SentMessage(messageID: "mtactl-1@host1.lab.test", from: "root@host1.lab.test", to: to, byteCount: byteCount)
    }

    @Test(arguments: try logs()) func `a message is followed to the smarthost's answer`(_ log: Log) {
        let delivery = follow(Self.sent(), log.lines)

        #expect(delivery.status == .delivered)
        #expect(delivery.queueID == "299")
        #expect(delivery.relay?.description == "127.0.0.1[127.0.0.1]")
        #expect(delivery.reply == "250 2.0.0 Ok: queued as SINK2501")
        #expect(delivery.tls == nil)
        #expect(delivery.authenticated == nil)
    }

    @Test(arguments: try logs()) func `refusals keep the smarthost's words`(_ log: Log) {
        let failed = follow(Self.sent(), Array(log.lines.drop { !$0.contains("new msg 307") }))
        let deferred = follow(Self.sent(), Array(log.lines.drop { !$0.contains("new msg 317") }))

        #expect(failed.status == .bounced)
        #expect(failed.relay?.address == "127.0.0.1")
        #expect(failed.reply.contains("Remote host said: 550 5.7.1 recipient is not welcome here/Giving up on"))
        #expect(deferred.status == .deferred)
        #expect(deferred.queueID == "317")
    }

    @Test(arguments: try logs()) func `a local delivery has no relay`(_ log: Log) {
        let delivery = follow(Self.sent(447, to: "root@host1.lab.test"), log.lines)

        #expect(delivery.status == .delivered)
        #expect(delivery.queueID == "321")
        #expect(delivery.relay == nil)
    }

    @Test func `of two messages of one envelope the one of the right size is followed`() {
        let lines = [
            "info msg 5: bytes 2000 from <root@host1.lab.test> qp 1 uid 0",
            "starting delivery 1: msg 5 to remote postmaster@example.net",
            "info msg 6: bytes 518 from <root@host1.lab.test> qp 2 uid 0",
            "starting delivery 2: msg 6 to remote postmaster@example.net",
            "delivery 1: failure: Sorry._(#5.1.2)/",
            "delivery 2: success: 192.0.2.1_accepted_message./Remote_host_said:_250_ok/",
        ]

        #expect(follow(Self.sent(), lines).queueID == "6")
    }

    @Test func `a number that was used before is not the message`() {
        let lines = [
            "info msg 5: bytes 400 from <cron@host1.lab.test> qp 1 uid 0",
            "starting delivery 1: msg 5 to remote postmaster@example.net",
            "delivery 1: failure: Sorry./", "end msg 5",
            "info msg 5: bytes 518 from <root@host1.lab.test> qp 2 uid 0",
            "starting delivery 2: msg 5 to remote postmaster@example.net",
            "delivery 2: success: 192.0.2.1_accepted_message./Remote_host_said:_250_ok/",
        ]

        #expect(follow(Self.sent(), lines).status == .delivered)
    }

    @Test func `TLS and a missing login are told where the log tells them`() {
        let report = QmailReport(
            "no_supported_AUTH_method_found,_continuing_without_authentication./192.0.2.1_accepted_message./Remote_host_said:"
                + "_250_ok/STARTTLS_proto=TLSv1.3;_cipher=TLS_AES_256_GCM_SHA384/"
        )

        #expect(report.relay?.address == "192.0.2.1")
        #expect(report.tls == "TLSv1.3")
        #expect(report.saysWithoutLogin)
        #expect(report.reply == "250 ok")
    }

    @Test func `any line may come`() {
        for line in [
            "", "info msg ", "info msg 5", "info msg 5: bytes x from <", "delivery 1:", "starting delivery 1: msg",
            "delivery 1: nonsense: x", "info msg 5: bytes 99999999999999999999 from <a> qp 1 uid 0", "\u{0}\u{FFFD}",
            "starting delivery 1: msg 5 to nowhere x@y",
        ] { #expect(QmailLogLine(line) == nil) }
        #expect(follow(Self.sent(), ["\u{1}"]).status == .queued)
    }

    /// What the tracer finds when it is shown the lines that it watches for.
    private func follow(_ message: SentMessage, _ lines: [String]) -> Delivery {
        var tracer = Qmail().trace.tracer(message)
        var step = tracer.next(after: [])
        for _ in 0..<10 {
            guard case .watch(let watch) = step else { break }
            step = tracer.next(after: watch.wanted(of: lines))
        }
        guard case .found(let delivery) = step else {
            Issue.record("it never ends")
            return Delivery(status: .queued, messageID: "")
        }
        return delivery
    }
}
