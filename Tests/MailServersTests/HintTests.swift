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

    @Test(arguments: ["ipv6", "all", "ipv4"])
    func `that a name has no IPv6 address is blamed on inet_protocols only where that is the reason`(protocols: String)
        throws
    {
        let values = "inet_protocols = \(protocols)\n"
        let facts = Facts(files: [:], answers: ["postfix.values": .init(output: Array(values.utf8))])
        let trace = try #require(Catalog.all.first { $0.name == "postfix" }).trace
        let reply = { (found: String) in
            "Host or domain name not found. Name service error for name=x type=AAAA: \(found)"
        }
        let advice = { (found: String) in trace.hint(for: reply(found), on: trace.hintsOnHost(facts)) }

        let noData = try #require(advice("Host found but no data record of requested type"))
        #expect(noData.contains("inet_protocols") == (protocols == "ipv6"))
        #expect(try #require(advice("Host not found")).contains("spelling"))
    }

    @Test func `a reply that says nothing has none`() {
        for server in Catalog.all { #expect(server.trace.hint(for: "") == nil) }
    }

    @Test(arguments: Catalog.all.flatMap(\.trace.hints)) func `advice is in words that help`(hint: Trace.Hint) {
        #expect(Failure("it waits", hint: hint.advice).hint?.hasSuffix(".") == false)
        #expect(!hint.words.isEmpty)
    }
}
