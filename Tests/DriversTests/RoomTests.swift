import MTAPlan
import Testing

@testable import Drivers

/// How many hosts at once the process has room for.
@Suite struct RoomTests {
    private func room(_ limit: Int, wanted: Int = 32, hosts: Int = 20, each: Int = 3) throws(Failure) -> Room {
        try Room(limit: limit, wanted: wanted, hosts: hosts, each: each, cores: 2)
    }

    @Test func `with room for all of them, as many as are wanted`() throws {
        let room = try room(1024)

        #expect(room.atOnce == 32 && room.keepsConnections)
    }

    @Test func `with room for a few, these, and no connection is kept for later`() throws {
        let few = try room(32)

        #expect(few.atOnce == 2 && !few.keepsConnections)
        #expect(try room(32, hosts: 2).keepsConnections)
        #expect(try room(60, each: 12).atOnce == 3)
        #expect(try room(1024, wanted: 1000, hosts: 5000).atOnce == 333)
    }

    @Test func `without room for one, it is said, and what to do`() throws {
        let failure = #expect(throws: Failure.self) { try room(26) }

        #expect(failure?.problem.contains("no more than 26 files") == true)
        #expect(failure?.hint?.contains("ulimit -n") == true)
    }
}
