import Testing

@testable import MTAApply

@Suite struct TryLaterTests {
    /// In the words in which each mail server logs them, as the lab showed them or its source has them.
    @Test(
        arguments: [
            "host a.example.net[192.0.2.1] said: 451 4.7.1 greylisted, try again later (in reply to RCPT TO command)",
            "host a.example.net[192.0.2.1] said: 450 4.2.0 wait (in reply to end of DATA command)",
            "SMTP error from remote mail server after RCPT TO:<a@b.example>: 451 4.7.1 greylisted",
            "SMTP error from remote mail server after end of data: 452 4.3.1 too much",
            "Deferred: 451 4.7.1 greylisted, try again later",
            "192.0.2.1_does_not_like_recipient./Remote_host_said:_451_4.7.1_greylisted",
            "451 4.7.1 greylisted", "451-4.7.1 greylisted",
        ]
    )
    func `greylisting is waited out`(reply: String) { #expect(TryLater.isAsked(in: reply)) }

    @Test(
        arguments: [
            "SASL authentication failed; server a.example.net[192.0.2.1] said: 535 5.7.8 authentication failed",
            "host a.example.net[192.0.2.1] said: 550 5.7.1 no (in reply to RCPT TO command)",
            "connect to a.example.net[192.0.2.1]:587: Connection refused",
            "TLS is required, but was not offered by host a.example.net[192.0.2.1]",
            "Server certificate not trusted", "454 4.7.0 TLS not available due to local problem",
            "host a.example.net[192.0.2.1] refused to talk to me: 421 4.3.2 busy",
            "host a.example.net[192.0.2.1] said: 451 4.7.1 no (in reply to MAIL FROM command)",
            "SMTP error from remote mail server after initial connection: 450 busy",
            "Connected to 192.0.2.1 but sender was rejected./Remote host said: 451 no",
            "connect to a.example.net[192.0.2.1]:587: Connection timed out", "10451 of them", "", "4510",
        ]
    )
    func `whatever else keeps a message fails at once`(reply: String) { #expect(!TryLater.isAsked(in: reply)) }

    @Test func `a provider that does not know the host yet is told from one that says no`() {
        #expect(TryLater.isUnknownYet(in: "550 5.7.1 Open relay not allowed - https://…"))
        #expect(TryLater.isUnknownYet(in: "554 5.7.1 <b@remote.test>: Relay access denied"))
        #expect(!TryLater.isUnknownYet(in: "550 5.7.1 recipient is not welcome here"))
    }

    @Test func `pauses grow to a minute, and leave time for an answer`() {
        var pauses = TryLater.Pauses()

        #expect((1...6).map { _ in pauses.next(of: 600) } == [5, 10, 20, 40, 60, 60])
        #expect(pauses.next(of: 10) == 7)
        #expect(pauses.next(of: 3) == nil)
    }
}
