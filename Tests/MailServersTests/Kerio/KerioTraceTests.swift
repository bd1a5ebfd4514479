import MTAPlan
import MailServers
import Testing

/// Lines of the mail log as Kerio's manual and administrators show them.
@Suite struct KerioTraceTests {
    private static let id = "mtactl-20261121T184002Z-7f3a-00@example.com"
    private static let start = "[27/Nov/2026 02:31:07] "
    private static let received =
        start
        + "Recv: Queue-ID: 6567f3ab-00000004, Service: SMTP, From: <a@example.com>, To: <b@example.net>, Size: 561, "
        + "Sender-Host: 127.0.0.1, Subject: mtactl test, Msg-Id: <\(id)>"

    private static func sent(_ result: String, _ status: String, host: String = "outgoing.example.net") -> String {
        start + "Sent: Queue-ID: 6567f3ab-00000004, Recipient: <b@example.net>, Result: \(result), Status: \(status), "
            + "Remote-Host: \(host), Msg-Id: <\(id)>"
    }

    private func delivery(_ lines: [String]) -> Delivery? {
        let message = SentMessage(messageID: Self.id, from: "a@example.com", to: "b@example.net", byteCount: 1)
        var tracer = Kerio().trace.tracer(message)
        guard case .watch = tracer.next(after: []), case .found(let delivery) = tracer.next(after: lines) else {
            return nil
        }
        return delivery
    }

    @Test(arguments: [("delivered", Delivery.Status.delivered), ("failed", .bounced), ("delayed", .deferred)])
    func `the last word of the log decides`(result: String, status: Delivery.Status) throws {
        let found = try #require(delivery([Self.received, Self.sent(result, "2.0.0 , ok, queued as 1")]))

        #expect(found.status == status)
        #expect(found.queueID == "6567f3ab-00000004")
        #expect(found.relay == Delivery.Relay(host: "outgoing.example.net", address: "", port: nil))
        #expect(found.reply == "2.0.0,ok,queued as 1")
        #expect(!found.tellsTLS)
    }

    @Test func `a relay that is told by its address is known by it`() throws {
        let found = try #require(delivery([Self.sent("delivered", "2.0.0", host: "198.51.100.7")]))
        #expect(found.relay == Delivery.Relay(host: "198.51.100.7", address: "198.51.100.7", port: nil))
    }

    @Test func `what the log has not said is not delivered`() throws {
        #expect(try #require(delivery([Self.received])).status == .queued)
        #expect(try #require(delivery([])).reply == "the message is not in the mail log")
        let other = Self.sent("delivered", "2.0.0").replacing(Self.id, with: "other@example.com")
        #expect(try #require(delivery([Self.received, other])).status == .queued)
    }

    @Test(arguments: ["", "] : ", "[x] Sent:", "[x] Sent: ,,,:,", "[x] Sent: Result: delivered"])
    func `any line is taken`(line: String) {
        #expect(delivery([line + " <\(Self.id)>"]) != nil)
    }
}
