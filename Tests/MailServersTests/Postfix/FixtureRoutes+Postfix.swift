import MTAPlan

extension FixtureRoutes {
    static let postfix: [String: Routes] = [
        "Postfix/all-by-address-bookworm": Routes(defaultRoute: .via(plain)),
        "Postfix/all-by-address-trixie": Routes(defaultRoute: .via(plain)),
        "Postfix/all-with-login-bookworm": everyone(via: filter),
        "Postfix/all-with-login-trixie": everyone(via: filter),
        "Postfix/all-with-login-sid": everyone(via: filter),
        "Postfix/all-with-login-lmdb": everyone(via: filter),
        "Postfix/all-with-login-again": everyone(via: filter),
        "Postfix/all-with-login-index-lost": everyone(via: filter),
        "Postfix/routes-changed": everything,
        "Postfix/routes-taken-back": Routes(),
        "Postfix/type-changed": everyone(via: filter),
        "Postfix/nothing-asked": Routes(),
        "Postfix/recipients-bookworm": recipients,
        "Postfix/senders-bookworm": Routes(senders: [
            SenderRow(sender: .domain("example.com"), route: .via(plain)),
            SenderRow(sender: .address("boss@example.com"), route: .direct),
        ]),
        "Postfix/senders-with-logins-trixie": senders,
        "Postfix/bounces-by-default-trixie": Routes(defaultRoute: .via(filter), bounces: .default),
        "Postfix/return-path-bookworm": returnPath,
        "Postfix/senders-file-bookworm": Routes(
            sendersFile: SendersFile(path: "/etc/relay_senders", smarthost: filter, logins: "/etc/relay_logins")
        ),
        "Postfix/senders-file-without-index-trixie": Routes(
            defaultRoute: .via(plain),
            sendersFile: SendersFile(path: "/etc/relay_senders", smarthost: filter)
        ),
        "Postfix/everything-verified-trixie": everything,
        "Postfix/several-smarthosts-bookworm": several,
        "Postfix/crlf": everyone(via: filter),
        "Postfix/byte-order-mark": everyone(via: filter),
        "Postfix/no-final-newline": everyone(via: filter),
        "Postfix/duplicates": everyone(via: filter),
        "Postfix/continued-through-comments": recipientsAndDefault,
        "Postfix/symlinked": everyone(via: filter),
        "Postfix/odd-owner-and-mode": everyone(via: filter),
        "Postfix/panel-maps-senders": Routes(senders: [
            SenderRow(sender: .domain("customer.example"), route: .via(filter))
        ]),
        "Postfix/panel-maps-replaced": recipientsAndDefault,
        "Postfix/refuses-senders-with-routes-of-their-own": everyone(via: filter),
        "Postfix/refuses-a-broken-main-cf": everyone(via: filter),
        "Postfix/refuses-missing-plug-ins": everyone(via: filter),
        "Postfix/refuses-a-wildcard": everyone(via: filter),
        "Postfix/refuses-headers-rewritten-too": returnPath,
        "Postfix/refuses-a-stopped-postfix": everyone(via: filter),
        "Postfix/refuses-the-hosts-own-domain": Routes(recipients: [
            RecipientRow(domain: .exactly("web1.example.com"), route: .via(filter))
        ]),
        "Postfix/refuses-local-domains": Routes(
            defaultRoute: .via(filter),
            localDomains: .relay(fromSmarthost: ["192.0.2.10"])
        ),
        "Postfix/refuses-a-list-without-values": Routes(
            sendersFile: SendersFile(path: "/etc/relay_senders", smarthost: filter)
        ),
        "Postfix/refuses-a-missing-list": Routes(
            sendersFile: SendersFile(path: "/etc/relay_senders", smarthost: filter)
        ),
        "Postfix/refuses-a-service-of-another": everyone(via: filter),
        "Postfix/refuses-a-service-that-decides": everyone(via: filter),
        "Postfix/refuses-without-a-ca-bundle": everyone(via: verified),
    ]
}
