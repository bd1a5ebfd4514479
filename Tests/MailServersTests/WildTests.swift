import Foundation
import MTAPlan
import MailServers
import Support
import Testing

/// Hosts as people really have them: each case of Tests/Lab/wild is planned as its host answered, and says what it has to.
///
/// What must be seen on a host after that, `Tests/Lab/wild/run` looks at.
@Suite struct WildTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var facts: Facts
        var playbook: URL
        var outcome: String
        var says: [String]
        var never: [String]
        var testDescription: String { name }

        /// sSMTP's file can hold no blank.
        var password: String { name.hasPrefix("ssmtp/") ? "p0is0n$:\\'\"{}^%" : Poison.password }

        func secrets(of playbook: Playbook) -> Secrets {
            Secrets(Dictionary(playbook.secrets.map { ($0, Secret(password)) }) { first, _ in first })
        }

        func loaded() throws -> Playbook {
            let bytes = [UInt8](try Data(contentsOf: playbook))
            return try Playbook.load(bytes, file: playbook.lastPathComponent, in: Catalog.language)
        }
    }

    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Lab/wild")

    static func cases() throws -> [Case] { try read.get() }

    private static let read = Result {
        let facts = try Fixture.wild()
        return try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted()
            .filter { $0.split(separator: "/").last?.hasPrefix("case") == true }
            .compactMap { try wildCase($0, facts) }
    }

    private static func wildCase(_ path: String, _ facts: [String: Facts]) throws -> Case? {
        let parts = path.split(separator: "/").map(String.init)
        let variant = parts[2].dropFirst("case".count).replacing(".", with: "-")
        let name = "\(parts[0])/\(parts[1])\(variant)"
        guard let facts = facts[name] else { return nil }
        let lines = try String(contentsOf: folder.appending(path: path), encoding: .utf8).split(separator: "\n")
        let values = { (key: String) in
            lines.filter { $0.hasPrefix("\(key): ") }.map { String($0.dropFirst(key.count + 2)) }
        }
        let book = try #require(values("book").first)
        let beside = folder.appending(path: "\(parts[0])/\(parts[1])/\(book.dropFirst(2))")
        return Case(
            name: name,
            facts: facts,
            playbook: book.hasPrefix("./") ? beside : folder.appending(path: "books/\(book).yml"),
            outcome: try #require(values("outcome").first),
            says: values("says"),
            never: values("never")
        )
    }

    private static func plan(_ test: Case) throws -> (plan: SitePlan, words: String) {
        let playbook = try test.loaded()
        let plan = Planner(catalog: Catalog.products).plan(
            playbook.plays[0],
            verify: playbook.verify,
            for: "host1",
            mta: .auto,
            facts: test.facts,
            secrets: test.secrets(of: playbook)
        )
        switch plan.disposition {
        case .refused(let failure): return (plan, "\(failure)")
        case .asAsked: return (plan, plan.notes.joined(separator: "\n"))
        case .change(_, .posix(let work)):
            // What is run is shown by what it is for, not by its text.
            let words = planText(of: Proposal(work, notes: plan.notes)).split(separator: "\n")
            return (plan, words.filter { !$0.hasPrefix("check ") }.joined(separator: "\n"))
        case .change(_, .powerShell(let work)):
            return (plan, (plan.notes + work.steps.map(\.title)).joined(separator: "\n"))
        case .change(_, .api): return (plan, plan.notes.joined(separator: "\n"))
        }
    }

    @Test(arguments: try cases())
    func `each case is planned or refused as it must be`(_ test: Case) throws {
        let (plan, words) = try Self.plan(test)

        #expect((plan.outcome == .refused) == (test.outcome == "refused"), "\(words)")
        for text in test.never { #expect(!words.contains(try Regex(text)), "\(words)") }
        #expect(!Poison.isIn(words))
        // What only the mail tells, the lab looks at.
        guard ["committed", "refused"].contains(test.outcome) else { return }
        for text in test.says { #expect(words.contains(try Regex(text)), "\(words)") }
    }

    /// One in three of a server's cases, or all; those of the panels always, which keep what they took over nowhere else.
    static func sample() throws -> [Case] {
        try cases().enumerated().filter { number, test in
            Laws.areFull || number.isMultiple(of: 3)
                || ["cpanel/", "directadmin/"].contains { test.name.hasPrefix($0) }
        }
        .map(\.element)
    }

    @Test(arguments: try sample())
    func `planning what was just applied plans nothing`(_ test: Case) throws {
        let once = try Self.plan(test).plan
        guard case .change(_, .posix(let work)) = once.disposition else { return }
        var again = test
        again.facts = try test.facts.applying(work, secrets: test.secrets(of: try test.loaded()))
        try again.facts.askPostfixAgain(as: test.facts)

        let (twice, words) = try Self.plan(again)

        #expect(twice.outcome == .asAsked, "\(words)")
    }

    @Test func `new files go where the link of their folder leads, as files that are there do`() throws {
        let test = try #require(try Self.cases().first { $0.name == "postfix/32-symlinked-folder" })
        guard case .change(_, .posix(let work)) = try Self.plan(test).plan.disposition else {
            Issue.record("nothing is planned")
            return
        }

        #expect(work.files.contains { $0.path.contains("/mtactl_") })
        for file in work.files { #expect(file.path.hasPrefix("/srv/conf/postfix/")) }
    }

    @Test(arguments: [true, false])
    func `bounces that a playbook leaves out go along where a server cannot tell them apart`(isOpen: Bool) throws {
        var routes = Routes(defaultRoute: .via(FixtureRoutes.filter))
        routes.leavesBouncesOpen = isOpen
        let plan = Planner(catalog: Catalog.products).plan(
            Play(name: "all", hosts: "all", routes: routes),
            verify: nil,
            for: "host1",
            mta: .auto,
            facts: try #require(try Fixture.wild()["nullmailer/07-reconfigured"]),
            secrets: FixtureRoutes.secrets
        )

        #expect(plan.outcome == (isOpen ? .wouldChange : .refused))
        #expect(plan.notes.contains { $0.contains("an empty sender takes the default route too") } == isOpen)
    }

    @Test func `there are as many cases as recorded hosts`() throws {
        let recorded = try Fixture.wild().keys.sorted()

        #expect(recorded == (try Self.cases().map(\.name).sorted()))
        #expect(recorded.count > 30)
    }
}
