import Foundation
import MTAPlan
import MailServers
import Support
import Testing

/// The laws of `LawTests`, for a server whose changes are calls.
@Suite struct ExchangeLawTests {
    @Test(arguments: ExchangeCase.all)
    func `a planned change is taken by the host, and planning again plans nothing`(_ test: ExchangeCase) throws {
        let once = try test.proposal()
        #expect(!once.edits.isEmpty)
        var organization = test.organization
        try organization.perform(once.calls)

        let twice = try test.proposal(on: organization)

        #expect(twice.edits == [], "\(twice.shownText)")
        #expect(twice.calls.steps == [])
        #expect(twice.calls.restarts == [])
    }

    @Test(arguments: ExchangeCase.all)
    func `what is read after the change is as asked, and before it as expected`(_ test: ExchangeCase) throws {
        let work = try test.proposal().calls
        for expectation in work.expectations {
            #expect(expectation.objection(to: test.organization.connectors) == nil)
        }
        var organization = test.organization
        for check in work.checks { #expect(check.objection(to: organization.connectors) != nil) }
        try organization.perform(work)

        for check in work.checks { #expect(check.objection(to: organization.connectors) == nil) }
        for expectation in work.expectations { #expect(expectation.objection(to: organization.connectors) != nil) }
    }

    @Test(arguments: ExchangeCase.all)
    func `undoing gives every property back`(_ test: ExchangeCase) throws {
        let work = try test.proposal().calls
        var organization = test.organization
        try organization.perform(work)
        #expect(Self.properties(organization) != Self.properties(test.organization))

        try organization.undo(work)

        #expect(Self.properties(organization) == Self.properties(test.organization))
    }

    /// In the form in which they are compared.
    private static func properties(_ organization: ExchangeOrganization) -> [String: [String: String]] {
        let told = Exchange().questions.first { $0.key == "exchange.connectors" }?.call.properties ?? []
        return organization.connectors.reduce(into: [:]) { all, object in
            let values = told.compactMap { property in object.canonical(property).map { (property.name, $0) } }
            all[object.text("Guid") ?? ""] = Dictionary(uniqueKeysWithValues: values)
        }
    }

    @Test(arguments: ExchangeCase.all)
    func `a password is a reference until the driver writes it`(_ test: ExchangeCase) throws {
        let proposal = try test.proposal()
        let saved = String(decoding: try JSONEncoder().encode(proposal.work), as: UTF8.self)

        #expect(!Poison.isIn(proposal.shownText))
        #expect(!Poison.isIn(saved))
        let asks = test.routes.hasLogin
        #expect(proposal.work.secrets == (asks ? [.environment("FILTER")] : []))
    }

    @Test(arguments: ExchangeCase.all)
    func `a saved plan does the same, and is done once it was applied`(_ test: ExchangeCase) throws {
        let proposal = try test.proposal()
        let saved = try JSONDecoder().decode(Work.self, from: JSONEncoder().encode(proposal.work))
        #expect(saved == proposal.work)
        #expect(try saved.filled(from: test.organization.facts, secrets: FixtureRoutes.secrets) == proposal.work)
        var after = test.organization
        try after.perform(proposal.calls)

        #expect(try saved.filled(from: after.facts, secrets: FixtureRoutes.secrets) == nil)
    }

    @Test(arguments: ExchangeCase.all)
    func `what is noted is one sentence without a full stop`(_ test: ExchangeCase) throws {
        for note in try test.proposal().notes { #expect(Failure(note, hint: "none").fault == nil, "\(note)") }
    }

    @Test(arguments: ExchangeCase.all)
    func `a connector is never deleted, and none with a login is written over`(_ test: ExchangeCase) throws {
        let changes = try test.proposal().calls.steps.map(\.change)

        #expect(!changes.contains { $0.cmdlet == "Remove-SendConnector" })
        let withLogin = test.organization.connectors.filter { !$0.texts("AuthenticationCredential").isEmpty }
        for connector in withLogin {
            for change in changes where change["Identity"] == .text(connector.text("Guid") ?? "") {
                #expect(Set(change.parameters.map(\.name)).isSubset(of: ["Identity", "Enabled", "DomainController"]))
            }
        }
    }

    @Test func `a connector that somebody changed since is found out`() throws {
        let test = try #require(ExchangeCase.all.first { $0.name == "edited, by address" })
        let proposal = try test.proposal()
        var organization = test.organization
        organization.connectors[0].properties["MaxMessageSize"] = .text("10 MB (10,485,760 bytes)")

        let failure = #expect(throws: Failure.self) {
            try proposal.work.filled(from: organization.facts, secrets: FixtureRoutes.secrets)
        }
        #expect(failure?.fault == nil)
        #expect(failure?.problem.contains("Internet") == true)
    }
}

extension Routes {
    fileprivate var hasLogin: Bool {
        let all = [defaultRoute] + recipients.map(\.route)
        return all.contains { if case .via(let smarthost) = $0 { smarthost.login != nil } else { false } }
    }
}
