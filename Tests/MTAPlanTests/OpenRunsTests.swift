import Testing

@testable import MTAPlan

@Suite struct OpenRunsTests {
    private func facts(_ lines: String) -> Facts {
        Facts(files: [:], answers: ["mtactl.runs": .init(output: Array(lines.utf8))])
    }

    @Test func `a run that waits for its confirmation says when it puts itself back`() {
        let facts = facts("r1 pending 65\nlock r1 by anna@desk since 2026-11-21T22:00:00Z\n")

        let objection = OpenRuns.objection(in: facts)

        #expect(
            objection?.problem
                == "an earlier run is unfinished: r1 by anna@desk since 2026-11-21T22:00:00Z is pending, and puts itself back in 65 s unless it is confirmed"
        )
        #expect(OpenRuns.note(in: facts) == nil)
    }

    @Test func `a stranded run does not put itself back, so nobody is told to wait for that`() {
        let objection = OpenRuns.objection(in: facts("r1 stranded 397\nlock r1 by anna@desk\n"))

        #expect(objection?.problem == "run r1 by anna@desk is stranded")
        #expect(objection?.hint == "repair what failed, then `mtactl rollback`")
    }

    @Test(arguments: ["r1 pending\n", "r1 stranded -3\n", "r1 restoring x\n"])
    func `a run that nothing puts back any more is for rollback`(lines: String) {
        #expect(OpenRuns.objection(in: facts(lines))?.hint?.contains("`mtactl rollback`") == true)
    }

    @Test func `a run that was put back by the host itself is told, and keeps nobody from anything`() {
        let facts = facts("r1 expired 2026-11-21T22:00:00Z\n")

        #expect(OpenRuns.objection(in: facts) == nil)
        #expect(
            OpenRuns.note(in: facts)
                == "run r1 was never confirmed, so the host put itself back at 2026-11-21T22:00:00Z"
        )
    }

    @Test func `a lock without a run is somebody's, and what the host writes is shown escaped`() {
        let objection = OpenRuns.objection(in: facts("lock r2 by \u{1B}[31m since now\n"))

        #expect(objection?.problem.hasPrefix("locked by another run: r2 by ") == true)
        #expect(objection?.problem.contains("\u{1B}") == false)
    }
}
