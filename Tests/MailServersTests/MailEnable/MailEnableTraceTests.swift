import MTAPlan
import Support
import Testing

@testable import MailServers

/// Rows in the form of the knowledge base's ME020170; words for what goes out are the lab's stand-in's.
@Suite struct MailEnableTraceTests {
    private func row(_ way: String, _ command: String, _ details: String, _ answer: String, file: String = "1F.MAI")
        -> String
    {
        let address = way == "SMTP-IN" ? "127.0.0.1" : "198.18.2.1"
        return "11/27/26 02:00:00\t\(way)\t\(file)\t612\t\(address)\t\(command)\t\(details)\t\(answer)\t10\t20\t\t"
    }

    private func session(_ answer: String, way: String = "SMTP-OU") -> [String] {
        [
            row(way, "", "", "220 smarthost"), row(way, "EHLO", "EHLO x", "250-x 250 STARTTLS"),
            row(way, "STARTTLS", "STARTTLS", "220 go"), row(way, "AUTH", "{blank}", "235 ok"),
            row(way, "MAIL", "MAIL FROM:<a@example.com>", "250 ok"),
            row(way, "RCPT", "RCPT TO:<b@remote.test>", "250 ok"), row(way, "DATA", "DATA", "354 go"),
            row(way, "", "", answer), row(way, "QUIT", "QUIT", "221 bye"),
        ]
    }

    private func follow(_ lines: [String]) throws -> Delivery {
        var tracer = MailEnableTrace(
            SentMessage(messageID: "mtactl-1@x", from: "a@example.com", to: "b@remote.test", byteCount: 9)
        )
        var step = tracer.next(after: [])
        for _ in 0..<10 {
            guard case .watch(let watch) = step else { break }
            step = tracer.next(after: watch.wanted(of: lines))
        }
        guard case .found(let delivery) = step else { throw Failure("the tracer comes to no end") }
        return delivery
    }

    private let incoming =
        "11/27/26 01:59:59\tSMTP-IN\t1E.MAI\t600\t127.0.0.1\tRCPT\tRCPT TO:<b@remote.test>\t250 ok\t1\t2\t\t"

    @Test func `the session in which a message leaves has the smarthost's answers`() throws {
        let delivery = try follow([incoming] + session("250 2.0.0 taken"))

        #expect(delivery.status == .delivered)
        #expect(delivery.reply == "250 2.0.0 taken")
        #expect(delivery.relay?.address == "198.18.2.1" && delivery.relay?.port == nil)
        #expect(delivery.authenticated == true)
        #expect(delivery.tls?.version == "TLS")
    }

    @Test(arguments: [("550 5.7.1 no", Delivery.Status.bounced), ("451 later", .deferred)])
    func `a message that is not taken is not delivered`(answer: String, status: Delivery.Status) throws {
        let delivery = try follow([incoming] + session(answer))

        #expect(delivery.status == status)
        #expect(delivery.reply == answer)
    }

    @Test func `a refused login is the end, though no recipient was named`() throws {
        let delivery = try follow([
            incoming, row("SMTP-OU", "AUTH", "{blank}", "535 5.7.8 authentication failed"),
            row("SMTP-OU", "QUIT", "", "221"),
        ])

        #expect(delivery.status == .bounced)
        #expect(delivery.reply == "535 5.7.8 authentication failed")
        #expect(delivery.authenticated == false)
    }

    @Test func `what only came in is queued`() throws {
        #expect(try follow([incoming]).status == .queued)
        #expect(try follow([]).status == .queued)
        #expect(try follow(session("250 ok", way: "SMTP-IN")).status == .queued)
    }
}
