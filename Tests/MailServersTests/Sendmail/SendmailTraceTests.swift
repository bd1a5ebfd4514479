import MTAPlan
import Support
import Testing

@testable import MailServers

/// Logs of real runs: through submission and daemon to a smarthost that is told to refuse.
@Suite struct SendmailTraceTests {
    struct Log: Sendable, CustomTestStringConvertible {
        let version: String
        let lines: [String]
        var testDescription: String { version }
    }

    /// rsyslog's, and the journal's.
    static func logs() throws -> [Log] {
        try ["8.17.1.9", "8.18.1"].map { Log(version: $0, lines: try Fixture.log("sendmail-\($0).log")) }
    }

    @Test(arguments: try logs())
    func `a message is followed through the submission to the smarthost's answer`(_ log: Log) throws {
        let delivery = try follow("delivered@mtactl", log)

        #expect(delivery.status == .delivered)
        #expect(delivery.relay?.description == "outgoing.example.net[198.18.2.1]:587")
        #expect(delivery.tls == TLSSession("TLSv1.3", .untrusted))
        #expect(delivery.reply == "2.0.0 taken by the lab")
        #expect(delivery.authenticated == nil)
        #expect(delivery.queueID?.count == 14)
    }

    @Test(arguments: try logs())
    func `mail that goes direct has a relay without a port`(_ log: Log) throws {
        let delivery = try follow("direct@mtactl", log)

        #expect(delivery.status == .delivered)
        #expect(delivery.relay?.description == "mx.internet.test[198.18.3.1]")
    }

    @Test(arguments: try logs())
    func `local delivery has no relay`(_ log: Log) throws {
        let delivery = try follow("local@mtactl", log)

        #expect(delivery.status == .delivered)
        #expect(delivery.relay == nil)
        #expect(delivery.reply == "Sent")
    }

    @Test(arguments: try logs())
    func `the smarthost's own words are kept`(_ log: Log) throws {
        let bounced = try follow("bounced@mtactl", log)
        let greylisted = try follow("greylisted@mtactl", log)
        let loginRefused = try follow("wrong-password@mtactl", log)

        #expect(bounced.status == .bounced)
        #expect(bounced.reply == "550 5.7.1 recipient is not welcome here (User unknown)")
        #expect(bounced.relay?.port == 587)
        #expect(greylisted.status == .deferred)
        #expect(greylisted.reply.hasPrefix("451 4.7.1 greylisted, try again later"))
        #expect(loginRefused.status == .bounced)
        #expect(loginRefused.reply == "530 5.7.0 Authentication required (Service unavailable)")
    }

    @Test(arguments: try logs())
    func `a connection that is refused, or not encrypted, defers`(_ log: Log) throws {
        let clear = try follow("no-tls@mtactl", log)
        let closed = try follow("refused-connection@mtactl", log)

        #expect(clear.status == .deferred)
        #expect(clear.reply == "Deferred: 454 4.7.0 the connection is not encrypted")
        #expect(clear.tls == nil)
        #expect(closed.status == .deferred)
        #expect(closed.reply == "Deferred: Connection refused by outgoing.example.net.")
    }

    @Test(arguments: try logs())
    func `a login is seen where the log tells of it`(_ log: Log) throws {
        #expect(try follow("logged-in@mtactl", log).authenticated == true)
    }

    @Test(arguments: try logs())
    func `what the daemon refuses of the submission is bounced with its words`(_ log: Log) throws {
        for id in ["unknown@mtactl", "refused-sender@mtactl"] {
            let delivery = try follow(id, log)
            #expect(delivery.status == .bounced)
            #expect(delivery.relay?.address == "127.0.0.1")
        }
    }

    @Test(arguments: try logs())
    func `the watches alone lead to the same end as the whole log`(_ log: Log) throws {
        for id in ["delivered", "local", "bounced", "greylisted", "wrong-password", "no-tls"] {
            #expect(try followByWatches("\(id)@mtactl", log) == follow("\(id)@mtactl", log))
        }
    }

    @Test func `a message that is not in the log is queued, and says so`() throws {
        let delivery = try follow("nowhere@mtactl", try #require(Self.logs().first))

        #expect(delivery.status == .queued)
        #expect(delivery.queueID == nil)
        #expect(delivery.reply == "the message is not in the log")
    }

    @Test func `a message that a busy host keeps says why`() throws {
        // Of 8.17.1.9, at a load of 19 on two processors.
        let lines = [
            "Nov 22 00:02:08 mail31 sendmail[462]: 6AM028RO000462: from=sender@example.com, size=446, class=-60, nrcpts=1, msgid=<busy@mtactl>, relay=root@localhost",
            "Nov 22 00:02:08 mail31 sendmail[462]: 6AM028RO000462: to=postmaster@remote.test, delay=00:00:00, mailer=relay, pri=138446, stat=queued",
        ]
        let delivery = try follow("busy@mtactl", Log(version: "busy", lines: lines))

        #expect(delivery.status == .queued)
        #expect(delivery.queueID == "6AM028RO000462")
        #expect(delivery.reply.contains("QueueLA"))
    }

    @Test func `rubbish in the log matches nothing`() throws {
        var random = SeededRandom(seed: 4)
        let lines = try #require(Self.logs().first).lines
        for _ in 0..<300 {
            var bytes = Array(try #require(lines.randomElement(using: &random)).utf8)
            for _ in 0..<3 {
                bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            let line = String(decoding: bytes, as: UTF8.self)
            _ = SendmailLogLine(line)?.attempt
            var trace = SendmailTrace(messageID: "delivered@mtactl")
            _ = trace.next(after: [line])
            _ = trace.next(after: [line])
        }
    }

    /// With every line at once.
    private func follow(_ messageID: String, _ log: Log) throws -> Delivery {
        var trace = SendmailTrace(messageID: messageID)
        var step = trace.next(after: [])
        for _ in 0..<9 {
            guard case .watch = step else { break }
            step = trace.next(after: log.lines)
        }
        guard case .found(let delivery) = step else { throw Failure("the trace does not end") }
        return delivery
    }

    /// As the agent does: up to the first line that ends the watch, and only what is wanted.
    private func followByWatches(_ messageID: String, _ log: Log) throws -> Delivery {
        var trace = SendmailTrace(messageID: messageID)
        var step = trace.next(after: [])
        for _ in 0..<9 {
            guard case .watch(let watch) = step else { break }
            var seen: [String] = []
            for line in watch.wanted(of: log.lines) where !watch.isMet(by: seen) { seen.append(line) }
            step = trace.next(after: seen)
        }
        guard case .found(let delivery) = step else { throw Failure("the trace does not end") }
        return delivery
    }
}
