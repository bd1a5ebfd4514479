import MTAApply
import Testing

@testable import mtactl

@Suite struct ExitStatusTests {
    /// Testing has an `ExitStatus` too.
    private typealias Status = MTAApply.ExitStatus

    @Test func `interrupted or not, that a host is stranded is known`() {
        #expect(Status.stranded.whenInterrupted == .stranded)
        for status in [Status.done, .notDone, .somethingToChange, .asFound, .notDelivered] {
            #expect(status.whenInterrupted == .interrupted)
        }
    }
}
