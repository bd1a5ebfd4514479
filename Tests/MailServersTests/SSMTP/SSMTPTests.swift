import MTAPlan
import Support
import Testing

@testable import MailServers

@Suite struct SSMTPTests {
    /// Printed by sSMTP 2.64 of Debian 13.
    private let talk = [
        "[<-] 220 outgoing.example.net ESMTP mtactl lab", "[->] EHLO trixie-ssmtp.lab.test", "[<-] 250 HELP",
        "[->] STARTTLS", "[<-] 220 Ready to start TLS", "[->] EHLO trixie-ssmtp.lab.test", "[<-] 250 HELP",
        "[->] AUTH LOGIN", "[<-] 334 VXNlciBOYW1lAA==", "[->] b3V0QGV4YW1wbGUuY29t", "[<-] 334 UGFzc3dvcmQA",
        "[<-] 235 2.7.0 Authentication successful", "[->] MAIL FROM:<hdr@example.com>",
        "[<-] 250 2.1.0 sender is welcome", "[->] RCPT TO:<b@remote.test>", "[<-] 250 2.1.5 recipient is welcome",
        "[->] DATA", "[<-] 354 End data with <CR><LF>.<CR><LF>", "[->] Subject: t", "[->] ", "[->] .",
        "[<-] 250 2.0.0 taken by the lab", "[->] QUIT", "[<-] 221 Bye",
    ]

    /// Each tried with 2.64 of Debian 13: it says `Cannot open :25` where it read no host.
    @Test(arguments: [
        ("mailhub=h:25", "h:25"), ("mailhub h=25", "h"), ("mailhub=h:25 x", "h:25"), ("mailhub = h", ""),
        ("mailhub= h", ""),
        ("mailhub\t=\th", ""), ("mailhub==h", ""), (" mailhub=h", nil), ("mailhub h", nil),
    ])
    func `one sign is between a name and its value, as sSMTP reads it`(_ line: String, _ value: String?) {
        #expect(SSMTPSettings.row(Array(line.utf8)[...])?.value == value)
    }

    @Test func `its talk with the smarthost tells the answer`() {
        let delivery = found(talk)

        #expect(delivery?.status == .delivered)
        #expect(delivery?.tls == TLSSession("STARTTLS", .untrusted))
        #expect(delivery?.authenticated == true)
        #expect(delivery?.reply == "250 2.0.0 taken by the lab")
        #expect(delivery?.relay?.description == "its one smarthost")
    }

    @Test func `what stands in the message is not taken for the talk`() {
        var lines = talk.filter { !$0.contains("STARTTLS") && !$0.contains("AUTH") }
        lines.insert("[->] STARTTLS", at: lines.count - 5)
        let delivery = found(lines)

        #expect(delivery?.tls == nil)
        #expect(delivery?.tellsTLS == false)
        #expect(delivery?.authenticated == false)
    }

    @Test(arguments: [[], ["[->] ."], ["[->] .", "[<-] 554 no"]])
    func `any other output is no delivery`(_ lines: [String]) { #expect(found(lines)?.status == .queued) }

    @Test func `settings are read as sSMTP reads them`() {
        let settings = SSMTPSettings(
            Array("MailHub = a:25 # x\nUseTLS=Yes\n#mailhub=b\nAuthPass=x#y\nmailhub=c:465=d\n".utf8)
        )

        #expect(settings.route == "c:465")
        #expect(settings.tls == "TLS, certificate not verified")
        #expect(settings.value(of: "authpass") == "x")
    }

    @Test(arguments: ["q w", "q#w", "q=w", "q\tw"])
    func `a password of which it would leave something out is refused`(_ password: String) {
        let secrets = Secrets([.environment("P"): Secret(password)])
        let smarthost = Smarthost(
            name: "s",
            hosts: ["h.example.net"],
            login: Login(username: "u", password: .environment("P"))
        )

        let failure = #expect(throws: Failure.self) {
            try SSMTP().proposal(
                for: Routes(defaultRoute: .via(smarthost), bounces: .default),
                extras: ServerExtras(),
                given: Facts(),
                secrets: secrets
            )
        }
        #expect(failure?.hint?.contains("msmtp or dma") == true)
        #expect(failure?.description.contains(password) == false)
    }

    private func found(_ lines: [String]) -> Delivery? {
        var tracer = SSMTPTrace(messageID: "m@x")
        if case .found(let delivery) = tracer.next(after: lines) { return delivery }
        return nil
    }
}
