import MTAPlan
import MailServers
import Support
import Testing

/// Panels and suites that mtactl knows by name and has no edits of its own for.
@Suite struct SuiteTests {
    static let suites = Catalog.products.compactMap { $0 as? MailServers.Suite }

    @Test(arguments: [
        ("mailinabox", "Mail-in-a-Box", "--limit"),
        ("pmg", "Proxmox Mail Gateway", "pmgsh set /config/mail --smarthost"),
        ("yunohost", "YunoHost", "yunohost settings set email.smtp.smtp_relay_host"),
        ("hestia", "HestiaCP", "v-add-sys-smtp-relay HOST USER PASSWORD PORT"),
    ])
    func `where a panel's own command must be used, the refusal names it`(
        panel: String,
        title: String,
        command: String
    ) throws {
        let facts = answers([
            "mta.programs": "postfix /usr/sbin/postconf\n", "mta.panels": "\(panel) /there\n",
            "sendmail.path": "/usr/sbin/sendmail\n", "sendmail.text": "postdrop\n",
        ])

        let refusal = try refusal(of: facts)

        #expect(refusal.problem.hasPrefix("\(title) "))
        #expect(try #require(refusal.hint).contains(command))
    }

    @Test func `Zimbra keeps a Postfix of its own, and says where its relay is set`() throws {
        let facts = answers([
            "mta.programs": "zimbra /opt/zimbra/common/sbin/postconf\n", "sendmail.path": "/usr/sbin/sendmail\n",
            "sendmail.text": "postdrop\n",
            "port25.ss": #"LISTEN 0 100 0.0.0.0:25 0.0.0.0:* users:(("master",pid=713,fd=13))"#,
        ])

        let refusal = try refusal(of: facts)

        #expect(refusal.problem.hasPrefix("Zimbra "))
        #expect(try #require(refusal.hint).contains("zmprov ms $(zmhostname) zimbraMtaRelayHost"))
    }

    @Test func `IndiMail is a qmail in another place`() throws {
        let facts = answers(["mta.programs": "indimail /var/indimail/bin/qmail-showctl\n"])

        #expect(try refusal(of: facts).problem.hasPrefix("IndiMail "))
    }

    @Test(arguments: suites) func `what is said of each is in words that help`(suite: MailServers.Suite) {
        switch suite.keeping {
        case .free: break
        case .itself(let refusal): #expect(Failure("x", hint: refusal.hint ?? "").fault == nil)
        case .mayRewrite(let words): #expect(!words.hasSuffix(".") && !words.contains("\n"))
        }
    }

    @Test func `names are given once`() {
        let names = Catalog.products.map(\.name)

        #expect(Set(names).count == names.count)
    }

    private func answers(_ texts: [String: String]) -> Facts {
        Facts(answers: texts.mapValues { Facts.Answer(output: Array($0.utf8)) })
    }

    private func refusal(of facts: Facts) throws -> Failure {
        let plan = Planner(catalog: Catalog.products).plan(
            Play(name: "all", hosts: "all", routes: FixtureRoutes.everyone(via: FixtureRoutes.plain)),
            verify: nil,
            for: "mx1",
            mta: .auto,
            facts: facts,
            secrets: FixtureRoutes.secrets
        )
        guard case .refused(let failure) = plan.disposition else { throw Failure("it was planned") }
        return failure
    }
}
