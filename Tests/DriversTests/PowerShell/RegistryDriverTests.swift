import Drivers
import Foundation
import MTAPlan
import Support
import Synchronization
import Testing

/// What the driver of Windows hosts does for a mail server that has no cmdlets: values of the registry, a log in files.
@Suite struct RegistryDriverTests {
    private static let run = RunID(startedAt: Date(timeIntervalSince1970: 1_795_286_403), by: "anna@desk")
    private static let secrets = Secrets([.environment("X"): Secret("p0is0n new")])

    private func host() -> FakeWindowsHost {
        let host = FakeWindowsHost(name: "mail1")
        host.with {
            $0.registry = [
                ["Name": .text("Word"), "Kind": .text("String"), "Value": .text("oldsecret")],
                ["Name": .text("Beside"), "Kind": .text("DWord"), "Value": .text("1")],
            ]
        }
        return host
    }

    private func work() -> Work {
        let read = { (form: PowerShellForm) in
            PowerShellCall(
                "registry.read",
                [.init("Key", .text("K"))],
                tells: [.init("Name"), .init("Kind"), .init("Value", form)]
            )
        }
        let write = { (value: PowerShellCall.Value) in
            PowerShellCall(
                "registry.write",
                [
                    .init("Key", .text("K")), .init("Name", .text("Word")), .init("Value", value),
                    .init("Kind", .text("String")),
                ]
            )
        }
        return .powerShell(
            PowerShellWork(
                expectations: [],
                snapshot: [read(.digest)],
                steps: [.init("set it", write(.secret(.environment("X"))), undo: write(.found(name: "Word")))],
                restarts: ["EX01"],
                service: "MESMTPCS",
                checks: []
            )
        )
    }

    private func opening(_ log: LogSource? = nil) -> RunOpening {
        RunOpening(run: Self.run, server: "mailenable", log: log, revertAfter: 60, secrets: Self.secrets)
    }

    private func value(_ host: FakeWindowsHost) -> String? {
        host.with { state in state.registry.first { $0["Name"] == .text("Word") }?["Value"]?.texts.first }
    }

    @Test(arguments: [("p0is0n new", true), ("p0is0n \"new", false)])
    func `a value with a password in it is read again, and put back where it is another`(
        password: String,
        isKept: Bool
    ) async throws {
        let host = host()
        let read = PowerShellCall("setting.read", tells: [.init("Name"), .init("Value")])
        let write = { (value: PowerShellCall.Value) in
            PowerShellCall("setting.write", [.init("Name", .text("Word")), .init("Value", value)])
        }
        let content = Content([.bytes(Array("out:".utf8)), .secret(.environment("X"), .plain)])
        let work = PowerShellWork(
            expectations: [],
            snapshot: [read],
            steps: [.init("set it", write(.content(content)), undo: write(.found(name: "Word")))],
            checks: [.init("settings", read, [])]
        )
        var opening = opening()
        opening.secrets = Secrets([.environment("X"): Secret(password)])
        let site = FakeWindowsSite(host)

        // What is never confirmed is put back at the end.
        let (changed, written) = try await site.session.withDriver(progress: { _ in }) {
            [opening] driver throws(Failure) in
            (try await driver.change(.powerShell(work), as: opening), value(host))
        }

        if isKept {
            #expect(changed == .done)
            #expect(written == "out:p0is0n new")
        } else {
            guard case .failed(let failure, .restored) = changed else {
                Issue.record("\(changed)")
                return
            }
            #expect(failure.problem.contains("not what was written"))
            #expect(value(host) == "oldsecret")
        }
    }

    @Test func `a value is written and put back as it was found, and its service restarts`() async throws {
        let host = host()
        let site = FakeWindowsSite(host)

        let (changed, between, undone) = try await site.session.withDriver(progress: { _ in }) {
            driver throws(Failure) in
            let changed = try await driver.change(work(), as: opening())
            let between = value(host)
            return (changed, between, try await driver.undo())
        }

        #expect(changed == .done)
        #expect(between == "p0is0n new")
        #expect(undone == .restored)
        #expect(value(host) == "oldsecret")
        let documents = host.with(\.documents)
        let name = String(decoding: Data("MESMTPCS".utf8).base64EncodedData(), as: UTF8.self)
        #expect(documents.count { $0.contains("service.restart") && $0.contains(name) } >= 2)
    }

    @Test func `what others set beside it meanwhile is no difference`() async throws {
        let host = host()
        let site = FakeWindowsSite(host)

        let undone = try await site.session.withDriver(progress: { _ in }) { driver throws(Failure) in
            _ = try await driver.change(work(), as: opening())
            host.with { $0.registry[0]["Value"] = .text("2") }
            return try await driver.undo()
        }

        #expect(undone == .restored)
    }

    @Test func `nothing that is shown of a run has a password, and it is put back from what is kept`() async throws {
        let host = host()
        let site = FakeWindowsSite(host)
        let records = try await site.session.withDriver(progress: { _ in }) { driver throws(Failure) in
            _ = try await driver.change(work(), as: opening())
            _ = try await driver.confirm(work())
            return try await driver.records(of: Self.run.text)
        }
        let shown = records.map(\.text).joined()
        let encoded = Data("oldsecret".utf8).base64EncodedString()

        #expect(!shown.contains("oldsecret") && !shown.contains(encoded) && !shown.contains("p0is0n"))
        #expect(shown.contains("[as found]"))
        // The search itself finds what is there.
        #expect(host.with { $0.files.values.contains { $0.contains(encoded) } })
        #expect(value(host) == "p0is0n new")

        let restored = try await site.session.withDriver(progress: { _ in }) { driver throws(Failure) in
            try await driver.restore(Self.run.text, .unlessChanged, progress: { _ in })
        }
        #expect(restored == .done)
        #expect(value(host) == "oldsecret")
    }

    private let log = LogSource.activity(
        prefix: "C:\\Logs\\SMTP-Activity-",
        suffix: ".log",
        queues: ["C:\\Queue\\Messages", "C:\\Queue"]
    )

    @Test func `a message goes in at the SMTP port, and is followed in the log from where it was`() async throws {
        let host = host()
        host.with {
            $0.spool = ["C:\\Logs\\SMTP-Activity-261126.log": "to b before\n", "C:\\Logs\\Other-1.log": "to b other\n"]
            $0.logs = [
                "C:\\Logs\\SMTP-Activity-261126.log": "to b taken\nto c\n",
                "C:\\Logs\\SMTP-Activity-261127.log": "to b gone\n",
            ]
        }
        let site = FakeWindowsSite(host)
        let message = OutgoingMessage(
            from: "a@b",
            to: "c@d",
            bytes: Array("Subject: s\nMessage-ID: <m1@x>\n\nhello\n".utf8)
        )
        let watch = WatchRequest(Watch(containing: ["to b"], until: [["gone"]]), seconds: 5)

        let submitted = try await site.session.withDriver(progress: { _ in }) { driver throws(Failure) in
            _ = try await driver.mark(log, back: 0)
            return try await driver.submit(message, watching: watch)
        }

        #expect(submitted == .taken(printed: [], log: .lines(["to b taken", "to b gone"])))
        #expect(host.with(\.sent) == ["<m1@x>"])
    }

    @Test func `what was not delivered is taken out of the queues, and nothing else`() async throws {
        let host = host()
        host.with {
            $0.spool = [
                "C:\\Queue\\Messages\\1F.MAI": "Message-ID: <m1@x>", "C:\\Queue\\1F.MAI": "[SMTP:b@c]",
                "C:\\Queue\\Messages\\1E.MAI": "Message-ID: <m2@x>", "C:\\Queue\\1E.MAI": "[SMTP:b@c]",
            ]
        }
        let site = FakeWindowsSite(host)

        try await site.session.withDriver(progress: { _ in }) { driver throws(Failure) in
            _ = try await driver.mark(log, back: 0)
            try await driver.clearAway(["m1@x"])
        }

        #expect(host.with { $0.spool.keys.sorted() } == ["C:\\Queue\\1E.MAI", "C:\\Queue\\Messages\\1E.MAI"])
    }
}
