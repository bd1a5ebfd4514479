import Foundation
import MTAPlan
import MailServers
import Support
import Testing

/// A password that was on the host before mtactl is shown nowhere, wherever it stood and in whatever form.
///
/// A few hundred places in all fixtures; `make fuzz` goes on. With `MTACTL_PLANTED=N` in the environment, N places a fixture.
@Suite struct PlantedSecretTests {
    private static let places =
        ProcessInfo.processInfo.environment["MTACTL_PLANTED"].flatMap { Int($0) } ?? 6

    @Test(arguments: try LawTests.cases())
    func `a password of the host's own is shown nowhere`(_ test: LawTests.Case) throws {
        var random = SeededRandom(seed: test.fixture.description.utf8.reduce(7) { $0 &* 31 &+ Int($1) })
        let next = { Int(random.next() >> 33) }
        guard !test.fixture.facts.read.isEmpty else { return }

        for _ in 0..<Self.places {
            let secret = PlantedSecret(kind: next(), next)
            let (facts, path) = secret.planted(in: test.fixture.facts, next)

            let shown = try test.server.shown(
                test.routes,
                extras: FixtureRoutes.extras[test.fixture.description] ?? ServerExtras(),
                facts,
                FixtureRoutes.secrets
            )

            for text in shown { #expect(!secret.isIn(text), "\(secret.text) of \(path) in:\n\(text)") }
        }
    }

    /// qmail's rcpthosts are hosts that are reached as before, in a file of ours.
    @Test(arguments: ["k7x2.q9w4e1r8", "K7x2.q9W4e1r8"])
    func `what is copied from another file stands in no saved plan, and is there when it is applied`(
        _ planted: String
    ) throws {
        let test = try #require(try LawTests.cases().first { $0.fixture.description == "Qmail/all-by-address" })
        let path = "/var/qmail/control/rcpthosts"
        var facts = test.fixture.facts
        var file = try #require(facts.file(path))
        file.bytes += Array("\(planted)\n".utf8)
        facts.files[path] = .file(file)
        let work = try test.proposal(given: facts).work

        let data = try JSONEncoder().encode(work)
        let saved = try JSONDecoder().decode(Work.self, from: data)

        #expect(!String(decoding: data, as: UTF8.self).lowercased().contains("q9w4e1r8"))
        #expect(saved.unread.contains(path))
        guard case .posix(let filled)? = try saved.filled(from: facts, secrets: FixtureRoutes.secrets),
            case .posix(let asked) = work
        else { return _ = Issue.record("nothing was filled") }
        #expect(try bytes(of: filled) == bytes(of: asked))
        file.inode += 1
        facts.files[path] = .file(file)
        #expect(throws: Failure.self) { try saved.filled(from: facts, secrets: FixtureRoutes.secrets) }
    }

    private func bytes(of work: POSIXWork) throws -> [[UInt8]] {
        try work.files.compactMap { file in
            guard case .file(let content, _, _, _) = file.wanted else { return nil }
            return try content.rendered(with: FixtureRoutes.secrets)
        }
    }

    @Test func `the search finds what is there, in part too`() {
        let secret = PlantedSecret(kind: 0) { 3 }

        #expect(secret.isIn("x\(secret.text)y") && secret.isIn(String(secret.text.dropFirst(9).uppercased())))
        #expect(!secret.isIn("x\(secret.text.prefix(5))y"))
    }
}
