import MTAPlan

extension FixtureRoutes {
    static let exim: [String: Routes] = [
        "Exim/all-with-login-bookworm": everyone(via: filter),
        "Exim/all-with-login-split-trixie": everyone(via: filter),
        "Exim/all-with-login-one-file-trixie": everyone(via: filter),
        "Exim/all-by-address-one-file-bookworm": everyone(via: plain),
        "Exim/all-where-nothing-was-sent": everyone(via: filter),
        "Exim/nothing-asked": Routes(),
        "Exim/senders-with-logins-split-bookworm": senders,
        "Exim/senders-with-logins-one-file-trixie": senders,
        "Exim/recipients-one-file-bookworm": recipients,
        "Exim/return-path-trixie": returnPath,
        "Exim/bounces-by-default-trixie": Routes(defaultRoute: .via(filter), bounces: .default),
        "Exim/local-mail-too-bookworm": Routes(
            defaultRoute: .via(filter),
            localDomains: .relay(fromSmarthost: ["192.0.2.10", "2001:db8::/64"])
        ),
        "Exim/senders-file-bookworm": Routes(
            senders: [SenderRow(sender: .address("robot@example.com"), route: .via(plain))],
            sendersFile: SendersFile(path: "/etc/relay_senders", smarthost: filter, logins: "/etc/relay_senders")
        ),
        "Exim/everything-verified-one-file-trixie": everything,
        "Exim/several-smarthosts-split-trixie": several,
        "Exim/another-smarthost-before": everyone(via: filter),
        "Exim/hubbed-hosts-and-logins-of-its-own": everyone(via: filter),
        "Exim/signed-and-bound": everyone(via: filter),
        "Exim/without-authenticators": everyone(via: filter),
        "Exim/included-and-conditional": everyone(via: filter),
        "Exim/routes-changed": everything,
        "Exim/routes-taken-back": Routes(),
        "Exim/split-routes-taken-back": Routes(),
        "Exim/wild-copies": everyone(via: filter),
        "Exim/wild-refuses-domains": everyone(via: filter),
        "Exim/wild-filter": Routes(defaultRoute: .via(filter), bounces: .default),
        "Exim/wild-srs": everyone(via: filter),
        "Exim/wild-redirect-router": everyone(via: filter),
        "Exim/wild-address-data": senders,
        "Exim/wild-routers-included": everyone(via: filter),
        "Exim/wild-own-client": everyone(via: filter),
        "Exim/wild-table-of-domains": everyone(via: filter),
        "Exim/wild-no-final-line-break": everyone(via: filter),
        "Exim/wild-included-by-macro": everyone(via: filter),
        "Exim/wild-relay-only": Routes(defaultRoute: .via(plain), bounces: .default),
        "Exim/wild-conditional": Routes(senders: senders.senders),
        "Exim/wild-macro-in-conf-conf": everyone(via: filter),
        "Exim/refuses-a-domain-in-a-folder": recipients,
        "Exim/refuses-a-closed-list": Routes(sendersFile: SendersFile(path: "/etc/relay_senders", smarthost: filter)),
        "Exim/refuses-a-broken-configuration": everyone(via: filter),
        "Exim/refuses-an-open-mark": everyone(via: filter),
        "Exim/refuses-an-open-condition": everyone(via: filter),
        "Exim/refuses-an-unknown-include": everyone(via: filter),
        "Exim/another-login-shared": everyone(via: filter),
        "Exim/refuses-a-router-of-the-name": everyone(via: filter),
        "Exim/refuses-a-router-twice": everyone(via: filter),
        "Exim/refuses-a-generated-file-edited-by-hand": everyone(via: filter),
        "Exim/refuses-the-hosts-own-domain": Routes(recipients: [
            RecipientRow(domain: .exactly("web1.example.com"), route: .via(filter))
        ]),
        "Exim/refuses-a-hubbed-domain": recipients,
        "Exim/refuses-a-macro-in-the-way": everyone(via: filter),
        "Exim/refuses-a-password-that-plain-cannot-send": everyone(
            via: Smarthost(
                name: "odd",
                hosts: ["outgoing.example.net"],
                login: Login(username: "out", password: .environment("CARET"))
            )
        ),
    ]
}
