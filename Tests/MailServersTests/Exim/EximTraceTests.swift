import MTAPlan
import Support
import Testing

@testable import MailServers

@Suite struct EximTraceTests {
    static let logs = ["exim-4.96.log", "exim-4.98.2.log"]

    private func follow(_ messageID: String, in lines: [String]) -> Delivery? {
        var tracer: any Tracer = EximTrace(messageID: messageID)
        var step = tracer.next(after: [])
        for _ in 0..<10 {
            switch step {
            case .found(let delivery): return delivery
            case .watch(let watch):
                step = tracer.next(after: watch.wanted(of: lines))
            }
        }
        return nil
    }

    @Test(arguments: logs) func `a message is followed to the smarthost's answer`(log: String) throws {
        let delivery = try #require(follow("sent@mtactl", in: Fixture.log(log)))

        #expect(delivery.status == .delivered)
        #expect(delivery.relay == .init(host: "outgoing.example.net", address: "198.18.2.1", port: nil))
        #expect(delivery.tls == TLSSession("TLS1.3", .verified))
        #expect(delivery.authenticated == true)
        #expect(delivery.reply == "250 2.0.0 taken by the lab")
        #expect(delivery.queueID.map { EximLogLine.isID($0) } == true)
    }

    @Test(arguments: logs) func `what became of others is told`(log: String) throws {
        let lines = try Fixture.log(log)

        let later = try #require(follow("later@mtactl", in: lines.filter { !$0.contains("=>") }))
        #expect(later.status == .deferred)
        #expect(later.reply.hasSuffix("451 4.7.1 greylisted, try again later"))
        let refused = try #require(follow("refused@mtactl", in: lines))
        #expect(refused.status == .bounced)
        #expect(refused.reply.hasSuffix("550 5.7.1 recipient is not welcome here"))
        let failed = try #require(follow("failed@mtactl", in: lines))
        #expect(failed.status == .deferred)
        #expect(failed.reply.hasSuffix("outgoing.example.net said: 535 5.7.8 authentication failed"))
        let clear = try #require(follow("clear@mtactl", in: lines))
        #expect((clear.tls, clear.authenticated) == (nil, false))
        #expect(follow("nouser@mtactl", in: lines)?.status == .bounced)
        #expect(follow("nobody@mtactl", in: lines)?.status == .queued)
    }

    @Test func `a port is taken where the log has it, and a connection that was there has an unknown login`() throws {
        let lines = [
            "2026-11-21 18:40:02 +0100 [123] 1tEABC-0000Xy-2R <= a@b U=root P=local S=1 id=m@x",
            #"2026-11-21 18:40:02.123 +0100 [124] 1tEABC-0000Xy-2R => c@d R=r T=t "#
                + #"H=h.example [2001:db8::1]:587* X=TLS1.2:x:256 CV=no C="250 \"ok\" id=2""#,
        ]
        let delivery = try #require(follow("m@x", in: lines))

        #expect(delivery.relay == .init(host: "h.example", address: "2001:db8::1", port: 587))
        #expect(delivery.authenticated == nil)
        #expect(delivery.tls == TLSSession("TLS1.2", .untrusted))
        #expect(delivery.reply == #"250 \"ok\" id=2"#)
    }

    private static let throughFilter = [
        "2026-11-21 18:40:02 1tEABC-0000Xy-2R <= a@b U=root P=local S=1 id=m@x",
        "2026-11-21 18:40:02 1tEABC-0000Xz-2R <= a@b H=localhost [127.0.0.1] P=esmtp S=1 id=m@x",
        #"2026-11-21 18:40:03 1tEABC-0000Xy-2R => c@d R=scan T=to_filter H=127.0.0.1 [127.0.0.1] C="250 filtered""#,
        "2026-11-21 18:40:03 1tEABC-0000Xy-2R Completed",
        #"2026-11-21 18:40:04 1tEABC-0000Xz-2R => c@d R=mtactl_f T=mtactl_f H=h.example [192.0.2.1] C="250 taken""#,
        "2026-11-21 18:40:04 1tEABC-0000Xz-2R Completed",
    ]

    @Test(arguments: [[0, 1, 2, 3, 4, 5], [0, 2, 3, 1, 4, 5]])
    func `a message is followed through a filter on the host, whatever it answers and whenever`(order: [Int]) throws {
        var tracer: any Tracer = EximTrace(messageID: "m@x")
        var step = tracer.next(after: [])
        // The log grows line by line.
        for count in 1...order.count {
            let lines = order.prefix(count).map { Self.throughFilter[$0] }
            while case .watch(let watch) = step, watch.isMet(by: watch.wanted(of: lines)) {
                step = tracer.next(after: watch.wanted(of: lines))
            }
        }
        guard case .found(let delivery) = step else {
            Issue.record("nothing was found")
            return
        }
        #expect(delivery.relay?.host == "h.example")
    }

    @Test func `what a filter does not give back is not delivered`() throws {
        let delivery = try #require(follow("m@x", in: [0, 2, 3].map { Self.throughFilter[$0] }))
        #expect(delivery.status == .queued)
        #expect(delivery.reply.contains("did not return it"))
    }

    @Test(arguments: 0..<200) func `no line does harm`(seed: Int) throws {
        var random = SeededRandom(seed: seed)
        let lines = try Fixture.log(Self.logs[seed % 2]).map { line in
            var bytes = Array(line.utf8)
            for _ in 0..<4 where !bytes.isEmpty {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            return String(decoding: bytes.prefix(Int.random(in: 0...bytes.count, using: &random)), as: UTF8.self)
        }

        _ = follow("sent@mtactl", in: lines)
    }
}
