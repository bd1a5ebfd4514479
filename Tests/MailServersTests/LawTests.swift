import Foundation
import MTAPlan
import MailServers
import Support
import Synchronization
import Testing

/// What "supported" means: the laws, for every mail server and every fixture.
///
/// With `MTACTL_RECORD=1` in the environment the first law writes what it finds into the fixtures instead of comparing, to be looked
/// at as a diff.
@Suite struct LawTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let server: any MailServer
        let fixture: Fixture
        let routes: Routes

        var testDescription: String { fixture.description }

        /// What is planned for the fixture as it was recorded: planned once, as most laws look at the same plan.
        func proposal() throws(Failure) -> Proposal {
            let known = LawTests.plans.withLock { $0[fixture.description] }
            if let known { return try known.get() }
            let plan = Result { () throws(Failure) in try proposal(given: fixture.facts) }
            LawTests.plans.withLock { $0[fixture.description] = plan }
            return try plan.get()
        }

        func proposal(given facts: Facts, for routes: Routes? = nil) throws(Failure) -> Proposal {
            try server.proposal(
                for: routes ?? self.routes,
                extras: FixtureRoutes.extras[fixture.description] ?? ServerExtras(),
                given: facts,
                secrets: FixtureRoutes.secrets
            )
        }
    }

    private static let plans = Mutex<[String: Result<Proposal, Failure>]>([:])

    static func cases() throws -> [Case] { try read.get() }

    private static let read = Result {
        try Catalog.posix.flatMap { server in
            try Fixture.all(of: server.name).map { fixture in
                guard let routes = FixtureRoutes.all[fixture.description] else {
                    throw Failure("no routes are given for the fixture \(fixture)")
                }
                return Case(server: server, fixture: fixture, routes: routes)
            }
        }
    }

    static func planned() throws -> [Case] { try cases().filter { !$0.fixture.name.hasPrefix("refuses-") } }
    static func refused() throws -> [Case] { try cases().filter { $0.fixture.name.hasPrefix("refuses-") } }

    @Test(arguments: try planned())
    func `planned changes give the expected files and are shown as expected`(_ test: Case) throws {
        let proposal = try test.proposal()
        var files: [String: [UInt8]] = [:]
        for change in proposal.changes.files {
            if case .file(let content, _, _, _) = change.wanted {
                files[change.path] = try content.rendered(with: FixtureRoutes.secrets)
            }
        }
        if Recording.isOn { return try Recording.write(proposal, files, to: test.fixture) }

        #expect(files == test.fixture.expected)
        #expect(expectedStat(of: proposal) == test.fixture.text("expected.stat"))
        #expect(planText(of: proposal) == test.fixture.text("plan.txt"))
    }

    @Test(arguments: try planned())
    func `planning what was just applied plans nothing`(_ test: Case) throws {
        let once = try test.proposal()
        let after = try test.fixture.facts.applying(once.changes, secrets: FixtureRoutes.secrets)

        let twice = try test.proposal(given: after)

        #expect(twice.changes.files == [])
        #expect(twice.changes.settings == [])
        #expect(twice.changes.reload == [])
        #expect(twice.changes.rebuild == [])
        #expect(twice.changes.check == nil)
        #expect(twice.changes.expectations == once.changes.expectations)
    }

    @Test(arguments: try planned())
    func `nothing but what is asked for becomes of any mail, as far as it can be told`(_ test: Case) throws {
        let (facts, proposal) = (test.fixture.facts, try test.proposal())
        let found = test.server.differential(of: proposal, for: test.routes, given: facts, probing: [])
        guard let differential = found else { return }
        let glossary = test.server.glossary(for: test.routes)
        let seen = differential.shown(by: glossary)
        let shown = "\(seen)" + seen.unknown.joined()

        // Its senders are bound to an address each, which a smarthost's service is not: the planner refuses it.
        let isBound = test.fixture.description == "Postfix/panel-maps-senders"
        let objection = differential.objection(to: test.routes, by: glossary)
        #expect((objection != nil) == isBound, "\(objection?.problem ?? "")")
        #expect(!differential.entries.isEmpty || !differential.unknown.isEmpty)
        for note in seen.unknown { #expect(Failure(note, hint: "none").fault == nil) }
        for secret in ["oldsecret", "panelsecret", "theirs1", "theirs2"] { #expect(!shown.contains(secret)) }
        #expect(!Poison.isIn(shown))
    }

    /// What a panel's host had in place of ours is nowhere any more, and yet no plan may then call ours unasked.
    @Test(arguments: try planned().filter { ["cpanel", "directadmin"].contains($0.server.name) })
    func `what was just applied is as asked to the comparison too`(_ test: Case) throws {
        let once = try test.proposal()
        let after = try test.fixture.facts.applying(once.changes, secrets: FixtureRoutes.secrets)
        let twice = try test.proposal(given: after)
        let found = test.server.differential(of: twice, for: test.routes, given: after, probing: [])

        #expect(found?.objection(to: test.routes, by: test.server.glossary(for: test.routes))?.problem == nil)
    }

    @Test(arguments: [
        ("Qmail/virtual-domains", "x@customer.example"), ("Qmail/all-by-address", "root@web1.example.com"),
        ("Exim/all-by-address-one-file-bookworm", "root@localhost"),
    ])
    func `a message to one of the host's own is known to stay, so no test message is sent there`(
        name: String,
        to: String
    )
        throws
    {
        let test = try #require(try Self.cases().first { $0.fixture.description == name })
        let (facts, probe) = (test.fixture.facts, Probe(from: "root@web1.example.com", to: to))
        let found = test.server.differential(of: try test.proposal(), for: test.routes, given: facts, probing: [probe])
        let entry = try #require(found?.entries.first { $0.probe == probe })

        #expect(entry.before.place == .host)
    }

    @Test(arguments: try planned())
    func `a secret is in the file that it belongs in and nowhere else`(_ test: Case) throws {
        let proposal = try test.proposal()

        for change in proposal.changes.files {
            guard case .file(let content, let mode, _, let group) = change.wanted else { continue }
            let isIn = Poison.isIn(try content.rendered(with: FixtureRoutes.secrets))
            #expect(isIn == !content.secrets.isEmpty)
            #expect(change.kind == .secret || !isIn)
            // The daemon's own group may read what the daemon reads as another user than root.
            let others: UInt16 = ["root", "wheel"].contains(group) ? 0o077 : 0o037
            if isIn { #expect(mode.rawValue & others == 0) }
        }
        #expect(!Poison.isIn(planText(of: proposal)))
        #expect(!Poison.isIn(String(decoding: try JSONEncoder().encode(proposal.work), as: UTF8.self)))
        #expect(!Poison.isIn("\(test.routes)"))
        let asked = test.routes.login != nil
        let planted = try proposal.changes.files.contains { change in
            guard case .file(let content, _, _, _) = change.wanted else { return false }
            return Poison.isIn(try content.rendered(with: FixtureRoutes.secrets))
        }
        // The search itself finds what is there.
        if asked, proposal.changes.files.first(where: { $0.kind == .secret })?.expected == .absent {
            #expect(planted)
        }
    }

    @Test(arguments: try planned())
    func `a saved plan does the same, and holds none of the host's own lines`(_ test: Case) throws {
        let (facts, proposal) = (test.fixture.facts, try test.proposal())
        let data = try JSONEncoder().encode(proposal.work)
        let saved = try JSONDecoder().decode(Work.self, from: data)

        guard !proposal.changes.files.isEmpty else { return }
        // Besides, those that text is copied from.
        #expect(Set(saved.unread).isSuperset(of: proposal.changes.files.map(\.path)))
        guard case .posix(let filled)? = try saved.filled(from: facts, secrets: FixtureRoutes.secrets) else {
            Issue.record("a host that is not as asked was taken for one that is")
            return
        }
        for (file, planned) in zip(filled.files, proposal.changes.files) {
            guard case .file(let content, _, _, _) = file.wanted, case .file(let asked, _, _, _) = planned.wanted
            else { continue }
            #expect(
                try content.rendered(with: FixtureRoutes.secrets) == asked.rendered(with: FixtureRoutes.secrets)
            )
            let written = try JSONDecoder().decode(FileChange.self, from: JSONEncoder().encode(planned)).linesHeld
            #expect(written.isDisjoint(with: planned.linesKept))
        }
        let planned = proposal.changes
        #expect(filled.owners == planned.owners && filled.check == planned.check)
        #expect(filled.rebuild == planned.rebuild && filled.reload == planned.reload && filled.health == planned.health)
        #expect(filled.start == planned.start && filled.afterRestore == planned.afterRestore)
        let after = try facts.applying(proposal.changes, secrets: FixtureRoutes.secrets)
        let again = try saved.filled(from: after, secrets: FixtureRoutes.secrets)
        // Of a file with logins of which some stay nothing is written down, so alone it cannot tell.
        let tells = try filled.files.contains { try $0.isDone(in: after, secrets: FixtureRoutes.secrets) != nil }
        let files = proposal.changes.files
        if tells, files.count > 1 || files[0].kind != .secret { #expect(again == nil) }
    }

    @Test(arguments: try planned())
    func `what is noted is one sentence without a full stop`(_ test: Case) throws {
        for note in try test.proposal().notes {
            #expect(Failure(note, hint: "none").fault == nil)
        }
    }

    @Test(arguments: try planned())
    func `secrets the host has of its own are not shown`(_ test: Case) throws {
        let text = planText(of: try test.proposal())

        for secret in ["oldsecret", "panelsecret", "theirs1", "theirs2"] { #expect(!text.contains(secret)) }
    }

    @Test(arguments: try refused())
    func `what cannot be done is refused in words that help`(_ test: Case) throws {
        let failure = #expect(throws: Failure.self) { try test.proposal() }
        let words = (failure?.description ?? "") + "\n"
        if Recording.isOn { return try Recording.write(words, to: test.fixture) }

        #expect(words == test.fixture.text("refusal.txt"))
        #expect(failure?.fault == nil)
        #expect(!Poison.isIn(words))
    }

    @Test(arguments: try cases())
    func `the survey of a host holds no password`(_ test: Case) throws {
        let survey = test.server.survey(test.fixture.facts)
        let text = String(decoding: try JSONEncoder().encode(survey), as: UTF8.self)

        for secret in ["oldsecret", "panelsecret", "theirs1", "theirs2"] { #expect(!text.contains(secret)) }
        #expect(!Poison.isIn(text))
        #expect(test.server.recognition.version(test.fixture.facts)?.isEmpty == false)
    }
}

extension Routes {
    /// The first login that the routes have of the playbook.
    fileprivate var login: Login? {
        let routes = [defaultRoute] + recipients.map(\.route) + senders.map(\.route)
        let smarthosts = routes.compactMap { if case .via(let smarthost) = $0 { smarthost } else { nil } }
        return smarthosts.compactMap(\.login).first ?? senders.compactMap(\.login).first
    }
}

/// Writes into the fixtures what is planned now.
private enum Recording {
    static var isOn: Bool { ProcessInfo.processInfo.environment["MTACTL_RECORD"] == "1" }

    static func write(_ proposal: Proposal, _ files: [String: [UInt8]], to fixture: Fixture) throws {
        let root = fixture.folder.appending(path: "expected")
        try? FileManager.default.removeItem(at: root)
        for (path, bytes) in files {
            let file = root.appending(path: path)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try Data(bytes).write(to: file)
        }
        try Data(expectedStat(of: proposal).utf8).write(to: fixture.folder.appending(path: "expected.stat"))
        try Data(planText(of: proposal).utf8).write(to: fixture.folder.appending(path: "plan.txt"))
    }

    static func write(_ words: String, to fixture: Fixture) throws {
        try Data(words.utf8).write(to: fixture.folder.appending(path: "refusal.txt"))
    }
}
