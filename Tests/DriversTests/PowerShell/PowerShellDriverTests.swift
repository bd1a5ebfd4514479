import Drivers
import Foundation
import MTAPlan
import Support
import Synchronization
import Testing

/// What the driver of Windows hosts does besides what every driver does (`DriverConformance`).
@Suite struct PowerShellDriverTests {
    private static let run = RunID(startedAt: Date(timeIntervalSince1970: 1_795_286_403), by: "anna@desk")

    private func work(restarts: [String] = [], comment: String = "new") -> Work {
        let properties = ["Guid", "Name", "Comment"].map { PowerShellCall.Property($0) }
        let read = PowerShellCall("Get-SendConnector", tells: properties)
        let set = { (text: String) in
            PowerShellCall("Set-SendConnector", [.init("Identity", .text("6f1c0a22")), .init("Comment", .text(text))])
        }
        return .powerShell(
            PowerShellWork(
                expectations: [],
                snapshot: [read],
                steps: [.init("change it", set(comment), undo: set(""))],
                restarts: restarts,
                checks: []
            )
        )
    }

    private func opening(_ log: LogSource? = nil) -> RunOpening {
        RunOpening(run: Self.run, server: "exchange", log: log, revertAfter: 60, secrets: Secrets())
    }

    private func host(_ name: String = "ex1") -> FakeWindowsHost {
        FakeWindowsHost(name: name, connectors: [DriverBench.connector])
    }

    @Test func `a server restarts in a session of its own`() async throws {
        let neighbours = Neighbours()
        let (first, second) = (host(), host("ex02.example.com"))
        let site = FakeWindowsSite(first, neighbours: neighbours)
        await neighbours.add(FakeWindowsSite(second).session)

        let changed = try await site.session.withDriver(progress: { _ in }) { driver throws(Failure) in
            let changed = try await driver.change(work(restarts: ["EX01", "EX02"]), as: opening())
            _ = try await driver.confirm(work())
            return changed
        }

        #expect(changed == .done)
        #expect(first.with { $0.documents.count { $0.contains("service.restart") } } == 1)
        #expect(second.with { $0.documents.count { $0.contains("service.restart") } } == 1)
    }

    @Test func `where a server cannot be restarted, nothing is changed`() async throws {
        let first = host()
        let site = FakeWindowsSite(first, neighbours: Neighbours())

        let changed = try await site.session.withDriver(progress: { _ in }) { driver throws(Failure) in
            try await driver.change(work(restarts: ["EX07"]), as: opening())
        }

        guard case .failed(let failure, .nothingWasChanged) = changed else {
            Issue.record("\(changed)")
            return
        }
        #expect(failure.problem.contains("EX07"))
        #expect(first.with { $0.connectors[0]["Comment"] } == .text(""))
    }

    @Test func `a host that takes no scheduled task says so, and is put back by us`() async throws {
        let first = host()
        first.with { $0.plansTasks = false }
        let said = Mutex<[String]>([])
        let site = FakeWindowsSite(first)

        let status = try await site.session.withDriver(progress: { line in said.withLock { $0.append(line) } }) {
            driver throws(Failure) in
            _ = try await driver.change(work(), as: opening())
            return try await driver.state(of: Self.run.text)
        }

        #expect(status == RunStatus(.pending, isUnwatched: true))
        #expect(said.withLock(\.self).contains { $0.contains("nothing on this site puts it back") })
        #expect(first.with { $0.connectors[0]["Comment"] } == .text(""))
    }

    @Test func `where the smarthost does not do, nothing is changed and the lock is open again`() async throws {
        let first = host()
        first.with { $0.offers = ["Offered": .list(["250-out.example.net", "250 SIZE"])] }
        let site = FakeWindowsSite(first)
        var asking = work().powerShellWork
        asking.inquiries = [.init(hosts: ["out.example.net"], port: 587, requiresTLS: true, mechanism: nil)]
        let work = Work.powerShell(asking)

        let changed = try await site.session.withDriver(progress: { _ in }) { driver throws(Failure) in
            try await driver.change(work, as: opening())
        }

        guard case .failed(let failure, .nothingWasChanged) = changed else {
            Issue.record("\(changed)")
            return
        }
        #expect(failure.problem.contains("does not offer STARTTLS"))
        #expect(first.with { $0.files.isEmpty })
    }

    @Test func `another server's log that cannot be read hides nothing`() async throws {
        let first = host()
        let unread: [String: PowerShellObject.Value] = [
            "EventId": .text("MTACTL-UNREAD"), "ServerHostname": .text("EX02"), "RecipientStatus": .text("it is down"),
        ]
        first.with { $0.rows = [["EventId": .text("RECEIVE"), "ServerHostname": .text("EX01")], unread] }
        let site = FakeWindowsSite(first)
        let watch = WatchRequest(Watch(containing: ["tracking"], until: [["EventId=SENDEXTERNAL"]]), seconds: 5)
        let message = OutgoingMessage(from: "a@b", to: "c@d", bytes: Array("Message-ID: <m1@x>\n\nhello\n".utf8))
        let submit = { (servers: [String]) async throws in
            try await site.session.withDriver(progress: { _ in }) { driver throws(Failure) in
                _ = try await driver.mark(.tracking(servers: servers, pickup: "C:\\Pickup"), back: 0)
                return try await driver.submit(message, watching: watch)
            }
        }

        guard case .taken(_, .lines(let lines)) = try await submit(["EX01", "EX02"]) else {
            Issue.record("the log was not read")
            return
        }
        #expect(lines.map { $0.prefix { $0 != "\t" } } == ["tracking", "unread"])
        // Without its own log nothing is known of the message.
        guard case .taken(_, .unreadable("it is down")) = try await submit(["EX02"]) else {
            Issue.record("the log was read")
            return
        }
    }

    @Test func `a session has three calls of the executor before the message`() async throws {
        let first = host()
        let site = FakeWindowsSite(first)

        let count = try await site.session.withDriver(progress: { _ in }) { driver throws(Failure) in
            _ = try await driver.change(work(), as: opening())
            return first.with { $0.documents.count }
        }

        // The third is the one for the facts.
        #expect(count == 2)
    }

    @Test func `the message goes through the pickup folder, and is followed in the tracking log`() async throws {
        let first = host()
        first.with {
            $0.rows = [
                [
                    "EventId": .text("SENDEXTERNAL"), "ConnectorId": .text("outgoing"),
                    "Recipients": .list(["a@b", "c@d"]),
                ]
            ]
        }
        let site = FakeWindowsSite(first)
        let message = OutgoingMessage(from: "a@b", to: "c@d", bytes: Array("Message-ID: <m1@x>\n\nhello\n".utf8))
        let watch = Watch(containing: ["tracking"], until: [["EventId=SENDEXTERNAL"]])

        let submitted = try await site.session.withDriver(progress: { _ in }) { driver throws(Failure) in
            _ = try await driver.mark(.tracking(servers: ["EX01"], pickup: "C:\\Pickup"), back: 0)
            return try await driver.submit(message, watching: WatchRequest(watch, seconds: 5))
        }

        guard case .taken(_, .lines(let lines)) = submitted else {
            Issue.record("\(submitted)")
            return
        }
        #expect(first.with { Array($0.pickup.values) } == ["Message-ID: <m1@x>\r\n\r\nhello\r\n"])
        #expect(lines.count == 1)
        #expect(lines[0].hasPrefix("tracking\tTimestamp=\tEventId=SENDEXTERNAL\t"))
        #expect(lines[0].contains("\tRecipients=a@b; c@d\t"))
    }

    @Test func `a run that was not confirmed is put back by restore, whoever asks`() async throws {
        let first = host()
        let site = FakeWindowsSite(first)
        try await site.session.withDriver(progress: { _ in }) { driver throws(Failure) in
            _ = try await driver.change(work(), as: opening())
            // As if the conversation had been cut: nobody undoes it at its end.
            first.with { $0.failing["file.move"] = "the host is gone" }
        }
        first.with { $0.failing = [:] }
        #expect(first.with { $0.connectors[0]["Comment"] } == .text("new"))

        let restored = try await site.session.withDriver(progress: { _ in }) { driver throws(Failure) in
            try await driver.restore(Self.run.text, .unlessChanged, progress: { _ in })
        }

        #expect(restored == .done)
        #expect(first.with { $0.connectors[0]["Comment"] } == .text(""))
        #expect(first.with { $0.files["lock"] } == nil)
    }
}

extension Work {
    fileprivate var powerShellWork: PowerShellWork {
        guard case .powerShell(let work) = self else { preconditionFailure("the work is for a POSIX host") }
        return work
    }
}
