import Drivers
import Foundation
import MTAPlan
import Support
import Testing

/// What is kept of runs on a Windows host, and for how long.
@Suite struct WindowsRunsTests {
    private static let read = PowerShellCall(
        "Get-SendConnector",
        tells: ["Guid", "Name"].map { PowerShellCall.Property($0) }
    )

    private static func run(_ number: Int) -> RunID {
        RunID(startedAt: Date(timeIntervalSince1970: 1_795_286_403 + Double(number) * 60), by: "anna@desk")
    }

    /// Makes a connector; taken back, it is gone.
    private static func making(_ name: String) -> PowerShellWork {
        let make = PowerShellCall("New-SendConnector", [.init("Name", .text(name))], tells: [.init("Guid")])
        let undo = PowerShellCall(
            "Remove-SendConnector",
            [.init("Identity", .answered(property: "Guid", otherwise: name))]
        )
        return PowerShellWork(
            expectations: [],
            snapshot: [read],
            steps: [.init("make \(name)", make, undo: undo)],
            checks: []
        )
    }

    private static let edit = Edit(.object, "Send connector first", .create, diff: "+Port: 587\n")

    /// Applies and confirms so many runs, a minute apart.
    private func confirmed(_ count: Int, on site: FakeWindowsSite) async throws {
        for number in 0..<count {
            let opening = RunOpening(
                run: Self.run(number),
                server: "exchange",
                log: nil,
                revertAfter: 60,
                secrets: Secrets(),
                edits: [Self.edit]
            )
            try await site.session.withDriver(progress: { _ in }) { driver throws(Failure) in
                let work = Work.powerShell(Self.making("connector \(number)"))
                guard try await driver.change(work, as: opening) == .done else { throw Failure("not changed") }
                _ = try await driver.confirm(work)
            }
        }
    }

    private func kept(on site: FakeWindowsSite) async throws -> [KeptRun] {
        try await site.session.withDriver(progress: { _ in }) { driver throws(Failure) in try await driver.audited() }
            .runs
    }

    @Test func `the newest ten stay, and the first of all`() async throws {
        let site = FakeWindowsSite(FakeWindowsHost())
        try await confirmed(13, on: site)

        let runs = try await kept(on: site)

        #expect(runs.map(\.run) == ([0] + Array(3..<13)).map { Self.run($0).text })
        #expect(runs.allSatisfy { $0.damage.isEmpty && $0.amount == "1 change" && $0.startedBy == "anna@desk" })
        #expect(runs[0].since == "2026-11-21T18:40:03Z")
    }

    @Test func `where there was nothing before, a run is put back all the same`() async throws {
        let host = FakeWindowsHost()
        let site = FakeWindowsSite(host)
        try await confirmed(1, on: site)

        let restored = try await site.session.withDriver(progress: { _ in }) { driver throws(Failure) in
            try await driver.restore(Self.run(0).text, .unlessChanged, progress: { _ in })
        }

        #expect(restored == .done)
        #expect(host.with { $0.connectors.isEmpty })
    }

    @Test func `what the plan showed is kept, and told before a run is put back`() async throws {
        let site = FakeWindowsSite(FakeWindowsHost())
        try await confirmed(1, on: site)

        let edits = try await site.session.withDriver(progress: { _ in }) { driver throws(Failure) in
            try await driver.edits(of: Self.run(0).text)
        }

        #expect(edits == [Self.edit])
    }

    @Test func `runs are taken away by name, and all of them, but none that is unfinished`() async throws {
        let host = FakeWindowsHost()
        let site = FakeWindowsSite(host)
        try await confirmed(3, on: site)
        let pending = "runs\\\(Self.run(2).text)\\state"
        host.with { $0.files["\(pending).pending"] = $0.files.removeValue(forKey: "\(pending).confirmed") }

        try await site.session.withDriver(progress: { _ in }) { driver throws(Failure) in
            try await driver.forget([Self.run(1).text, "20200101T000000Z-0000"])
            await #expect(throws: Failure.self) { try await driver.forget([Self.run(2).text]) }
            await #expect(throws: Failure.self) { try await driver.eraseAll() }
        }
        #expect(try await kept(on: site).map(\.run) == [0, 2].map { Self.run($0).text })

        host.with { $0.files["\(pending).confirmed"] = $0.files.removeValue(forKey: "\(pending).pending") }
        try await site.session.withDriver(progress: { _ in }) { driver throws(Failure) in try await driver.eraseAll() }
        #expect(host.with { $0.files.isEmpty })
    }
}
