import Testing

/// A playbook of `Playbooks/` and the ways that mail must take once it was applied.
struct Scenario: Sendable, CustomTestStringConvertible {
    var playbook: String
    var testMessageLogin: String?
    var testMessagePort: Int
    var letters: [Letter]
    /// Run on each host before anything else.
    var given: String?

    var testDescription: String { playbook }
    var path: String { "Tests/LabTests/Playbooks/\(playbook).yml" }

    private static let local = Letter(from: "a@lab.test", to: "root", way: .local)

    static let all = [
        Scenario(
            playbook: "01-by-address",
            testMessageLogin: nil,
            testMessagePort: 2525,
            letters: [
                Letter(from: "a@example.com", to: "b@remote.test", way: .smarthost(port: 2525, login: nil)), local,
            ]
        ),
        Scenario(
            playbook: "02-with-login",
            testMessageLogin: "awkward",
            testMessagePort: 587,
            letters: [
                Letter(from: "a@example.com", to: "b@remote.test", way: .smarthost(port: 587, login: "awkward")), local,
            ]
        ),
        Scenario(
            playbook: "03-recipients",
            testMessageLogin: "out@example.com",
            testMessagePort: 587,
            letters: [
                Letter(from: "a@x.test", to: "b@example.org", way: .smarthost(port: 587, login: "out@example.com")),
                Letter(from: "", to: "b@example.org", way: .smarthost(port: 587, login: "out@example.com")),
                Letter(from: "a@x.test", to: "b@partner.example", way: .internet),
                Letter(from: "a@x.test", to: "b@remote.test", way: .internet), local,
            ]
        ),
        Scenario(
            playbook: "04-senders",
            testMessageLogin: "out@example.com",
            testMessagePort: 587,
            letters: [
                Letter(
                    from: "x@example.com",
                    to: "b@remote.test",
                    way: .smarthost(port: 587, login: "out@example.com")
                ),
                Letter(from: "not@example.com", to: "b@remote.test", way: .internet),
                Letter(from: "x@example.community", to: "b@remote.test", way: .internet),
                Letter(from: "x@sub.example.com", to: "b@remote.test", way: .internet), local,
            ]
        ),
        Scenario(
            playbook: "05-login-per-sender",
            testMessageLogin: "boss",
            testMessagePort: 587,
            letters: [
                Letter(from: "boss@example.com", to: "b@remote.test", way: .smarthost(port: 587, login: "boss")),
                Letter(
                    from: "x@example.com",
                    to: "b@remote.test",
                    way: .smarthost(port: 587, login: "smtp@example.com")
                ),
                Letter(
                    from: "x@elsewhere.test",
                    to: "b@remote.test",
                    way: .smarthost(port: 587, login: "out@example.com")
                ),
                Letter(
                    from: "boss@example.com",
                    to: "b@example.org",
                    way: .smarthost(port: 587, login: "out@example.com")
                ),
                Letter(from: "", to: "b@remote.test", way: .internet),
            ]
        ),
        Scenario(
            playbook: "06-bounces-direct",
            testMessageLogin: "out@example.com",
            testMessagePort: 587,
            letters: [
                Letter(from: "", to: "b@remote.test", way: .internet),
                Letter(from: "a@x.test", to: "b@remote.test", way: .smarthost(port: 587, login: "out@example.com")),
            ]
        ),
        Scenario(
            playbook: "07-return-path",
            testMessageLogin: "out@example.com",
            testMessagePort: 587,
            letters: [
                Letter(
                    from: "do_not_reply@intuit.example",
                    to: "b@remote.test",
                    way: .smarthost(port: 587, login: "out@example.com"),
                    arrivesFrom: "valid@example.com"
                ),
                Letter(
                    from: "prvs=1a2b=notify@adp.example",
                    to: "b@remote.test",
                    way: .smarthost(port: 587, login: "out@example.com"),
                    arrivesFrom: "valid@example.com"
                ),
                Letter(
                    from: "other@intuit.example",
                    to: "b@remote.test",
                    way: .smarthost(port: 587, login: "out@example.com")
                ),
            ]
        ),
        Scenario(
            playbook: "11-senders-file",
            testMessageLogin: "boss",
            testMessagePort: 587,
            letters: [
                Letter(from: "boss@example.com", to: "b@remote.test", way: .smarthost(port: 587, login: "boss")),
                Letter(
                    from: "x@listed.test",
                    to: "b@remote.test",
                    way: .smarthost(port: 587, login: "smtp@example.com")
                ),
                Letter(from: "x@unlisted.test", to: "b@remote.test", way: .internet), local,
            ],
            given: """
                umask 077
                printf 'boss@example.com yes\\n@listed.test yes\\n' > /etc/relay_senders
                printf 'boss@example.com boss:secret of boss\\n@listed.test smtp@example.com:secret of smtp\\n' > /etc/relay_logins
                """
        ),
    ]
}
