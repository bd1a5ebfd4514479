import MTAPlan
import MailServers
import Testing

/// What each mail server's words mean to somebody whose test message did not arrive.
@Suite struct HintTests {
    @Test(arguments: [
        ("exim", "535 5.7.8 authentication failed", "password"),
        ("postfix", "host x said: 530 5.7.0 Authentication required", "password"),
        ("postfix", "SASL authentication failed; server x said: 534 5.7.9", "password"),
        ("postfix", "host x refused to talk to me: 421 4.7.0", "later"),
        ("sendmail", "IO Error: Connection refused", "port"), ("nullmailer", "Connect failed", "port"),
        ("ssmtp", "Cannot open a.example:2599", "port"),
        ("msmtp", "cannot connect to x, port 25: Network is unreachable", "firewall"),
        ("qmail", "Sorry, I wasn't able to establish an SMTP connection. (#4.4.1)", "port"),
    ])
    func `a reply that is known has advice`(server: String, reply: String, word: String) throws {
        let server = try #require(Catalog.all.first { $0.name == server })

        #expect(try #require(server.trace.hint(for: reply)).contains(word))
    }

    @Test func `a reply that says nothing has none`() {
        for server in Catalog.all { #expect(server.trace.hint(for: "") == nil) }
    }

    @Test(arguments: Catalog.all.flatMap(\.trace.hints)) func `advice is in words that help`(hint: Trace.Hint) {
        #expect(Failure("it waits", hint: hint.advice).hint?.hasSuffix(".") == false)
        #expect(!hint.words.isEmpty)
    }
}
