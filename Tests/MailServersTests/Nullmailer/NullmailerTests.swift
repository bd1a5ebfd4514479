import MTAPlan
import Support
import Testing

@testable import MailServers

/// Log of nullmailer 2.2: `Fixtures/Logs/ORIGIN.md`.
@Suite struct NullmailerTests {
    private let taken = "mtactl-20261121T235031Z-9885-cde79382@example.com"
    private let refused = "mtactl-20261121T235034Z-fc68-143f2a41@example.com"

    @Test func `a message is followed to the smarthost's answer`() throws {
        let delivery = try follow(taken, in: Fixture.log("nullmailer-2.2.log"))

        #expect(delivery.status == .delivered)
        #expect(delivery.relay?.description == "outgoing.example.net")
        #expect(delivery.reply == "250 2.0.0 taken by the lab")
        #expect(!delivery.tellsTLS)
    }

    @Test func `a refused login is told with the queue's file`() throws {
        let delivery = try follow(refused, in: Fixture.log("nullmailer-2.2.log"))

        #expect(delivery.status == .deferred)
        #expect(delivery.queueID?.allSatisfy { $0.isNumber || $0 == "." } == true)
        #expect(delivery.reply == "535 5.7.8 authentication failed")
    }

    @Test func `another message's end does not end the wait`() throws {
        let log = try Fixture.log("nullmailer-2.2.log")
        let begun = log.lastIndex { $0.contains(refused) } ?? 0
        var tracer = NullmailerTrace(messageID: refused)
        _ = tracer.next(after: [])

        let step = tracer.next(after: Array(log[...begun]))
        let again = tracer.next(after: Array(log[...begun]))

        #expect(step == again)
        guard case .watch = step else {
            Issue.record("the message has no end yet")
            return
        }
    }

    @Test func `a message that is not in the log is queued`() throws {
        #expect(try follow("other@x", in: Fixture.log("nullmailer-2.2.log")).status == .queued)
    }

    @Test func `a name of the queue that could lead elsewhere is none`() throws {
        let lines = [
            "x y nullmailer-send[1]: Starting delivery: host: h protocol: smtp file: ../../etc/passwd",
            "x y nullmailer-send[1]: Message-ID: <m@x>", "x y nullmailer-send[1]: Sending failed: no",
        ]

        #expect(try follow("m@x", in: lines).queueID == nil)
    }

    @Test(arguments: ["plain", "a b:c'd\"e$f\\g{h}^i%j#", "'", "''\"'", " ", "#x", "--x"])
    func `a password in single quotes is read back as it was`(_ password: String) throws {
        let word = Content.Encoding.singleQuoted.text(password)

        #expect(ShellWords.split("host smtp pass=\(word) x") == ["host", "smtp", "pass=\(password)", "x"])
    }

    @Test func `how mail leaves is told without the password`() {
        let remote = NullmailerRemote(" old.example.net smtp --port=587 --starttls --user=web1 --pass='secret x'")

        #expect(remote?.route == "old.example.net:587")
        #expect(remote?.tls == "starttls, verified")
        #expect(remote?.value(of: "user") == "web1")
    }

    private func follow(_ id: String, in log: [String]) throws -> Delivery {
        var tracer = NullmailerTrace(messageID: id)
        var step = tracer.next(after: [])
        var rounds = 0
        while case .watch(let watch) = step, rounds < 10 {
            rounds += 1
            step = tracer.next(after: watch.wanted(of: log))
        }
        guard case .found(let delivery) = step else { throw Failure("the trace does not end") }
        return delivery
    }
}
