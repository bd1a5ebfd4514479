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
        let files = test.fixture.facts.read.sorted { $0.key < $1.key }
        guard !files.isEmpty else { return }

        for _ in 0..<Self.places {
            let secret = PlantedSecret(kind: next(), next)
            let (path, found) = files[next() % files.count]
            var file = found
            file.bytes = secret.planted(in: file.bytes, form: next(), at: next())
            var facts = test.fixture.facts
            facts.files[path] = .file(file)

            let shown = try test.server.shown(
                test.routes,
                extras: FixtureRoutes.extras[test.fixture.description] ?? ServerExtras(),
                facts,
                FixtureRoutes.secrets
            )

            for text in shown { #expect(!secret.isIn(text), "\(secret.text) of \(path) in:\n\(text)") }
        }
    }

    @Test func `the search finds what is there, in part too`() {
        let secret = PlantedSecret(kind: 0) { 3 }

        #expect(secret.isIn("x\(secret.text)y") && secret.isIn(String(secret.text.dropFirst(9).uppercased())))
        #expect(!secret.isIn("x\(secret.text.prefix(5))y"))
    }
}
