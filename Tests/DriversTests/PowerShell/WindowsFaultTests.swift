import Drivers
import Foundation
import MTAPlan
import Support
import Testing

/// The fault matrix of the Windows driver: the host is lost before and after each call of a transaction, and with it
/// mtactl, so that only what lies on the host is left to put it back.
@Suite struct WindowsFaultTests {
    private static let password = "s3cret of the smarthost"
    private static let run = RunID(startedAt: Date(timeIntervalSince1970: 1_795_286_403), by: "anna@desk")
    private static let reference = SecretReference.environment("FILTER")
    private static let secrets = Secrets([reference: Secret(password)])
    private static let tells = ["Guid", "Name", "Comment", "Enabled"].map { PowerShellCall.Property($0) }
    private static let read = PowerShellCall("Get-SendConnector", tells: tells)

    private static let found: [[String: PowerShellObject.Value]] = [
        ["Guid": .text("guid-1"), "Name": .text("old"), "Comment": .text(""), "Enabled": .text("True")]
    ]

    /// A new connector with a login, the old one switched off, and a restart.
    private static let work: PowerShellWork = {
        let make = PowerShellCall(
            "New-SendConnector",
            [
                .init("Name", .text("new")),
                .init("AuthenticationCredential", .credential(username: "out", password: reference)),
            ],
            tells: [.init("Guid")]
        )
        let unmake = PowerShellCall(
            "Remove-SendConnector",
            [.init("Identity", .answered(property: "Guid", otherwise: "new"))]
        )
        let set = { (flag: String) in
            PowerShellCall("Set-SendConnector", [.init("Identity", .text("guid-1")), .init("Enabled", .text(flag))])
        }
        return PowerShellWork(
            expectations: [.init("connectors", read, [ObjectExpectation("new", .name("new"), .absent)])],
            snapshot: [read],
            steps: [
                .init("make new", make, undo: unmake),
                .init("switch off old", set("False"), undo: set("True")),
            ],
            restarts: ["EX01"],
            checks: []
        )
    }()

    private static func opening(_ run: RunID) -> RunOpening {
        RunOpening(run: run, server: "exchange", log: nil, revertAfter: 60, secrets: secrets)
    }

    private static func transaction(_ run: RunID, on host: FakeWindowsHost) async throws(Failure) -> Bool {
        try await FakeWindowsSite(host).session.withDriver(progress: { _ in }) { driver throws(Failure) in
            guard try await driver.change(.powerShell(work), as: opening(run)) == .done else { return false }
            return try await driver.confirm(.powerShell(work)) == .done
        }
    }

    /// All of a transaction; the first test fails where it is another number.
    private static let calls = 25

    @Test func `the number of calls is the one that the faults below are for`() async throws {
        let host = FakeWindowsHost(connectors: Self.found)
        #expect(try await Self.transaction(Self.run, on: host))
        #expect(host.with { $0.callsDone } == Self.calls)
    }

    @Test(arguments: 0...calls)
    func `the host is lost after so many calls: it is as found or as asked, and the next run works`(done: Int)
        async throws
    {
        let host = FakeWindowsHost(connectors: Self.found)
        host.with { $0.callsLeft = done }

        // That it fails is what the test is about.
        let told = try? await Self.transaction(Self.run, on: host)
        host.with { state in
            state.callsLeft = nil
            state.expire()
        }

        let isConfirmed = host.with { $0.files["runs\\\(Self.run.text)\\state.confirmed"] != nil }
        let asFound = host.with { $0.connectors == Self.found }
        #expect(asFound != isConfirmed, "neither as found nor confirmed")
        #expect(told != true || isConfirmed, "told that it was done")
        #expect(host.with { !$0.files.values.contains { $0.contains(Self.password) } }, "a file has the password")
        try await expectNextRun(on: host, afterConfirmed: isConfirmed)
    }

    /// A program whose connection was cut goes on to its end, and may do so after the scheduled task.
    @Test(arguments: ["New-SendConnector", "Set-SendConnector"])
    func `what was put back is not changed any more by a program that was left running`(call: String) async throws {
        let host = FakeWindowsHost(connectors: Self.found)
        host.with { $0.expiresBefore = call }

        #expect(try await Self.transaction(Self.run, on: host) == false)

        #expect(host.with { $0.expiresBefore } == nil, "it came to that call")
        #expect(host.with { $0.connectors == Self.found })
        #expect(host.with { $0.files["runs\\\(Self.run.text)\\state.restored"] != nil })
    }

    /// What a person is told to do opens the lock, and then another run goes through.
    private func expectNextRun(on host: FakeWindowsHost, afterConfirmed: Bool) async throws {
        let next = RunID(startedAt: Date(timeIntervalSince1970: 1_795_286_999), by: "bert@desk")
        try await FakeWindowsSite(host).session.withDriver(progress: { _ in }) { driver throws(Failure) in
            let isBegun = try await driver.state(of: Self.run.text).state == .preparing
            if !isBegun { try await driver.breakLock() }
            guard isBegun || afterConfirmed else { return }
            let restored = try await driver.restore(Self.run.text, .unlessChanged, progress: { _ in })
            #expect(restored == .done)
        }
        #expect(host.with { $0.connectors == Self.found })
        #expect(try await Self.transaction(next, on: host))
    }
}
