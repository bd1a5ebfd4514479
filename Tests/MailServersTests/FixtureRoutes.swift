import MTAPlan
import Support

/// What is asked of the host of each fixture.
enum FixtureRoutes {
    static let secrets = Secrets([
        .environment("FILTER"): Secret(Poison.password),
        .environment("BOSS"): Secret(Poison.password + "-boss"),
        .environment("EXAMPLE"): Secret(Poison.password + "-example"),
    ])

    static let all: [String: Routes] = [
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

    // MARK: Smarthosts

    static let plain = Smarthost(name: "plain", hosts: ["relay.example.net"], port: 25, tls: .opportunistic)
    static let filter = Smarthost(
        name: "filter",
        hosts: ["outgoing.example.net"],
        login: Login(username: "out@example.com", password: .environment("FILTER"))
    )
    static let verified = Smarthost(
        name: "verified",
        hosts: ["a.example.net", "b.example.net"],
        port: 465,
        tls: .verified,
        login: Login(username: "out@example.com", password: .environment("FILTER"))
    )
    static let clear = Smarthost(
        name: "clear_text",
        hosts: ["192.0.2.20"],
        port: 2525,
        tls: .none,
        login: Login(username: "out", password: .environment("EXAMPLE"))
    )

    // MARK: Routes

    private static func everyone(via smarthost: Smarthost) -> Routes { Routes(defaultRoute: .via(smarthost)) }

    private static let recipients = Routes(recipients: [
        RecipientRow(domain: .exactly("example.org"), route: .via(filter)),
        RecipientRow(domain: .subdomains(of: "example.org"), route: .via(plain)),
        RecipientRow(domain: .subdomains(of: "example.com"), route: .via(plain)),
        RecipientRow(domain: .exactly("partner.example"), route: .direct),
    ])

    private static let recipientsAndDefault = Routes(
        defaultRoute: .via(filter),
        recipients: [
            RecipientRow(domain: .exactly("partner.example"), route: .direct),
            RecipientRow(domain: .exactly("intern.example"), route: .via(plain)),
        ]
    )

    private static let senders = Routes(
        defaultRoute: .via(filter),
        senders: [
            SenderRow(
                sender: .domain("example.com"),
                route: .via(filter),
                login: Login(username: "example", password: .environment("EXAMPLE"))
            ),
            SenderRow(
                sender: .address("boss@example.com"),
                route: .via(filter),
                login: Login(username: "boss", password: .environment("BOSS"))
            ),
            SenderRow(sender: .address("robot@example.com"), route: .via(filter)),
            SenderRow(sender: .domain("excluded.example"), route: .direct),
        ]
    )

    private static let returnPath = Routes(
        defaultRoute: .via(filter),
        returnPath: ReturnPathRewrite(
            to: "validsender@example.com",
            senders: ["do_not_reply@intuit.example", "prvs=*=notify@adp.example"]
        )
    )

    private static let everything = Routes(
        defaultRoute: .via(verified),
        recipients: recipients.recipients,
        senders: senders.senders,
        returnPath: ReturnPathRewrite(to: "valid$ender@other.example", senders: ["*.bounce+tag@a/b.example"])
    )

    private static let several = Routes(
        defaultRoute: .via(plain),
        recipients: [RecipientRow(domain: .exactly("example.org"), route: .via(verified))],
        senders: [SenderRow(sender: .domain("example.net"), route: .via(clear))]
    )
}
