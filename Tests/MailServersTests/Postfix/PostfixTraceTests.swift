import Foundation
import MTAPlan
import Support
import Testing

@testable import MailServers

/// Logs of real runs: what was sent to a smarthost that is told to refuse, through a filter, an alias, a broken service.
@Suite struct PostfixTraceTests {
    struct Log: Sendable, CustomTestStringConvertible {
        let version: String
        let lines: [String]
        var testDescription: String { version }
    }

    static func logs() throws -> [Log] {
        try ["3.7.11", "3.10.13", "3.11.7"].flatMap { version in
            let lines = try Fixture.log("postfix-\(version).log")
            let journal = lines.map { "2026-11-21T\($0.dropFirst(7).prefix(8))+0000\($0.dropFirst(15))" }
            return [Log(version: version, lines: lines), Log(version: "\(version) in the journal", lines: journal)]
        }
    }

    @Test(arguments: try logs())
    func `a message is followed to the smarthost's answer`(_ log: Log) throws {
        let delivery = try follow("sent@mtactl", log)

        #expect(delivery.status == .delivered)
        #expect(delivery.relay?.description == "outgoing.example.net[10.9.0.2]:587")
        #expect(delivery.tls == TLSSession("TLSv1.3", .untrusted))
        #expect(delivery.reply == "250 2.0.0 Ok: queued as SINK587")
        #expect(delivery.authenticated == nil)
        #expect(delivery.queueID?.count == 7)
    }

    @Test(arguments: try logs())
    func `mail that goes direct is told from mail through the smarthost`(_ log: Log) throws {
        let delivery = try follow("null@mtactl", log)

        #expect(delivery.status == .delivered)
        #expect(delivery.relay?.description == "mx.example[10.9.0.9]:25")
        #expect(delivery.tls == nil)
    }

    @Test(arguments: try logs())
    func `the smarthost's own words are kept`(_ log: Log) throws {
        let bounced = try follow("bounced@mtactl", log)
        let deferred = try follow("deferred@mtactl", log)

        #expect(bounced.status == .bounced)
        #expect(
            bounced.reply
                == "host outgoing.example.net[10.9.0.2] said: 550 5.1.1 no such user here (in reply to RCPT TO command)"
        )
        #expect(deferred.status == .deferred)
        #expect(deferred.reply.contains("said: 450 4.2.0 come back later"))
        #expect(deferred.relay?.port == 587)
    }

    @Test(arguments: try logs())
    func `one look at the log is enough where the message goes straight out`(_ log: Log) throws {
        var trace = PostfixTrace(messageID: "sent@mtactl")
        guard case .watch(let watch) = trace.next(after: []) else { throw Failure("nothing is looked for") }

        guard case .found(let delivery) = trace.next(after: watch.wanted(of: log.lines)) else {
            throw Failure("something is looked for again")
        }
        #expect(delivery.relay?.host == "outgoing.example.net")
    }

    @Test(arguments: try logs())
    func `a content filter is followed to the next queue id`(_ log: Log) throws {
        let delivery = try follow("filtered@mtactl", log)

        #expect(delivery.status == .delivered)
        #expect(delivery.relay?.host == "outgoing.example.net")
        #expect(delivery.queueID?.count ?? 0 > 10)
    }

    @Test(arguments: try logs().filter { !$0.version.hasPrefix("3.11") })
    func `an alias is followed to the next queue id`(_ log: Log) throws {
        #expect(try follow("forwarded@mtactl", log).relay?.host == "outgoing.example.net")
    }

    @Test(arguments: try logs())
    func `local delivery has no relay`(_ log: Log) throws {
        let delivery = try follow("local@mtactl", log)

        #expect(delivery.status == .delivered)
        #expect(delivery.relay == nil)
        #expect(delivery.reply == "delivered to mailbox")
    }

    @Test(arguments: try logs())
    func `mail that the server would not take is refused, with its reason`(_ log: Log) throws {
        let delivery = try follow("rejected@mtactl", log)

        #expect(delivery.status == .refused)
        #expect(delivery.reply.hasSuffix("5.7.1 we do not want this"))
    }

    @Test(arguments: try logs())
    func `a service that cannot start is a deferral with the words it died with`(_ log: Log) throws {
        let delivery = try follow("fatal@mtactl", log)

        #expect(delivery.status == .deferred)
        #expect(delivery.reply == "fatal: Invalid TLS level \"bogus\"")
    }

    @Test(arguments: try logs())
    func `a service that is not there is a deferral`(_ log: Log) throws {
        let delivery = try follow("unavailable@mtactl", log)

        #expect(delivery.status == .deferred)
        #expect(delivery.reply.hasPrefix("mail transport unavailable"))
    }

    @Test(arguments: try logs())
    func `a message without a decision is queued when the time is up`(_ log: Log) throws {
        let id = try #require(try follow("sent@mtactl", log).queueID)
        let cut = Log(version: "cut", lines: log.lines.prefix { !$0.contains("\(id): to=") })

        let delivery = try follow("sent@mtactl", cut)

        #expect(delivery == Delivery(status: .queued, messageID: "sent@mtactl", queueID: id))
        let never = try follow("never@mtactl", Log(version: "", lines: []))
        #expect(
            never == Delivery(status: .queued, messageID: "never@mtactl", reply: "the message is not in the log")
        )
    }

    @Test(arguments: [
        "", "]: ", "[]: ", "postfix/smtp[1]: ", "postfix/smtp[1]: : ", "x[1]: ABCDEF: to=<",
        "x[1]: ABCDEF: to=<>, relay=",
        "x[1]: ABCDEF: to=<a>, relay=x, dsn=, status= (", "x[1]: ABCDEF: to=<a>, relay=[]:, dsn=2.0.0, status=sent ()",
        "x[1]: ABCDEF: to=<a>, status=sent (x), dsn=2.0.0, relay=y)", "x[1]: ABCDEF: message-id=<m>",
        "x[1]:  TLS connection established to  with cipher : ", "x[1]: \u{0} fatal: \u{1B}[2J",
        "x[99999999999999999999]: ABCDEF: to=<a>, relay=h[i]:99999999999999999999, dsn=2.0.0, status=sent (\u{1B}[31m)",
    ])
    func `no line can do more than fail to match`(_ line: String) {
        var trace = PostfixTrace(messageID: "m")
        _ = trace.next(after: [])
        for lines in [[line], ["x[1]: ABCDEF: message-id=<m>", line], [line, line]] {
            if case .found(let delivery) = trace.next(after: lines) {
                #expect(!delivery.reply.unicodeScalars.contains("\u{1B}"))
                #expect(delivery.relay?.port != 0)
            }
        }
    }

    @Test(arguments: 0..<300)
    func `a log cut and mixed at any place leads to an end`(seed: Int) throws {
        var random = SeededRandom(seed: seed)
        let log = try #require(try Self.logs().randomElement(using: &random))
        let lines = log.lines.shuffled(using: &random).prefix(Int.random(in: 0...log.lines.count, using: &random)).map {
            line in
            Bool.random(using: &random) ? line : String(line.prefix(Int.random(in: 0...line.count, using: &random)))
        }

        for id in ["sent@mtactl", "filtered@mtactl", "fatal@mtactl"] {
            #expect(try follow(id, Log(version: "", lines: lines)).messageID == id)
        }
    }

    /// Does as the agent does: from when the message was submitted it keeps what contains a wanted string, and comes
    /// back when a line fulfils the watch.
    private func follow(_ messageID: String, _ log: Log) throws -> Delivery {
        let start = log.lines.firstIndex { $0.contains("message-id=<\(messageID)>") } ?? 0
        let since = log.lines[max(0, start - 2)...]
        var trace = PostfixTrace(messageID: messageID)
        var lines: [String] = []
        for _ in 0..<10 {
            switch trace.next(after: lines) {
            case .found(let delivery): return delivery
            case .watch(let watch):
                lines = []
                for line in watch.wanted(of: Array(since)) where !watch.isMet(by: lines) { lines.append(line) }
            }
        }
        throw Failure("the trace does not end")
    }
}
