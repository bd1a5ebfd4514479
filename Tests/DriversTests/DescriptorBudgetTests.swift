import MTAPlan
import Testing

@testable import Drivers

/// How many hosts at once the process has room for.
@Suite struct DescriptorBudgetTests {
    private func budget(_ limit: Int, wanted: Int = 32, hosts: Int = 20, each: Int = 3) throws(Failure)
        -> DescriptorBudget
    {
        try DescriptorBudget(limit: limit, wanted: wanted, hosts: hosts, each: each, cores: 2)
    }

    @Test func `with room for all of them, as many as are wanted`() throws {
        let plenty = try budget(1024)

        #expect(plenty.atOnce == 32 && plenty.keepsConnections)
    }

    @Test func `with room for a few, these, and no connection is kept for later`() throws {
        let few = try budget(32)

        #expect(few.atOnce == 2 && !few.keepsConnections)
        #expect(try budget(32, hosts: 2).keepsConnections)
        #expect(try budget(60, each: 12).atOnce == 3)
        #expect(try budget(1024, wanted: 1000, hosts: 5000).atOnce == 333)
    }

    @Test func `without room for one, it is said, and what to do`() throws {
        let failure = #expect(throws: Failure.self) { try budget(26) }

        #expect(failure?.problem.contains("at most 26 files") == true)
        #expect(failure?.hint?.contains("ulimit -n") == true)
    }
}
