import MTAPlan
import Support
import Testing

@testable import Drivers

/// The first test message may travel with the change: `RunOpening.message`.
@Suite struct AnnouncedMessageTests {
    private let host: AgentHost

    init() throws { host = try AgentHost() }

    private var mailbox: String { host.path("mailbox") }

    private var message: OutgoingMessage {
        OutgoingMessage(
            from: "a@example.com",
            to: "b@example.net",
            bytes: Array("Subject: a test\n\nhello\n".utf8),
            program: ["sh", "-c", #"cat >>"$0"; echo "from $1 to $2""#, mailbox]
        )
    }

    private func opening(_ bench: DriverBench) -> RunOpening {
        var opening = bench.opening()
        opening.message = AnnouncedMessage(message, watching: nil)
        return opening
    }

    private func received() throws -> String? {
        host.exists("mailbox") ? try host.read("mailbox") : nil
    }

    @Test(arguments: [DriverBench.Kind.posix, .posixSetting])
    func `it is handed in once, and whoever submits it has the answer`(kind: DriverBench.Kind) async throws {
        let bench = try DriverBench(kind)
        let work = try bench.work(to: Content("new\n"))

        let submitted = try await bench.ask { driver throws(Failure) -> Submitted? in
            guard case .done = try await driver.change(work, as: opening(bench)) else { return nil }
            let submitted = try await driver.submit(message, watching: nil)
            guard case .done = try await driver.confirm(work) else { return nil }
            return submitted
        }

        #expect(submitted == .taken(printed: ["from a@example.com to b@example.net"], log: nil))
        #expect(try received() == "Subject: a test\n\nhello\n")
        #expect(try bench.text() == "new\n")
    }

    @Test(arguments: [DriverBench.Kind.posix, .posixSetting])
    func `it travels with the change: nobody has to submit it`(kind: DriverBench.Kind) async throws {
        let bench = try DriverBench(kind)
        let work = try bench.work(to: Content("new\n"))

        let changed = try await bench.ask { driver throws(Failure) in try await driver.change(work, as: opening(bench))
        }

        #expect(changed == .done)
        #expect(try received() == "Subject: a test\n\nhello\n")
        #expect(try bench.text() == "old\n", "never confirmed")
    }

    @Test(arguments: [DriverBench.Kind.posix, .posixSetting])
    func `a second one goes its own way`(kind: DriverBench.Kind) async throws {
        let bench = try DriverBench(kind)
        let work = try bench.work(to: Content("new\n"))
        var other = message
        other.bytes = Array("Subject: another\n\n".utf8)

        let submitted = try await bench.ask { driver throws(Failure) -> [Submitted] in
            _ = try await driver.change(work, as: opening(bench))
            return [
                try await driver.submit(message, watching: nil), try await driver.submit(other, watching: nil),
            ]
        }

        #expect(submitted.count == 2)
        #expect(try received() == "Subject: a test\n\nhello\nSubject: another\n\n")
    }

    @Test(arguments: [DriverBench.Kind.posix, .posixSetting], DriverBench.Flaw.allCases)
    func `where the change fails nobody gets it, and the conversation goes on`(
        kind: DriverBench.Kind,
        flaw: DriverBench.Flaw
    ) async throws {
        let bench = try DriverBench(kind)
        let work = try bench.work(to: Content("new\n"), flaw: flaw)

        let (changed, kept) = try await bench.ask { driver throws(Failure) in
            (try await driver.change(work, as: opening(bench)), try await driver.kept())
        }

        guard case .failed = changed else {
            Issue.record("\(changed)")
            return
        }
        #expect(kept.lock == nil)
        #expect(try received() == nil)
        #expect(try bench.text() == "old\n")
    }
}
