import MTAPlan
import Testing

@testable import MailServers

/// What is chosen to be shown changes nothing else: requirements with a default are easily forgotten in what wraps others.
@Suite struct DiscreetTests {
    @Test func `every server of the catalogue is what it is by itself`() throws {
        for case let discreet as Discreet in Catalog.products {
            let server = discreet.server
            #expect(discreet.name == server.name)
            #expect(discreet.factsScript == server.factsScript)
            #expect(discreet.questions.count == server.questions.count, "\(server.name)")
            #expect((discreet.interface == nil) == (server.interface == nil), "\(server.name)")
            #expect(discreet.section.map { "\($0)" } == server.section.map { "\($0)" }, "\(server.name)")
            #expect(discreet.keeping == server.keeping, "\(server.name)")
        }
        #expect(Catalog.posix.map(\.name).contains("icewarp"))
        #expect(!Catalog.posix.map(\.name).contains("kerio"))
    }
}
