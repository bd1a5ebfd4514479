import MTAPlan
import MailServers
import Support
import Testing

/// What Kerio Connect cannot do, or must not be made to do.
@Suite struct KerioRefusalTests {
    private typealias Case = KerioCase

    private static func via(_ smarthost: Smarthost) -> Routes {
        Routes(defaultRoute: .via(smarthost), bounces: .default)
    }

    private static func direct(_ rows: RecipientRow..., senders: [SenderRow] = [], via: Bool = true) -> Routes {
        Routes(defaultRoute: via ? Case.filter : .direct, recipients: rows, senders: senders, bounces: .default)
    }

    static let refused: [(KerioCase, String)] = [
        (Case("several hosts", [], via(Case.smarthost("filter", ["a.example", "b.example"]))), "has several"),
        (Case("required", [], via(Case.smarthost(tls: .required))), "checks no certificate"),
        (Case("verified", [], via(Case.smarthost(tls: .verified))), "checks no certificate"),
        (Case("none", [], via(Case.smarthost(tls: .none))), "useSSL"),
        (Case("465", [], via(Case.smarthost(port: 465))), "first byte"),
        (Case("empty", [], via(Case.smarthost(password: "EMPTY"))), "erase"),
        (Case("binary", [], via(Case.smarthost(password: "BINARY"))), "not text"),
        (Case("an id", [], via(Case.smarthost(password: "ID"))), "id of a rule"),
        (Case("NUL", [], via(Case.smarthost(password: "NUL"))), "NUL"),
        (Case("bounces", [], Routes(defaultRoute: Case.filter)), "bounces"),
        (
            Case("subdomains", [], direct(RecipientRow(domain: .subdomains(of: "example.org"), route: Case.filter))),
            "match subdomains"
        ),
        (
            Case(
                "two rows direct",
                [],
                direct(
                    RecipientRow(domain: .exactly("a.example"), route: .direct),
                    RecipientRow(domain: .exactly("b.example"), route: .direct)
                )
            ),
            "exclude only one row"
        ),
        (
            Case(
                "a direct recipient, and senders",
                [],
                direct(
                    RecipientRow(domain: .exactly("a.example"), route: .direct),
                    senders: [SenderRow(sender: .domain("example.com"), route: Case.filter)]
                )
            ),
            "rule for its sender"
        ),
        (
            Case(
                "an address direct, and its domain not",
                [],
                direct(senders: [
                    SenderRow(sender: .domain("example.com"), route: Case.filter),
                    SenderRow(sender: .address("a@example.com"), route: .direct),
                ])
            ),
            "rule for `@example.com`"
        ),
        (
            Case(
                "direct, and others stay",
                [Case.rule("theirs")],
                direct(RecipientRow(domain: .exactly("a.example"), route: .direct), via: false)
            ),
            "\"theirs\" stays"
        ),
        (
            Case(
                "a password nobody knows",
                [Case.rule("secret one", username: "u", isEnabled: false)],
                via(Case.smarthost())
            ),
            "\"secret one\" logs in as `u`"
        ),
    ]

    @Test(arguments: refused.indices)
    func `what cannot be done is refused in words`(index: Int) {
        let (test, words) = Self.refused[index]
        do throws(Failure) {
            _ = try test.proposal()
            Issue.record("\(test.name) was planned")
        } catch {
            #expect(error.problem.contains(words), "\(test.name): \(error)")
            #expect(error.hint != nil)
            #expect(!error.description.contains("keriodb"))
        }
    }

    @Test(arguments: [
        (Facts(), "no account"),
        (KerioCase.facts(RelayRules([]), version: "8.5.3"), "Kerio Connect 8.5.3 has no list"),
        (Facts(calls: ["kerio.rules": .failed(code: -32601, message: "Method not found.")]), "no list of relay rules"),
        (Facts(calls: ["kerio.rules": .failed(code: 1000, message: "Access \u{1b}denied")]), "Access \\x1bdenied"),
        (Facts(calls: ["administration.trouble": .failed(code: 0, message: "port shut\nopen it")]), "port shut"),
        (Facts(calls: ["kerio.rules": .result(.object(["list": .list([.null])]))]), "relay rule 1"),
        (Facts(calls: ["kerio.rules": .result(.text("x"))]), "not as the interface is documented"),
    ])
    func `a host that cannot be read is refused with the reason`(facts: Facts, words: String) {
        do throws(Failure) {
            _ = try Kerio().proposal(
                for: Self.via(Case.smarthost()),
                extras: ServerExtras(),
                given: facts,
                secrets: KerioCase.secrets
            )
            Issue.record("\(words) was planned")
        } catch {
            #expect(error.problem.contains(words), "\(error)")
        }
        #expect(Kerio().survey(facts).recipients.isEmpty)
    }

    @Test(arguments: [
        ("<variable name=\"Version\">10.0.8</variable>", "10.0.8"), ("version 9.4.2p1", "9.4.2"), ("version", nil),
        ("<?xml version='1.0'?>", nil),
    ])
    func `the version is told by the configuration file too`(line: String, version: String?) {
        let facts = Facts(answers: ["mta.version.kerio": .init(output: Array(line.utf8))])
        #expect(Kerio().recognition.version(facts) == version)
    }
}
