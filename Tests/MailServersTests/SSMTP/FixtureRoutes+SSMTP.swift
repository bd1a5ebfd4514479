import MTAPlan

extension FixtureRoutes {
    static let ssmtp: [String: Routes] = [
        "SSMTP/all-by-address": together(via: unverified),
        "SSMTP/all-with-login": together(via: unblemished),
        "SSMTP/all-with-login-again": together(via: unblemished),
        "SSMTP/routes-taken-back": Routes(),
        "SSMTP/nothing-asked": Routes(),
        "SSMTP/a-smarthost-of-another": together(via: unblemished),
        "SSMTP/refuses-a-password-it-would-mangle": together(via: filter),
        "SSMTP/refuses-verified": together(via: oneVerified),
        "SSMTP/refuses-bounces-apart": everyone(via: unverified),
        "SSMTP/refuses-senders": senders,
    ]

    /// With a password in which nothing is that sSMTP leaves out.
    private static let unblemished = Smarthost(
        name: "filter",
        hosts: ["outgoing.example.net"],
        login: Login(username: "out@example.com", password: .environment("UNBLEMISHED"))
    )
}
