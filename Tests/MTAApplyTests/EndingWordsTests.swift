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
                "", "  stranded   1  mx6", "  refused    2  mx4, mx5: locked",
                "  skipped    1  mx7: not started: interrupted", "  committed  3  mx[1:3]",
            ]
        )
        #expect(ClosingTable.lines(Array(results.prefix(3))) == [])

        let many = results + (8...20).map { Self.record("mx\($0)", .committed) }
        #expect(ClosingTable.lines(many).contains("  stranded    1  mx6: the disk is gone"))
    }

    @Test func `a reply that is the reason is said once`() {
        var lost = Self.record("mx1", .rolledBack, "test message refused by mx.example: 550 no such user")
        lost.delivery = Delivery(status: .bounced, messageID: "m", reply: "550 no such user")

        let lines = ResultText.lines(lost) + ClosingTable.lines([lost, Self.record("mx2", .committed)])

        #expect(lines.filter { $0.contains("550 no such user") }.count == 1, "\(lines)")
    }

    /// Exchange's log has neither port nor TLS, msmtp's no port.
    @Test(arguments: [
        (nil, nil, false, "mx.example[192.0.2.9], port and TLS not logged: 250 ok"),
        (nil, TLSSession("TLS", .unknown), false, "mx.example[192.0.2.9], TLS, port not logged: 250 ok"),
        (25, nil, false, "mx.example[192.0.2.9]:25, TLS not logged: 250 ok"),
        (25, nil, true, "mx.example[192.0.2.9]:25: 250 ok"),
        (587, TLSSession("TLSv1.3", .verified), true, "mx.example[192.0.2.9]:587, TLSv1.3, Verified: 250 ok"),
    ])
    func `what a server's log has of the delivery is said, and what it has not`(
        _ port: Int?,
        _ tls: TLSSession?,
        _ tellsTLS: Bool,
        _ words: String
    ) {
        var committed = Self.record("mx1", .committed)
        committed.delivery = Delivery(
            status: .delivered,
            messageID: "m",
            relay: Delivery.Relay(host: "mx.example", address: "192.0.2.9", port: port),
            tls: tls,
            tellsTLS: tellsTLS,
            reply: "250 ok"
        )

        #expect(ResultText.lines(committed) == ["mx1  committed  test message delivered by \(words)"])
    }

    @Test func `that backups were removed is said, with on how many hosts`() {
        let results = [
            Self.record("mx1", .asAsked), Self.record("mx2", .committed), Self.record("mx3", .refused, "locked"),
        ]

        #expect(ResultText.removedBackups(results) == ["backups removed: 2 hosts"])
        #expect(ResultText.removedBackups([results[0]]) == ["backups removed: 1 host"])
        #expect(ResultText.removedBackups([results[2]]) == [])
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
        #expect(lines.suffix(3) == ["mx1    edit /etc/f", "mx1      -a", "mx1      +b"])
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
        #expect(throws: Failure.self) { try RunReference("yesterday:failed") }
        #expect(try RunReference("./yesterday:failed") == nil)
        #expect(RunReference.Selection.failed.fits(RunState.none) && RunReference.Selection.failed.fits(nil))
        #expect(!RunReference.Selection.failed.fits(.confirmed))
        #expect(RunReference.Selection.stranded.fits(.pending) && !RunReference.Selection.stranded.fits(nil))
    }
}
