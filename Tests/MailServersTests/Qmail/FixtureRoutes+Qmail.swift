import MTAPlan
import MailServers

extension FixtureRoutes {
    private static let open = Smarthost(name: "open", hosts: ["relay.example.net"], port: 25, tls: .none)
    private static let fromTheStart = Smarthost(
        name: "filter",
        hosts: ["outgoing.example.net"],
        port: 465,
        login: Login(username: "out@example.com", password: .environment("FILTER"))
    )
    private static let offered = Smarthost(
        name: "filter",
        hosts: ["outgoing.example.net"],
        tls: .opportunistic,
        login: Login(username: "out@example.com", password: .environment("FILTER"))
    )
    private static let checked = Smarthost(name: "checked", hosts: ["relay.example.net"], tls: .verified)

    private static func all(via smarthost: Smarthost) -> Routes {
        Routes(defaultRoute: .via(smarthost), bounces: .default)
    }

    private static let some = Routes(recipients: [
        RecipientRow(domain: .exactly("example.org"), route: .via(open)),
        RecipientRow(domain: .subdomains(of: "example.org"), route: .via(open)),
        RecipientRow(domain: .exactly("partner.example"), route: .direct),
    ])

    private static let someSenders = Routes(senders: [
        SenderRow(
            sender: .domain("example.com"),
            route: .via(fromTheStart),
            login: Login(username: "example", password: .environment("EXAMPLE"))
        ),
        SenderRow(sender: .address("Boss@example.com"), route: .via(fromTheStart)),
        SenderRow(sender: .address("robot@example.com"), route: .direct),
    ])

    static let qmail: [String: Routes] = [
        "Qmail/all-by-address": all(via: open),
        "Qmail/all-over-others": all(via: open),
        "Qmail/all-with-login": all(via: fromTheStart),
        "Qmail/all-with-login-again": all(via: fromTheStart),
        "Qmail/refuses-a-blank-in-a-password": all(via: offered),
        "Qmail/backup-mx": all(via: open),
        "Qmail/logins-of-the-host": all(via: fromTheStart),
        "Qmail/recipients": some,
        "Qmail/routes-changed": some,
        "Qmail/routes-taken-back": Routes(),
        "Qmail/nothing-asked": Routes(),
        "Qmail/senders-with-logins": someSenders,
        "Qmail/symlinked": all(via: open),
        "Qmail/unreadable": some,
        "Qmail/verified": all(via: checked),
        "Qmail/virtual-domains": all(via: open),
        "Qmail/refuses-a-broken-mark": all(via: open),
        "Qmail/refuses-a-domain-of-its-own": Routes(recipients: [
            RecipientRow(domain: .exactly("web1.example.com"), route: .via(open))
        ]),
        "Qmail/refuses-a-folder-for-a-file": all(via: open),
        "Qmail/refuses-a-gateway": all(via: open),
        "Qmail/refuses-a-login-that-it-would-ignore": all(
            via: Smarthost(name: "clear", hosts: ["relay.example.net"], tls: .none, login: offered.login)
        ),
        "Qmail/refuses-a-login-kept-elsewhere": all(
            via: Smarthost(name: "clear", hosts: ["relay.example.net"], tls: .none, login: offered.login)
        ),
        "Qmail/refuses-a-row-for-every-sender": all(via: fromTheStart),
        "Qmail/refuses-a-stopped-qmail": all(via: open),
        "Qmail/refuses-bounces-apart": Routes(defaultRoute: .via(open)),
        "Qmail/refuses-recipients-beside-senders": Routes(
            recipients: [RecipientRow(domain: .exactly("example.org"), route: .via(fromTheStart))],
            senders: someSenders.senders
        ),
        "Qmail/refuses-senders": Routes(senders: [SenderRow(sender: .domain("example.com"), route: .via(open))]),
        "Qmail/refuses-several-hosts": all(
            via: Smarthost(name: "pair", hosts: ["a.example.net", "b.example.net"], port: 25, tls: .none)
        ),
        "Qmail/refuses-tls-that-it-cannot-do": all(via: plain),
        "Qmail/refuses-tls-that-it-does-not-demand": all(via: filter),
        "Qmail/refuses-tls-that-it-does-not-log": all(via: checked),
        "Qmail/refuses-to-rewrite": Routes(
            defaultRoute: .via(open),
            bounces: .default,
            returnPath: ReturnPathRewrite(to: "valid@example.com", senders: ["*@intuit.example"])
        ),
        "Qmail/refuses-two-ways-for-a-sender": Routes(
            defaultRoute: .via(fromTheStart),
            senders: someSenders.senders,
            bounces: .default
        ),
    ]

    /// Postfix under Plesk.
    static let plesk: [String: Routes] = [
        "Postfix/plesk-all-18.0.61": everyone(via: filter),
        "Postfix/plesk-all-beside-18.0.76": everyone(via: filter),
        "Postfix/plesk-recipients-18.0.76": recipients,
        "Postfix/refuses-what-plesk-sets-itself": everyone(via: filter),
        "Postfix/refuses-a-smarthost-of-plesk": everyone(via: filter),
    ]

    static var pleskExtras: [String: ServerExtras] {
        var beside = PleskSettings()
        beside.smarthost = .postfix
        return ["Postfix/plesk-all-beside-18.0.76": ServerExtras(beside)]
    }
}
