import MTAPlan

extension FixtureRoutes {
    /// Senders without logins of their own: Sendmail finds a login by the smarthost's name.
    private static let sendersAlone = Routes(senders: [
        SenderRow(sender: .domain("example.com"), route: .via(filter)),
        SenderRow(sender: .address("Boss@example.com"), route: .direct),
        SenderRow(sender: .address("robot@example.com"), route: .via(plain)),
    ])

    private static func senders(of routes: Routes) -> Routes {
        Routes(
            defaultRoute: .via(filter),
            recipients: recipientsAndDefault.recipients,
            senders: routes.senders,
            bounces: .direct
        )
    }

    static let sendmail: [String: Routes] = [
        "all-by-address-bookworm": Routes(defaultRoute: .via(plain)),
        "all-by-address-trixie": Routes(defaultRoute: .via(plain), bounces: .default),
        "all-with-login-bookworm": everyone(via: filter),
        "all-with-login-trixie": everyone(via: filter),
        "all-with-login-again": everyone(via: filter),
        "in-clear-trixie": everyone(via: clear),
        "opportunistic-login-bookworm": everyone(
            via: Smarthost(name: "filter", hosts: ["2001:db8::25"], tls: .opportunistic, login: filter.login)
        ),
        "bounces-by-default-trixie": Routes(defaultRoute: .via(filter), bounces: .default),
        "recipients-bookworm": recipients,
        "recipients-and-default-trixie": recipientsAndDefault,
        "senders-bookworm": sendersAlone,
        "senders-and-default-trixie": senders(of: sendersAlone),
        "several-smarthosts-trixie": Routes(
            defaultRoute: .via(plain),
            recipients: [RecipientRow(domain: .exactly("example.org"), route: .via(verifiedStartTLS))],
            senders: [SenderRow(sender: .domain("example.net"), route: .via(clear))]
        ),
        "verified-trixie": everyone(via: verifiedStartTLS),
        "login-per-host-name-trixie": Routes(
            defaultRoute: .via(filter),
            senders: [
                SenderRow(
                    sender: .domain("example.com"),
                    route: .via(Smarthost(name: "second", hosts: ["outgoing2.example.net"])),
                    login: Login(username: #"with "quotes" \"#, password: .environment("EXAMPLE"))
                )
            ]
        ),
        "routes-changed": recipients,
        "routes-taken-back": Routes(),
        "nothing-asked": Routes(),
        "foreign-routes": Routes(defaultRoute: .via(filter), recipients: recipients.recipients),
        "no-final-newline": everyone(via: filter),
        "symlinked-with-odd-mode": everyone(via: filter),
        "rules-of-others": senders(of: sendersAlone),
        "redhat-layout": everyone(via: filter),
        "refuses-a-feature-after-the-mailers": everyone(via: filter),
        "refuses-an-unterminated-quote": everyone(via: filter),
        "refuses-an-edited-cf": everyone(via: filter),
        "refuses-an-unfinished-change": everyone(via: filter),
        "refuses-missing-plug-ins": everyone(via: filter),
        "refuses-a-wildcard": everyone(via: filter),
        "refuses-a-row-of-another": recipients,
        "refuses-the-hosts-own-domain": Routes(recipients: [
            RecipientRow(domain: .exactly("own.example"), route: .via(filter))
        ]),
        "refuses-a-missing-mark": everyone(via: filter),
        "refuses-without-m4": everyone(via: filter),
        "refuses-a-null-client": everyone(via: filter),
        "refuses-a-stopped-sendmail": everyone(via: filter),
        "refuses-a-login-per-sender": senders,
        "refuses-a-senders-file": Routes(
            sendersFile: SendersFile(path: "/etc/relay_senders", smarthost: filter)
        ),
        "refuses-a-return-path": returnPath,
        "refuses-local-domains": Routes(
            defaultRoute: .via(filter),
            localDomains: .relay(fromSmarthost: ["192.0.2.10"])
        ),
        "refuses-port-465": everyone(via: verified),
        "refuses-two-kinds-of-tls": Routes(
            defaultRoute: .via(plain),
            senders: [
                SenderRow(sender: .domain("example.com"), route: .via(Smarthost(name: "same", hosts: ["relay.example.net"])))
            ]
        ),
        "refuses-a-verified-address": everyone(via: Smarthost(name: "number", hosts: ["192.0.2.20"], tls: .verified)),
    ].reduce(into: [:]) { $0["Sendmail/\($1.key)"] = $1.value }

    private static let verifiedStartTLS = Smarthost(
        name: "verified",
        hosts: ["a.example.net", "b.example.net"],
        tls: .verified,
        login: verified.login
    )
}
