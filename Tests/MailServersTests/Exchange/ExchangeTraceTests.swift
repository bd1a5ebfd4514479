import MTAPlan
import MailServers
import Support
import Testing

/// A message followed through what the executor tells of tracking logs, queues and the pickup folder.
@Suite struct ExchangeTraceTests {
    private let sent = SentMessage(
        messageID: "m@example.com",
        from: "a@example.com",
        to: "b@example.net",
        byteCount: 100
    )

    private func row(_ event: String, _ connector: String, _ status: String, host: String = "out.example.net") -> String
    {
        "tracking\tTimestamp=2026-11-26T22:46:45Z\tEventId=\(event)\tSource=SMTP\tServerHostname=\(host)\tServerIp=192.0.2.9"
            + "\tConnectorId=\(connector)\tMessageId=<m@example.com>\tRecipients=b@example.net\tRecipientStatus=\(status)\tSourceContext="
    }

    private func found(_ lines: [String]) throws -> Delivery {
        var tracer = Exchange().trace.tracer(sent)
        guard case .watch(let watch) = tracer.next(after: []) else { throw Failure("it does not look") }
        #expect(watch.wanted(of: lines) == lines)
        guard case .found(let delivery) = tracer.next(after: lines) else { throw Failure("it goes on looking") }
        return delivery
    }

    @Test(arguments: ["SENDEXTERNAL", "SEND"]) func `mail that left is delivered`(_ event: String) throws {
        let delivery = try found([row("RECEIVE", "", ""), row(event, "Relay", "250 2.0.0 OK")])

        #expect(delivery.status == .delivered)
        #expect(delivery.relay == Delivery.Relay(host: "out.example.net", address: "192.0.2.9", port: nil))
        #expect(delivery.reply.hasPrefix("250 2.0.0 OK"))
        #expect(delivery.reply.contains("Relay"))
        #expect(!delivery.tellsTLS)
    }

    @Test func `a hop between own servers is not the end`() throws {
        var tracer = Exchange().trace.tracer(sent)
        _ = tracer.next(after: [])
        let hop = row("SEND", "Intra-Organization SMTP Send Connector", "250 2.0.0 OK", host: "EX02")

        guard case .watch(let watch) = tracer.next(after: [hop]) else {
            Issue.record("it took the hop for the end")
            return
        }
        #expect(!watch.isMet(by: [hop]))
        #expect(watch.isMet(by: [hop, row("SENDEXTERNAL", "Relay", "250 OK")]))
    }

    @Test(arguments: [
        ("[{LRT=26.11.2026 22:46:45};{LED=450 4.7.0 try again};{FQDN=x};{IP=192.0.2.9}]", "450 4.7.0 try again"),
        ("[{LED=451 4.4.0 \"421 4.4.2 {odd}\"};{FQDN=};{IP=}]", "451 4.4.0 \"421 4.4.2 {odd}\""),
        ("451 5.7.3 Require basic authentication.", "451 5.7.3 Require basic authentication."), ("{LED=", ""),
    ])
    func `the reason of a queue is told without its frame`(_ text: String, _ words: String) throws {
        let queue =
            "queue\tIdentity=EX01\\12\tNextHopDomain=out.example.net\tStatus=Retry\tMessageCount=1\tLastError=\(text)"

        let delivery = try found([row("RECEIVE", "", ""), queue])

        #expect(delivery.status == .deferred)
        #expect(delivery.reply == words)
        #expect(delivery.queueID != nil)
    }

    @Test func `unreachable, refused and untouched are told apart`() throws {
        let unreachable = try found([
            row("RECEIVE", "", ""), "queue\tIdentity=EX01\\Unreachable\tStatus=Ready\tMessageCount=1\tLastError=",
        ])
        #expect(unreachable.reply.contains("no Send connector"))
        #expect(try found(["pickup\tName=mtactl-1.bad"]).status == .refused)
        #expect(try found(["pickup\tName=mtactl-1.eml"]).reply.contains("transport service"))
        #expect(try found([row("FAIL", "Relay", "[{LED=550 5.7.1 Open relay not allowed}]")]).status == .bounced)
    }

    @Test(arguments: [
        ("550 5.7.1 Open relay not allowed", "wait"), ("451 5.7.3 Require basic authentication.", "AUTH LOGIN"),
        ("451 5.7.3 Cannot achieve Exchange Server authentication", "mechanism"),
        ("421 4.4.1 Connection timed out", "firewall"),
    ])
    func `what is known has advice`(_ reply: String, _ word: String) throws {
        #expect(try #require(Exchange().trace.hint(for: reply)).contains(word))
    }
}
