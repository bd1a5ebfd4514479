import Drivers
import MTAPlan
import Testing

@testable import MTAApply

/// What is said at the end: the worst first, and what is typed next.
@Suite struct EndingWordsTests {
    private static func record(_ host: String, _ outcome: Outcome, _ reason: String? = nil) -> SiteRecord {
        SiteRecord(host: host, outcome: outcome, failure: reason.map { Failure($0) })
    }

    @Test func `the closing table has the worst first, and equal reasons once`() {
        let results = [
            Self.record("mx1", .committed), Self.record("mx2", .committed), Self.record("mx3", .committed),
            Self.record("mx4", .refused, "locked"), Self.record("mx5", .refused, "locked"),
            Self.record("mx6", .stranded, "the disk is gone"), Self.record("mx7", .skipped, "not started: interrupted"),
        ]

        #expect(
            ClosingTable.lines(results) == [
                "", "  stranded   1  mx6: the disk is gone", "  refused    2  mx4, mx5: locked",
                "  skipped    1  mx7: not started: interrupted", "  committed  3  mx[1:3]",
            ]
        )
        #expect(ClosingTable.lines(Array(results.prefix(3))) == [])
    }

    private static let words = ["mtactl", "apply", "relay.yml", "--yes", "-i", "hosts.yml", "-l", "web"]

    @Test func `an aborted apply is gone on with, or taken back`() {
        let results = [
            Self.record("a", .committed), Self.record("b", .rolledBack, "x"), Self.record("c", .skipped, "y"),
        ]
        let next = NextSteps(after: .apply, words: Self.words, run: "R", results: results, failedHosts: "/s/R.failed")

        #expect(
            next.steps.map(\.command) == [
                "mtactl apply relay.yml -i hosts.yml -l web --resume R",
                "mtactl apply relay.yml -i hosts.yml -l @/s/R.failed", "mtactl rollback R -i hosts.yml",
            ]
        )
        #expect(next.lines[0].hasPrefix("next: continue it  "))
        #expect(next.lines[0].hasSuffix("  mtactl apply relay.yml -i hosts.yml -l web --resume R"))
    }

    @Test func `after a rollback only hosts that were not put back are failed`() {
        let next = { (results: [SiteRecord]) in
            NextSteps(after: .rollBack, words: Self.words, run: "R", results: results, failedHosts: "/s/R.failed").steps
        }

        #expect(next([Self.record("a", .rolledBack)]) == [])
        #expect(next([Self.record("a", .rolledBack), Self.record("b", .stranded, "x")]).count == 1)
    }

    @Test func `where nothing was changed there is nothing to take back, and where all is well nothing to type`() {
        let refused = NextSteps(
            after: .apply,
            words: Self.words,
            run: "R",
            results: [Self.record("a", .refused, "x")],
            failedHosts: nil
        )
        let begun = NextSteps(
            after: .apply,
            words: Self.words,
            run: "R",
            results: [Self.record("a", .skipped, "x")],
            failedHosts: nil
        )
        let well = NextSteps(
            after: .apply,
            words: Self.words,
            run: "R",
            results: [Self.record("a", .committed)],
            failedHosts: nil
        )

        #expect(refused.steps.map(\.command) == ["mtactl apply relay.yml -i hosts.yml"])
        #expect(begun.steps.map(\.purpose) == ["start again"])
        #expect(well.steps == [])
    }

    @Test func `a word that a shell would read otherwise is quoted`() {
        let next = NextSteps(
            after: .rollBack,
            words: ["mtactl", "rollback", "R", "-i", "my hosts.yml", "--limit=a"],
            run: "R",
            results: [Self.record("a", .unreachable, "x")],
            failedHosts: "/s/f"
        )

        #expect(next.steps.map(\.command) == ["mtactl rollback R -i 'my hosts.yml' -l @/s/f"])
    }

    @Test func `check says all in a line, then what is wrong, mail first, a drift with its difference`() {
        var lost = Self.record("mx2", .asAsked, "test message refused")
        lost.delivery = Delivery(status: .bounced, messageID: "m@example.com", reply: "550 no")
        var drifted = Self.record("mx1", .wouldChange)
        drifted.edits = [Edit(.file, "/etc/f", .edit, diff: "-a\n+b\n")]
        let results = [drifted, lost, Self.record("mx3", .asAsked)]

        let lines = CheckText.lines(results, isQuiet: true)

        #expect(lines[0] == "3 hosts: 1 ok, 1 without mail, 1 not as asked")
        #expect(lines[1].hasPrefix("mx2  as-asked"))
        #expect(lines.suffix(3) == ["mx1    edit /etc/f", "mx1        -a", "mx1        +b"])
        #expect(CheckText.lines([Self.record("mx3", .asAsked)], isQuiet: true) == [])
        #expect(CheckText.lines([Self.record("mx3", .asAsked)], isQuiet: false) == ["1 host: 1 ok"])
    }

    @Test func `the live lines are no more than fit`() {
        var view = LiveView()
        view.rollout(.wave(2, of: 3, hosts: 30))
        for number in 1...30 { view.progress("mx\(number)", "test message to \(String(repeating: "x", count: 100))") }
        view.ended("mx1")

        let lines = view.lines(columns: 40, rows: 24)

        #expect(lines.count <= 12)
        #expect(lines.allSatisfy { $0.count < 40 })
        #expect(lines.last == "wave 2 of 3: 30 hosts, 1 done, 29 in pr")
        view.rollout(.pause(secondsLeft: 7, before: 3))
        #expect(view.lines(columns: 80, rows: 24).last == "wave 3 starts in 7 s, 1 done, 29 in progress")
        for number in 2...30 { view.ended("mx\(number)") }
        view.rollout(.wave(3, of: 3, hosts: 1))
        #expect(view.lines(columns: 80, rows: 24) == [])
    }

    @Test func `hosts of a run are named by what became of them`() throws {
        let name = "20261121T184002Z-7f3a"
        #expect(try RunReference("\(name):rolled-back")?.outcome == .rolledBack)
        #expect(try RunReference("hosts.txt") == nil)
        #expect(throws: Failure.self) { try RunReference("\(name):lost") }
        #expect(throws: Failure.self) { try RunReference(name) }
        #expect(RunReference.Selection.failed.fits(RunState.none) && RunReference.Selection.failed.fits(nil))
        #expect(!RunReference.Selection.failed.fits(.confirmed))
        #expect(RunReference.Selection.stranded.fits(.pending) && !RunReference.Selection.stranded.fits(nil))
    }
}
