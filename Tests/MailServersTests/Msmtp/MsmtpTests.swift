import Foundation
import MTAPlan
import Support
import Testing

@testable import MailServers

@Suite struct MsmtpTests {
    /// Printed by msmtp 1.8.28 of Debian 13.
    private let taken =
        "Nov 21 23:17:02 host=outgoing.example.net tls=on auth=on user=awkward from=a@example.com "
        + "recipients=b@remote.test mailsize=95 smtpstatus=250 smtpmsg='250 2.0.0 taken by the lab' exitcode=EX_OK"

    @Test func `the log line that it prints tells the smarthost's answer`() {
        let delivery = found([taken])

        #expect(delivery?.status == .delivered)
        #expect(delivery?.relay?.description == "outgoing.example.net")
        #expect(delivery?.tls == TLSSession("TLS", .unknown))
        #expect(delivery?.authenticated == true)
        #expect(delivery?.reply == "250 2.0.0 taken by the lab")
    }

    /// msmtprc as it becomes with all mail by one smarthost.
    private func changed(_ text: String, mode: UInt16 = 0o644) throws -> String {
        let file = FoundFile(
            realPath: "/etc/msmtprc",
            bytes: Array(text.utf8),
            mode: FileMode(rawValue: mode),
            owner: "root",
            group: "root"
        )
        let facts = Facts(files: ["/etc/msmtprc": .file(file)])
        let relay = Smarthost(name: "relay", hosts: ["relay.example.net"], tls: .required)
        let routes = Routes(defaultRoute: .via(relay), bounces: .default)
        let proposal = try Msmtp().proposal(for: routes, extras: .init(), given: facts, secrets: Secrets())
        guard case .file(let content, _, _, _)? = proposal.changes.files.first?.wanted else { return text }
        return try content.rendered(with: Secrets()).text
    }

    @Test func `an account that the default copies stays for those who name it`() throws {
        let text = "account isp\nhost mx.example.net\naccount default : isp\n"

        let changed = try changed(text)

        #expect(changed.hasPrefix("account isp\nhost mx.example.net\n#mtactl# account default : isp\n# BEGIN mtactl\n"))
        #expect(try self.changed(changed) == changed)
    }

    @Test func `ours come before the account that would take the sender's mail, once`() throws {
        let text = "defaults\ntls on\naccount isp\nhost mx.example.net\nfrom me@example.com\naccount default : isp\n"

        let changed = try changed(text)

        #expect(changed.hasPrefix("defaults\ntls on\n# BEGIN mtactl\n"))
        #expect(changed.contains("account default : mtactl-relay\nfrom me@example.com\n# END mtactl\naccount isp\n"))
        #expect(changed.hasSuffix("\nfrom me@example.com\n#mtactl# account default : isp\n"))
        #expect(try self.changed(changed) == changed)
        // What an older mtactl made: all of it commented out, ours at the end.
        let block = changed.components(separatedBy: "# BEGIN mtactl\n")[1].components(separatedBy: "# END mtactl\n")[0]
        let older =
            "defaults\ntls on\n#mtactl# account isp\n#mtactl# host mx.example.net\n#mtactl# from me@example.com\n"
            + "#mtactl# account default : isp\n# BEGIN mtactl\n\(block)# END mtactl\n"
        #expect(try self.changed(older) == changed)
        #expect(throws: Failure.self) { try self.changed(text + "defaults\ntls_trust_file x\n") }
    }

    @Test func `settings that anyone can change are refused`() {
        let text = "account default\nhost mx.example.net\n"

        let failure = #expect(throws: Failure.self) { try changed(text, mode: 0o666) }

        #expect(failure?.problem.contains("`/etc/msmtprc`") == true)
    }

    @Test func `a sender of two accounts is told once`() {
        let text = "account isp\nhost mx.example.net\nfrom me@example.com\naccount default : isp\n"
        let file = FoundFile(
            realPath: "/etc/msmtprc",
            bytes: Array(text.utf8),
            mode: FileMode(rawValue: 0o644),
            owner: "root",
            group: "root"
        )

        #expect(Msmtp().survey(Facts(files: ["/etc/msmtprc": .file(file)])).senders.map(\.key) == ["me@example.com"])
    }

    @Test func `without TLS it says so`() {
        let delivery = found([taken.replacing("tls=on auth=on user=awkward", with: "tls=off auth=off")])

        #expect(delivery?.tls == nil)
        #expect(delivery?.tellsTLS == true)
        #expect(delivery?.authenticated == false)
    }

    @Test(arguments: [[], ["nonsense"], ["host= exitcode="], ["host=x exitcode=EX_TEMPFAIL"]])
    func `any other output is no delivery`(_ lines: [String]) {
        #expect(found(lines)?.status == .queued)
    }

    @Test(arguments: [
        ("*@[eE][xX].[oO]", "*@ex.o"), ("[bB]+*@[xX]", "b+*@x"), ("[ab]*@x", "[ab]*@x"), ("[*]@x", "[*]@x"),
        ("[[]", "[[]"),
    ])
    func `a pattern is shown as people write it`(_ pattern: String, _ shown: String) {
        #expect(MsmtpAccounts.readable(pattern) == shown)
    }

    @Test(arguments: [
        ("/usr/bin/msmtp -C /etc/php/msmtp-shop -t", "the settings in `/etc/php/msmtp-shop`"),
        ("msmtp --file=/srv/a -t -i", "the settings in `/srv/a`"), ("msmtp -t --account shop", "the account `shop`"),
        ("msmtp -a shop -t", "the account `shop`"), ("msmtp --host=mail.example -t", "the smarthost `mail.example`"),
        ("msmtp -a default -t", nil), ("/usr/sbin/sendmail -t -i", nil), ("msmtp -t", nil), ("", nil),
    ])
    func `a program's own way through msmtp is seen`(_ command: String, _ way: String?) {
        #expect(MsmtpCallers.way(command.split(separator: " ").map(String.init)) == way)
    }

    @Test func `what PHP and users send past the system's settings is named in the plan`() {
        let php =
            "/etc/php/8.4/cli/php.ini:sendmail_path = \"/usr/bin/msmtp -C /etc/php/shop -t\"\n"
            + "/etc/php/8.4/fpm/pool.d/a.conf:php_admin_value[sendmail_path] = /usr/sbin/sendmail -t\n"
        let facts = Facts(answers: [
            "msmtp.php": Facts.Answer(output: Array(php.utf8)),
            "msmtp.users": Facts.Answer(output: Array("/home/alice/.msmtprc\n".utf8)),
        ])

        let notes = MsmtpCallers(facts).notes
        #expect(notes.count == 2)
        #expect(notes.first?.contains("/etc/php/8.4/cli/php.ini") == true)
        #expect(notes.last?.contains("/home/alice/.msmtprc") == true)
    }

    @Test func `accounts are read as msmtp reads them`() {
        let settings = MsmtpSettings(
            Array(
                """
                defaults
                tls on
                # account x
                account a
                host "a.example.net"
                port 587
                account b : a
                  port   25
                account default:b
                from me@example.net
                """.utf8
            )
        )

        #expect(settings.accounts.map(\.name) == ["a", "b", "default"])
        #expect(settings.accounts.map(\.route) == ["a.example.net:587", "a.example.net:25", "a.example.net:25"])
        #expect(settings.accounts[2].tls == "STARTTLS, verified")
        #expect(settings.linesOfDefault == [9, 10])
        #expect(settings.defaultFrom == "me@example.net")
    }

    @Test func `settings without an account are the default account`() {
        #expect(MsmtpSettings(Array("host h\n".utf8)).accounts.map(\.name) == ["default"])
    }

    private func found(_ lines: [String]) -> Delivery? {
        var tracer = MsmtpTrace(messageID: "m@x")
        if case .found(let delivery) = tracer.next(after: lines) { return delivery }
        return nil
    }
}
