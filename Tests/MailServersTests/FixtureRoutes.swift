import MTAPlan
import Support

/// What is asked of the host of each fixture.
enum FixtureRoutes {
    static let secrets = Secrets([
        .environment("FILTER"): Secret(Poison.password),
        .environment("BOSS"): Secret(Poison.password + "-boss"),
        .environment("EXAMPLE"): Secret(Poison.password + "-example"),
        .environment("UNBLEMISHED"): Secret("p0is0n$:\\'\"{}^%"),
        .environment("SPARING"): Secret("p0is0n$(x)%&\\^and\"quote'{}"),
        .environment("CARET"): Secret("^" + Poison.password),
    ])

    /// By the name of the fixture; each server's are in its own folder.
    static let all: [String: Routes] = [
        postfix,
        plesk,
        cpanel,
        directadmin,
        exim,
        sendmail,
        qmail,
        openSMTPD,
        nullmailer,
        msmtp,
        dma,
        ssmtp,
        iceWarp,
    ].reduce(into: [:]) { all, some in
        all.merge(some) { _, _ in preconditionFailure("two fixtures of one name") }
    }

    /// What is in the playbook for one mail server alone.
    static let extras: [String: ServerExtras] = [
        pleskExtras, cpanelExtras, directadminExtras, iceWarpExtras,
    ].reduce(into: [:]) {
        all,
        some in
        all.merge(some) { _, _ in preconditionFailure("two fixtures of one name") }
    }

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
    static let oneVerified = {
        var one = verified
        one.hosts.removeLast()
        return one
    }()
    static let clear = Smarthost(
        name: "clear_text",
        hosts: ["192.0.2.20"],
        port: 2525,
        tls: .none,
        login: Login(username: "out", password: .environment("EXAMPLE"))
    )

    // MARK: Routes

    static func everyone(via smarthost: Smarthost) -> Routes { Routes(defaultRoute: .via(smarthost)) }

    static let recipients = Routes(recipients: [
        RecipientRow(domain: .exactly("example.org"), route: .via(filter)),
        RecipientRow(domain: .subdomains(of: "example.org"), route: .via(plain)),
        RecipientRow(domain: .subdomains(of: "example.com"), route: .via(plain)),
        RecipientRow(domain: .exactly("partner.example"), route: .direct),
    ])

    static let recipientsAndDefault = Routes(
        defaultRoute: .via(filter),
        recipients: [
            RecipientRow(domain: .exactly("partner.example"), route: .direct),
            RecipientRow(domain: .exactly("intern.example"), route: .via(plain)),
        ]
    )

    static let senders = Routes(
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

    static let returnPath = Routes(
        defaultRoute: .via(filter),
        returnPath: ReturnPathRewrite(
            to: "validsender@example.com",
            senders: ["do_not_reply@intuit.example", "prvs=*=notify@adp.example"]
        )
    )

    static let everything = Routes(
        defaultRoute: .via(verified),
        recipients: recipients.recipients,
        senders: senders.senders,
        returnPath: ReturnPathRewrite(to: "valid$ender@other.example", senders: ["*.bounce+tag@a/b.example"])
    )

    static let several = Routes(
        defaultRoute: .via(plain),
        recipients: [RecipientRow(domain: .exactly("example.org"), route: .via(verified))],
        senders: [SenderRow(sender: .domain("example.net"), route: .via(clear))]
    )
}
