import Drivers
import MTAPlan
import Testing

@testable import MTAApply

@Suite struct RollbackChoiceTests {
    private static func kept(_ runs: (String, RunState)...) -> Result<KeptRuns, Failure> {
        .success(
            KeptRuns(
                runs: runs.map { name, state in
                    var run = KeptRun(run: name, state: state, server: "postfix", files: 2, bytes: 9)
                    (run.startedBy, run.since) = ("anna@desk", "2026-11-21T18:40:02Z")
                    return run
                }
            )
        )
    }

    private static let fleet: [(host: String, answer: Result<KeptRuns, Failure>)] = [
        ("a", kept(("r1", .confirmed), ("r3", .confirmed))), ("b", kept(("r1", .confirmed), ("r2", .confirmed))),
        ("c", kept(("r3", .confirmed), ("r4", .restored))), ("d", kept()), ("e", .failure(Failure("no route"))),
    ]

    private static func choice(_ wanted: RollbackChoice.Wanted) -> [String: String] {
        Dictionary(uniqueKeysWithValues: RollbackChoice(fleet, wanted).chosen.map { ($0.host, $0.run.run) })
    }

    @Test func `without a run it is the newest one that can be put back, on the hosts that took part`() {
        let choice = RollbackChoice(Self.fleet, .newest)

        #expect(choice.run == "r3")
        #expect(Self.choice(.newest) == ["a": "r3", "c": "r3"])
        #expect(choice.others.map(\.outcome) == [.skipped, .skipped, .unreachable])
        #expect(choice.others[0].failure?.problem == "it took no part in run r3")
        #expect(
            ExitStatus(of: [choice.others[0], SiteRecord(host: "a", outcome: .rolledBack)], for: .rollBack) == .done
        )
    }

    @Test func `a run that is named leaves the others alone, one that nobody has is refused everywhere`() {
        #expect(Self.choice(.run("r2")) == ["b": "r2"])
        let unknown = RollbackChoice(Self.fleet, .run("r9"))
        #expect(unknown.chosen.isEmpty)
        #expect(unknown.others.map(\.outcome) == [.refused, .refused, .refused, .refused, .unreachable])
        #expect(unknown.others[0].failure?.problem == "no backup of run r9 is kept here")
    }

    @Test func `each host's own newest, where that is asked for`() {
        #expect(Self.choice(.each) == ["a": "r3", "b": "r2", "c": "r3"])
    }

    @Test func `what is shown says when, by whom, on which hosts, and the difference from the other side`() {
        let edits = [
            Edit(
                .file,
                "/etc/new",
                .create,
                detail: "root:root 0600",
                diff: "--- /dev/null\n+++ b/etc/new\n@@ -0,0 +1,1 @@\n+ours"
            ),
            Edit(.file, "/etc/main.cf", .edit, diff: "@@ -1,2 +1,3 @@\n same\n-old\n+new\n+more"),
        ]
        let lines = RollbackText.lines(RollbackChoice(Self.fleet, .newest), edits: ["a": edits, "c": edits])

        #expect(
            lines == [
                "a, c  (2 hosts)  postfix  run r3 of 2026-11-21T18:40:02Z, by anna@desk",
                "  remove /etc/new", "      --- a/etc/new", "      +++ /dev/null", "      @@ -1,1 +0,0 @@",
                "      -ours", "  edit /etc/main.cf",
                "      @@ -1,3 +1,2 @@", "       same", "      -new", "      -more", "      +old", "",
                "left alone, not part of r3: b, d",
            ]
        )
        #expect(
            RollbackText.question(RollbackChoice(Self.fleet, .newest)) == "put 2 hosts back as they were before run r3?"
        )
    }

    @Test func `a run is no longer needed once it is over, whatever its age`() {
        guard
            case .success(let kept) = Self.kept(
                ("20260101", .confirmed),
                ("20260301", .pending),
                ("20260401", .restored)
            )
        else { return }

        #expect(Pruning.doomed(kept.runs, before: nil) == ["20260101", "20260401"])
        #expect(Pruning.doomed(kept.runs, before: "20260201T000000Z") == ["20260101"])
    }
}
