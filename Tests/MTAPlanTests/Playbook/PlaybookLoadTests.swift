import MailServers
import Testing

@testable import MTAPlan

@Suite struct PlaybookLoadTests {
    @Test func `every key of the design is understood`() throws {
        let playbook = try Playbook.load(text: design, file: "Playbooks/relay.yml")

        let filter = Smarthost(
            name: "filter",
            hosts: ["outgoing.example.net"],
            login: Login(username: "out@example.com", password: .environment("FILTER_PASSWORD"))
        )
        let mailroute = Smarthost(
            name: "mailroute",
            hosts: ["outbound.mailroute.net"],
            port: 25,
            provider: "mailroute"
        )
        #expect(playbook.smarthosts == [filter, mailroute])
        let play = try #require(playbook.plays.first)
        #expect(playbook.plays.count == 1)
        #expect(play.name == "web servers")
        #expect(play.hosts == "web:!staging")
        #expect(play.mta == .auto)
        #expect(
            play.routes
                == Routes(
                    defaultRoute: .via(filter),
                    recipients: [
                        RecipientRow(domain: .exactly("example.org"), route: .via(filter)),
                        RecipientRow(domain: .subdomains(of: "example.org"), route: .via(filter)),
                        RecipientRow(domain: .exactly("partner.example"), route: .direct),
                    ],
                    senders: [
                        SenderRow(sender: .domain("example.com"), route: .via(filter)),
                        SenderRow(
                            sender: .address("boss@example.com"),
                            route: .via(filter),
                            login: Login(username: "boss", password: .environment("BOSS"))
                        ),
                        SenderRow(sender: .domain("excluded.example"), route: .direct),
                    ],
                    sendersFile: SendersFile(
                        path: "/etc/relay_senders",
                        smarthost: filter,
                        logins: "/etc/relay_logins"
                    ),
                    bounces: .direct,
                    localDomains: .relay(fromSmarthost: ["192.0.2.10"]),
                    returnPath: ReturnPathRewrite(
                        to: "validsender@example.com",
                        senders: ["do_not_reply@intuit.example", "prvs=*=notify@adp.example"]
                    )
                )
        )
        var exchange = ExchangeSettings()
        exchange.connector = "Smart host to Internet"
        exchange.replaceOthers = .disable
        #expect(play.extras == ServerExtras(CPanelSettings(), exchange))
        #expect(playbook.verify == TestMessageRequest(to: "postmaster@example.net", within: .seconds(120)))
        #expect(
            playbook.rollout
                == RolloutPolicy(waves: [.count(1), .percent(10), .percent(100)], maxFailures: .count(0), pause: .zero)
        )
    }

    @Test func `what is not said has the documented value`() throws {
        let playbook = try Playbook.load(
            text: "plays: [{hosts: all, routes: {}}]",
            file: "p.yml"
        )

        #expect(
            playbook.plays == [Play(name: "all", hosts: "all", mta: .auto, routes: Routes(), extras: ServerExtras())]
        )
        #expect(playbook.verify == nil)
        #expect(playbook.rollout == RolloutPolicy())
        #expect(playbook.smarthosts == [])
    }

    @Test func `a provider's values can each be overridden`() throws {
        let playbook = try Playbook.load(
            text: """
                smarthosts:
                  a: {provider: mimecast, region: eu}
                  b: {provider: mailroute, host: relay.example.net, port: 587, tls: verified}
                  c: {provider: mail-assure, port: 2525}
                plays: [{hosts: all, routes: {default: a}}]
                """,
            file: "p.yml"
        )

        #expect(
            playbook.smarthosts == [
                Smarthost(
                    name: "a",
                    hosts: ["eu-smtp-outbound-1.mimecast.com", "eu-smtp-outbound-2.mimecast.com"],
                    port: 25,
                    provider: "mimecast"
                ),
                Smarthost(name: "b", hosts: ["relay.example.net"], port: 587, tls: .verified, provider: "mailroute"),
                Smarthost(name: "c", hosts: ["smtpout.mtaroutes.com"], port: 2525, provider: "mail-assure"),
            ]
        )
    }

    /// A login is given to nobody who does not say who it is, unless the playbook asks for that.
    @Test(arguments: [
        ("{host: f.example, login: {username: u, password: env:X}}", "default: f", TLSPolicy.verified),
        ("{provider: spamexperts, host: f.example, login: {username: u, password: env:X}}", "default: f", .verified),
        ("{host: f.example, tls: required, login: {username: u, password: env:X}}", "default: f", .required),
        ("{host: f.example}", "default: f", .required),
        ("{host: f.example}", "senders: {a@b.example: {via: f, login: {username: u, password: env:X}}}", .verified),
        ("{host: f.example}", "senders: {a@b.example: {via: f}}", .required),
        ("{host: f.example}", "senders-file: {path: /etc/a, via: f, logins: /etc/b}", .verified),
        ("{host: f.example}", "senders-file: {path: /etc/a, via: f}", .required),
    ])
    func `with a login the default is verified`(_ smarthost: String, _ routes: String, _ tls: TLSPolicy) throws {
        let text = "smarthosts:\n  f: \(smarthost)\nplays: [{hosts: all, routes: {\(routes)}}]\n"

        #expect(try Playbook.load(text: text, file: "p.yml").smarthosts.map(\.tls) == [tls])
    }

    @Test func `files of secrets are looked for beside the playbook`() throws {
        let text = """
            smarthosts:
              a: {host: a.example, login: {username: u, password: "file:secrets/a"}}
              b: {host: b.example, login: {username: u, password: "file:/etc/b"}}
              c: {host: c.example, login: {username: u, password: "file:~/c"}}
              d: {host: d.example, login: {username: u, password: "prompt:"}}
            plays: [{hosts: all, routes: {default: a}}]
            """

        let playbook = try Playbook.load(text: text, file: "Playbooks/relay.yml")

        #expect(
            playbook.secrets == [
                .file("Playbooks/secrets/a"), .file("/etc/b"), .file("~/c"), .prompt("password of u at smarthost d"),
            ]
        )
    }

    @Test func `anchors, merge keys, a byte order mark and CRLF are fine`() throws {
        let text = """
            \u{FEFF}smarthosts:
              a: &a {host: a.example, port: 25, tls: none}
              b: {<<: *a, port: 26}
            plays:
            - hosts: [web, "!staging"]
              routes: {default: b}

            """.replacing("\n", with: "\r\n")

        let playbook = try Playbook.load(text: text, file: "p.yml")

        #expect(playbook.smarthosts.last == Smarthost(name: "b", hosts: ["a.example"], port: 26, tls: .none))
        #expect(playbook.plays.first?.hosts == "web,!staging")
    }

    @Test func `JSON is a playbook too`() throws {
        let playbook = try Playbook.load(
            text: #"{"plays": [{"hosts": "all", "routes": {"default": "direct"}}]}"#,
            file: "p.json"
        )

        #expect(playbook.plays.first?.routes == Routes())
    }

    private let design = """
        # yaml-language-server: $schema=./playbook.schema.json
        smarthosts:
          filter:
            host: outgoing.example.net
            port: 587
            tls: required
            login:
              username: out@example.com
              password: env:FILTER_PASSWORD
          mailroute: {provider: mailroute}

        plays:
          - name: web servers
            hosts: web:!staging
            mta: auto
            routes:
              default: filter
              recipients:
                example.org: filter
                .example.org: filter
                partner.example: direct
              senders:
                "@example.com": filter
                "boss@example.com": {via: filter, login: {username: boss, password: env:BOSS}}
                "@excluded.example": direct
              senders-file:
                {path: /etc/relay_senders, via: filter, logins: /etc/relay_logins}
              bounces: direct
              local-domains: relay
              from-smarthost: [192.0.2.10]
              rewrite-return-path:
                to: validsender@example.com
                senders: [do_not_reply@intuit.example, "prvs=*=notify@adp.example"]
            cpanel: {hourly-limits: count}
            exchange: {connector: Smart host to Internet, replace-others: disable}

        verify:
          to: postmaster@example.net
          from: root
          within: 2m
        rollout:
          waves: [1, 10%, 100%]
          max-failures: 0
          pause: 0s
          on-abort: keep
        """
}
