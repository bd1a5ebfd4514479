import Testing

@testable import mtactl

@Suite struct ExitStatusTests {
    @Test func `interrupted or not, that a host is stranded is known`() {
        #expect(ExitStatus.stranded.interrupted == .stranded)
        for status in [ExitStatus.done, .notDone, .somethingToChange, .asFound, .notDelivered] {
            #expect(status.interrupted == .interrupted)
        }
    }
}
