import MTAPlan

extension FixtureRoutes {
    static let msmtp: [String: Routes] = [
        "Msmtp/all-by-address-bookworm": together(via: unverified),
        "Msmtp/all-with-login-bookworm": together(via: filter),
        "Msmtp/all-with-login-trixie": together(via: oneVerified),
        "Msmtp/all-with-login-again": together(via: oneVerified),
        "Msmtp/routes-taken-back": Routes(),
        "Msmtp/senders-with-logins": Routes(
            defaultRoute: .via(filter),
            senders: Array(senders.senders.prefix(3)),
            bounces: .default
        ),
        "Msmtp/accounts-of-others": together(via: clear),
        "Msmtp/nothing-asked": Routes(),
        "Msmtp/no-configuration": together(via: unverified),
        "Msmtp/senders-alone": Routes(senders: [
            SenderRow(sender: .address("boss@example.com"), route: .via(filter)),
            SenderRow(sender: .address("who?@example.com"), route: .via(unverified)),
        ]),
        "Msmtp/refuses-what-everyone-reads": together(via: filter),
        "Msmtp/refuses-what-everyone-runs": together(via: filter),
        "Msmtp/refuses-senders-of-another": together(via: filter),
        "Msmtp/refuses-a-program-in-the-settings": together(via: filter),
        "Msmtp/refuses-a-copy-of-the-default": together(via: filter),
        "Msmtp/refuses-direct-senders": Routes(
            senders: [SenderRow(sender: .domain("example.com"), route: .direct)]
        ),
        "Msmtp/refuses-bounces-apart": everyone(via: filter),
        "Msmtp/refuses-opportunistic-tls": together(via: plain),
        "Msmtp/refuses-half-a-block": together(via: filter),
    ]
}
