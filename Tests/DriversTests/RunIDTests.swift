import Foundation
import Testing

@testable import Drivers

struct RunIDTests {
    @Test func `a run is named by the time it started, in coordinated universal time`() {
        let time = Date(timeIntervalSince1970: 1_795_286_402.5)

        #expect(RunID(startedAt: time, by: "anna@laptop").text == "20261121T184002Z-8000")
    }

    @Test func `a letter is dated as RFC 5322 asks`() {
        let time = Date(timeIntervalSince1970: 1_795_286_402.5)

        #expect(Timestamp.mail(time) == "Sat, 21 Nov 2026 18:40:02 +0000")
    }

    /// A host takes the run that sorts last for its newest; two applies to a quick host fit into one second.
    @Test func `runs that start within one second keep their order`() {
        let start = Date(timeIntervalSince1970: 1_795_286_402)

        let names = (0..<3000).map { RunID(startedAt: start + Double($0) / 1000, by: "anna@laptop").text }

        #expect(names == names.sorted())
        #expect(Set(names).count == names.count)
    }

    @Test func `runs of two processes that start in the same moment have two names`() {
        let time = Date(timeIntervalSince1970: 1_795_286_402.9999)

        let names = (0..<64).map { RunID(startedAt: time, by: "anna@laptop", process: 4_194_300 + $0).text }

        #expect(Set(names).count == names.count)
    }
}
