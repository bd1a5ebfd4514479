import Foundation
import Testing

/// A playbook of `Playbooks/` and the ways that mail must take once it was applied.
struct Scenario: Sendable, CustomTestStringConvertible {
    var number: Int
    /// As over its column of the table.
    var title: String
    var playbook: String
    /// What the lab has that the playbook has otherwise.
    var edits: [Edit] = []
    /// The way of the test message, and of all that takes the smarthost.
    var smarthost: Letter.Way
    var letters: [Letter]
    /// The only servers that it is for; the others are not asked.
    var only: [String]?

    var testDescription: String { "\(number). \(title)" }

    private static let byAddress = Letter.Way.smarthost(port: 587, login: nil)
    private static let loggedIn = login("out@example.com")
    private static func login(_ user: String) -> Letter.Way { .smarthost(port: 587, login: user) }
    private static let local = Letter(from: "root", to: "alice", way: .local)
    private static let bounce = Letter(from: "", to: "b@remote.test", way: .internet)
    private static func all(_ way: Letter.Way) -> [Letter] {
        [Letter(from: "a@example.com", to: "b@remote.test", way: way), bounce, local]
    }

    static let all = [
        Scenario(
            number: 1,
            title: "all mail, by address",
            playbook: "01-all-mail-by-address",
            smarthost: byAddress,
            letters: all(byAddress)
        ),
        Scenario(
            number: 2,
            title: "with login",
            playbook: "02-all-mail-with-login",
            edits: [
                Edit("username: out@example.com", "username: awkward"),
                Edit("env:FILTER_PASSWORD", "env:AWKWARD_PASSWORD"),
            ],
            smarthost: login("awkward"),
            letters: all(login("awkward"))
        ),
        Scenario(
            number: 3,
            title: "to domains",
            playbook: "03-only-to-certain-domains",
            edits: [Edit("    host: outgoing.example.net\n", "    host: relay.example.net\n")],
            smarthost: byAddress,
            letters: [
                Letter(from: "a@example.com", to: "b@example.org", way: byAddress),
                Letter(from: "a@example.com", to: "b@sub.example.org", way: byAddress),
                Letter(from: "", to: "b@example.org", way: byAddress),
                Letter(from: "a@example.com", to: "b@internal.example.org", way: .internet),
                Letter(from: "a@example.com", to: "b@remote.test", way: .internet), bounce, local,
            ]
        ),
        Scenario(
            number: 4,
            title: "from senders",
            playbook: "04-only-from-certain-senders",
            smarthost: loggedIn,
            letters: [
                Letter(from: "x@example.com", to: "b@remote.test", way: loggedIn),
                Letter(from: "x@shop.example.com", to: "b@remote.test", way: loggedIn),
                Letter(from: "boss@example.org", to: "b@remote.test", way: loggedIn),
                Letter(from: "reports@example.com", to: "b@remote.test", way: .internet),
                Letter(from: "x@example.org", to: "b@remote.test", way: .internet),
                Letter(from: "x@example.community", to: "b@remote.test", way: .internet),
                Letter(from: "x@sub.example.com", to: "b@remote.test", way: .internet), bounce, local,
            ]
        ),
        Scenario(
            number: 5,
            title: "login per sender",
            playbook: "05-login-per-sender",
            smarthost: login("boss"),
            letters: [
                Letter(from: "boss@example.com", to: "b@remote.test", way: login("boss")),
                Letter(from: "x@example.com", to: "b@remote.test", way: loggedIn),
                Letter(from: "x@example.org", to: "b@remote.test", way: login("out@example.org")),
                Letter(from: "x@partner.example", to: "b@remote.test", way: .internet), bounce, local,
            ]
        ),
        Scenario(
            number: 6,
            title: "bounces direct",
            playbook: "06-bounces-direct",
            smarthost: loggedIn,
            letters: all(loggedIn)
        ),
        Scenario(
            number: 7,
            title: "return path",
            playbook: "07-rewrite-return-path",
            smarthost: byAddress,
            letters: [
                "do_not_reply@intuit.example", "do_not_reply@mail.intuit.example", "prvs=1a2b=notify@adp.example",
            ]
            .map { Letter(from: $0, to: "b@remote.test", way: byAddress, arrivesFrom: "validsender@example.com") } + [
                Letter(from: "other@intuit.example", to: "b@remote.test", way: byAddress), bounce, local,
            ]
        ),
        Scenario(
            number: 8,
            title: "local mail too",
            playbook: "08-local-mail-too",
            edits: [Edit("192.0.2.10", "198.18.2.5")],
            smarthost: byAddress,
            letters: [
                Letter(from: "a@example.com", to: "b@remote.test", way: byAddress),
                Letter(from: "a@example.com", to: "alice", way: byAddress),
                Letter(from: "a@example.com", to: "alice", way: byAddress, cameFrom: "198.18.2.1"),
                Letter(from: "a@example.com", to: "alice", way: .local, cameFrom: "198.18.2.5"),
                Letter(from: "", to: "alice", way: .local, cameFrom: "198.18.2.5"),
            ]
        ),
        Scenario(
            number: 9,
            title: "cPanel's own",
            playbook: "09-cpanel",
            smarthost: loggedIn,
            letters: all(loggedIn),
            only: ["cPanel"]
        ),
        Scenario(
            number: 10,
            title: "DirectAdmin's own",
            playbook: "10-directadmin",
            smarthost: loggedIn,
            letters: all(loggedIn),
            only: ["DirectAdmin"]
        ),
        Scenario(
            number: 11,
            title: "senders from a file",
            playbook: "11-senders-from-a-file",
            smarthost: login("test"),
            letters: [
                Letter(from: "test@example.com", to: "b@remote.test", way: login("test")),
                Letter(from: "boss@example.com", to: "b@remote.test", way: login("boss")),
                Letter(from: "x@listed.test", to: "b@remote.test", way: login("smtp@example.com")),
                Letter(from: "x@unlisted.test", to: "b@remote.test", way: .internet), bounce, local,
            ]
        ),
        Scenario(
            number: 12,
            title: "Sendmail's own",
            playbook: "12-sendmail",
            smarthost: loggedIn,
            letters: all(loggedIn),
            only: ["Sendmail"]
        ),
    ]
}

extension Scenario {
    /// All, or those that `MTACTL_SCENARIOS` names, such as `3,11`.
    static let asked: [Scenario] = {
        guard let names = ProcessInfo.processInfo.environment["MTACTL_SCENARIOS"] else { return all }
        let numbers = names.split(separator: ",").compactMap { Int($0) }
        return all.filter { numbers.contains($0.number) }
    }()

    static func number(_ number: Int) throws -> Scenario { try #require(all.first { $0.number == number }) }

    /// Whether the server has to do it or to refuse it.
    func isFor(_ server: LabServer) -> Bool { only?.contains(server.name) ?? true }

    /// The letters, as this server's mail goes.
    func letters(for server: LabServer, conceding concessions: [Concession]) -> [Letter] {
        let without = Set(concessions.flatMap(\.without))
        return letters.filter {
            (server.hasLocalMail || $0.way != .local) && (server.nullSender != nil || !$0.from.isEmpty)
                && !without.contains($0.from)
        }.map {
            letter in
            var letter = letter
            let isBounce = letter.from.isEmpty && letter.way == .internet && takesDefault
            if isBounce, server.bouncesTakeTheDefault { letter.way = smarthost }
            letter.way = concessions.reduce(letter.way) { $1.turn($0) }
            return letter
        }
    }

    /// Whether whatever has no row of its own takes the smarthost.
    private var takesDefault: Bool { ![3, 4, 5, 11].contains(number) }
}
