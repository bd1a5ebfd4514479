import Drivers
import Testing

@testable import MTAApply

@Suite struct BackupsTextTests {
    @Test func `what hosts keep is a table, in which files without bytes are explained`() {
        var first = KeptRun(run: "r1", state: .confirmed, server: "postfix", files: 6, bytes: 0)
        first.startedBy = "anna@desk"
        let second = KeptRun(run: "r2", state: .pending, server: "exim", files: 1, bytes: 70)
        let third = KeptRun(run: "r3", state: .restored, server: "exim", files: 1, bytes: 0)

        let lines = BackupsText.lines([
            ("mx1", KeptRuns(runs: [first], lock: "r3 by bob")), ("mail-two", KeptRuns(runs: [second, third])),
        ])

        #expect(
            lines.joined(separator: "\n") == """
                HOST      RUN  STATE      SERVER   CHANGED  KEPT                      STARTED BY
                mx1       r1   confirmed  postfix  6 files  nothing was there before  anna@desk
                mail-two  r2   pending    exim     1 file   70 bytes                  -
                mail-two  r3   restored   exim     1 file   nothing, it is put back   -
                mx1  locked by r3 by bob
                """
        )
        #expect(BackupsText.lines([("mx1", KeptRuns())]) == [])
    }
}
