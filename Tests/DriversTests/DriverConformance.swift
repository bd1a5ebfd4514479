import Drivers
import Foundation
import MTAPlan
import Testing

/// What every driver has to do: run on each of them, and on the fake that other tests are on.
@Suite struct DriverConformance {
    typealias Kind = DriverBench.Kind

    @Test(arguments: Kind.allCases)
    func `a change that is confirmed stands, and is kept`(kind: Kind) async throws {
        let bench = try DriverBench(kind)

        #expect(try await bench.committed("new\n") == .done)

        #expect(try bench.text() == "new\n")
        let kept = try await bench.ask { driver throws(Failure) in try await driver.kept() }
        #expect(kept.runs.map(\.run) == [bench.opening().run.text])
        #expect(kept.runs.first?.state == .confirmed)
        #expect(kept.runs.first?.canBePutBack == true)
        #expect(kept.lock == nil)
    }

    @Test(arguments: Kind.allCases)
    func `a change that is undone leaves what was found`(kind: Kind) async throws {
        let bench = try DriverBench(kind)
        let work = try bench.work(to: Content("new\n"))

        let undone = try await bench.ask { driver throws(Failure) -> Undone? in
            guard case .done = try await driver.change(work, as: bench.opening()) else { return nil }
            return try await driver.undo()
        }

        #expect(undone == .restored)
        #expect(try bench.text() == "old\n")
    }

    @Test(arguments: Kind.allCases, DriverBench.Flaw.allCases)
    func `what fails is put back, and says whether anything was touched`(
        kind: Kind,
        flaw: DriverBench.Flaw
    ) async throws {
        let bench = try DriverBench(kind)
        let work = try bench.work(to: Content("new\n"), flaw: flaw)

        let changed = try await bench.ask { driver throws(Failure) in try await driver.change(work, as: bench.opening())
        }

        guard case .failed(_, let undone) = changed else {
            Issue.record("\(changed)")
            return
        }
        #expect(undone == (flaw == .check || flaw == .moved ? .nothingWasChanged : .restored))
        #expect(try bench.text() == "old\n")
        #expect(try await bench.committed("new\n", 2) == .done, "the site is free again")
    }

    @Test(arguments: Kind.allCases)
    func `a conversation that ends before the confirmation takes the change with it`(kind: Kind) async throws {
        let bench = try DriverBench(kind)
        let work = try bench.work(to: Content("new\n"))

        _ = try await bench.ask { driver throws(Failure) in try await driver.change(work, as: bench.opening()) }

        let state = try await bench.site.settledState(of: bench.opening().run.text) { _ in }
        #expect(state == .restored)
        #expect(try bench.text() == "old\n")
    }

    @Test(arguments: Kind.allCases)
    func `nobody else changes a site in the middle of a run, or takes its lock`(kind: Kind) async throws {
        let bench = try DriverBench(kind)
        let work = try bench.work(to: Content("new\n"))

        let (second, broken) = try await bench.ask { driver throws(Failure) -> (Changed, Bool) in
            _ = try await driver.change(work, as: bench.opening())
            let second = try await bench.ask { other throws(Failure) in
                try await other.change(work, as: bench.opening(2))
            }
            let broken = await { () async -> Bool in
                do throws(Failure) {
                    try await bench.ask { other throws(Failure) in try await other.breakLock() }
                    return true
                } catch {
                    return false
                }
            }()
            _ = try await driver.confirm(work)
            return (second, broken)
        }

        guard case .failed(_, .nothingWasChanged) = second else {
            Issue.record("\(second)")
            return
        }
        #expect(!broken)
        #expect(try bench.text() == "new\n")
    }

    @Test(arguments: Kind.allCases)
    func `a confirmed run is put back later, but not over what others changed since`(kind: Kind) async throws {
        let bench = try DriverBench(kind)
        let run = bench.opening().run.text
        _ = try await bench.committed("new\n")
        try bench.write("somebody's\n")

        let refused = try await bench.ask { driver throws(Failure) in
            try await driver.restore(run, .unlessChanged, progress: { _ in })
        }

        guard case .refused(let failure) = refused else {
            Issue.record("\(refused)")
            return
        }
        #expect(failure.problem.contains(bench.name))
        #expect(try bench.text() == "somebody's\n")
        let forced = try await bench.ask { driver throws(Failure) in
            try await driver.restore(run, .force, progress: { _ in })
        }
        #expect(forced == .done)
        #expect(try bench.text() == "old\n")
        #expect(try await bench.ask { driver throws(Failure) in try await driver.state(of: run) }.state == .restored)
    }

    @Test(arguments: Kind.allCases)
    func `of a run that never was, nothing is known`(kind: Kind) async throws {
        let bench = try DriverBench(kind)

        #expect(
            try await bench.ask { driver throws(Failure) in try await driver.state(of: "20261121T000000Z-0000") }
                == RunStatus(.none)
        )
        await #expect(throws: Failure.self) {
            try await bench.ask { driver throws(Failure) in try await driver.records(of: "20261121T000000Z-0000") }
        }
    }

    @Test(arguments: Kind.allCases)
    func `runs are kept oldest first, and the newest is never pruned`(kind: Kind) async throws {
        let bench = try DriverBench(kind)
        for number in 1...3 { _ = try await bench.committed("new \(number)\n", number) }

        let all = try await bench.ask { driver throws(Failure) in try await driver.kept() }
        try await bench.ask { driver throws(Failure) in try await driver.prune(.allBut(newest: 1)) }

        let left = try await bench.ask { driver throws(Failure) in try await driver.audited() }
        #expect(all.runs.map(\.run) == (1...3).map { bench.opening($0).run.text })
        #expect(left.runs.last?.run == bench.opening(3).run.text)
        #expect(left.runs.allSatisfy { $0.damage.isEmpty })
    }

    @Test(arguments: Kind.allCases)
    func `a secret reaches the site and nothing that is said of it`(kind: Kind) async throws {
        let bench = try DriverBench(kind)
        let work = try bench.work(to: Content([.secret(DriverBench.secret, .plain)]))

        let (answer, records) = try await bench.ask { driver throws(Failure) -> (Confirmed, [RunText]) in
            _ = try await driver.change(work, as: bench.opening())
            let answer = try await driver.confirm(work)
            return (answer, try await driver.records(of: bench.opening().run.text))
        }

        #expect(answer == .done)
        // A setting is a line.
        #expect(try bench.text()?.trimmingCharacters(in: .newlines) == DriverBench.password)
        #expect(!records.isEmpty)
        #expect(!records.contains { $0.text.contains("p0is0n") })
    }

    @Test(arguments: Kind.allCases)
    func `a name leads to its own address and to no other`(kind: Kind) async throws {
        let bench = try DriverBench(kind)

        let (right, wrong) = try await bench.ask { driver throws(Failure) -> (Bool, Bool) in
            (
                try await driver.resolves("127.0.0.1", to: "127.0.0.1"),
                try await driver.resolves("127.0.0.1", to: "192.0.2.1")
            )
        }

        #expect(right && !wrong)
    }
}
