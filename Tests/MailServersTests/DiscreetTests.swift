import Foundation
import MTAPlan
import Support
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

    /// What is between backticks in our own texts is shown: a command that is half hidden is no advice.
    @Test func `no word of our own advice is hidden`() throws {
        let glossary = Glossary(Glossary.mailWords)
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Sources/MailServers")
            .standardized
        var hidden: Set<String> = []
        for case let file as URL in try #require(
            FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil)
        )
        where file.pathExtension == "swift" && !file.path.contains("/Suites/") {
            let text = try String(contentsOf: file, encoding: .utf8)
            for literal in text.matches(of: /"((?:[^"\\\n]|\\.)*)"/) {
                for quoted in String(literal.1).matches(of: /`([^`\\]*)`/)
                where glossary.value(quoted.1).contains("…") && !quoted.1.contains("…") {
                    hidden.insert("\(file.lastPathComponent): \(quoted.1): \(glossary.value(quoted.1))")
                }
            }
        }
        #expect(hidden.sorted() == [])
    }
}
