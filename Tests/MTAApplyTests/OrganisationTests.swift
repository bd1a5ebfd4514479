import MTAPlan
import Synchronization
import Testing

@testable import MTAApply

@Suite struct OrganisationTests {
    private func planned(_ host: String, _ organisation: String?, play: String = "a", changes: Bool = true)
        -> (plan: SitePlan?, result: SiteRecord)
    {
        let edit = Edit(.object, "Send connector", .create, diff: "")
        let work = Work.powerShell(PowerShellWork(expectations: [], snapshot: [], steps: [], checks: []))
        var plan = SitePlan(
            host: host,
            play: play,
            server: nil,
            disposition: changes ? .change([edit], work) : .asAsked
        )
        plan.organisation = organisation
        return (plan, SiteRecord(plan, duration: .zero))
    }

    @Test func `where a run is open on one server, its organisation is left alone`() {
        var open = planned("ex1", "o1", changes: false)
        open.plan?.hasOpenRun = true

        let united = Organisation.united([planned("ex2", "o1"), open, planned("ex3", "o2")])

        #expect(united.map(\.result.outcome) == [.refused, .asAsked, .wouldChange])
        #expect(united[0].result.failure?.problem == "its organisation has an unfinished run, on ex1")
    }

    @Test func `of one organisation one plan at a time is applied, whatever its play`() async {
        let turns = Turns()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    await turns.take("o1") {
                        Self.running.withLock { $0 = Running(now: $0.now + 1, most: max($0.most, $0.now + 1)) }
                        for _ in 0..<20 { await Task.yield() }
                        Self.running.withLock { $0.now -= 1 }
                    }
                }
            }
        }
        #expect(Self.running.withLock { $0.most } == 1)
    }

    private struct Running {
        var now = 0
        var most = 0
    }

    private static let running = Mutex(Running())

    @Test func `an organisation is changed once, through the first host that has something to change`() {
        let united = Organisation.united([
            planned("ex1", "o1", changes: false), planned("ex2", "o1"), planned("ex3", "o1"), planned("mx1", nil),
            planned("mx2", nil), planned("ex4", "o2"), planned("ex5", "o1", play: "b"),
        ])
        #expect(
            united.map(\.result.outcome)
                == [.asAsked, .wouldChange, .asAsked, .wouldChange, .wouldChange, .wouldChange, .wouldChange]
        )
        #expect(united[2].plan?.notes == ["its organisation is changed once, through ex2"])
    }
}
