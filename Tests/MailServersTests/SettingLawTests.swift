import Foundation
import MTAPlan
import MailServers
import Support
import Testing

/// The laws for what a program of the host reads and writes, for every mail server that has such settings.
@Suite struct SettingLawTests {
    static func cases() throws -> [LawTests.Case] {
        try LawTests.planned().filter { try !$0.proposal().changes.settings.isEmpty }
    }

    @Test func `some mail server has settings`() throws {
        #expect(Set(try Self.cases().map(\.server.name)) == ["icewarp"])
    }

    @Test(arguments: try cases())
    func `a secret, ours or the host's, is in the value alone, and nothing that its programs print is passed on`(
        _ test: LawTests.Case
    ) throws {
        let proposal = try test.proposal()

        for setting in proposal.changes.settings {
            let value = String(decoding: try setting.rendered(with: FixtureRoutes.secrets), as: UTF8.self)
            let found = test.fixture.facts.text(setting.answer) ?? ""
            let hasSecret = !setting.wanted.secrets.isEmpty || found.contains("oldsecret")
            #expect(setting.isSecret == hasSecret)
            #expect(Poison.isIn(value) == !setting.wanted.secrets.isEmpty)
            #expect((setting.expected != nil), "a hash of what was found, for the host alone")
        }
        let saved = String(decoding: try JSONEncoder().encode(proposal.work), as: UTF8.self)
        for text in [planText(of: proposal), saved, "\(proposal.edits)", "\(proposal.notes)"] {
            #expect(!Poison.isIn(text))
            #expect(!text.contains("oldsecret"))
        }
        let hashes = proposal.changes.settings.filter { test.fixture.facts.text($0.answer)?.contains("secret") == true }
        for setting in hashes { #expect(!saved.contains(try #require(setting.expected))) }
        #expect(
            proposal.notes.contains { $0.contains("process list") }
                == proposal.changes.settings.contains { $0.isSecret }
        )
    }

    @Test(arguments: try cases())
    func `a saved plan sets the same values, and knows a host that has them`(_ test: LawTests.Case) throws {
        let (facts, proposal) = (test.fixture.facts, try test.proposal())
        let saved = try JSONDecoder().decode(Work.self, from: JSONEncoder().encode(proposal.work))

        #expect(saved.isSaved)
        guard case .posix(let filled)? = try saved.filled(from: facts, secrets: FixtureRoutes.secrets) else {
            Issue.record("a host that is not as asked was taken for one that is")
            return
        }
        let values = { (work: POSIXWork) in try work.settings.map { try $0.rendered(with: FixtureRoutes.secrets) } }
        #expect(try values(filled) == values(proposal.changes))
        let after = try facts.applying(proposal.changes, secrets: FixtureRoutes.secrets)
        #expect(try saved.filled(from: after, secrets: FixtureRoutes.secrets) == nil)
    }

    @Test(arguments: try cases())
    func `one playbook after another sets what the other alone sets`(_ test: LawTests.Case) throws {
        let found = test.fixture.facts
        let alone = try found.applying(try test.proposal().changes, secrets: FixtureRoutes.secrets)

        for other in try Self.cases() where other.server.name == test.server.name {
            let first = try test.server.proposal(
                for: other.routes,
                extras: FixtureRoutes.extras[other.fixture.description] ?? ServerExtras(),
                given: found,
                secrets: FixtureRoutes.secrets
            )
            let after = try found.applying(first.changes, secrets: FixtureRoutes.secrets)
            let then = try after.applying(
                try test.proposal(given: after).changes,
                secrets: FixtureRoutes.secrets
            )
            for setting in try test.proposal().changes.settings + first.changes.settings {
                #expect(alone.text(setting.answer) == then.text(setting.answer), "\(setting.name) after \(other)")
            }
        }
    }
}
