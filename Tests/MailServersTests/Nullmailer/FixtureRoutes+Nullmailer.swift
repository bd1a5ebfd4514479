import MTAPlan

extension FixtureRoutes {
    static let nullmailer: [String: Routes] = [
        "Nullmailer/all-by-address-bookworm": together(via: unverified),
        "Nullmailer/all-by-address-trixie": together(via: unverified),
        "Nullmailer/all-with-login-trixie": together(via: filter),
        "Nullmailer/all-with-login-again": together(via: filter),
        "Nullmailer/routes-changed": together(via: unverified),
        "Nullmailer/routes-taken-back": Routes(),
        "Nullmailer/nothing-asked": Routes(),
        "Nullmailer/several-hosts-verified": together(via: verified),
        "Nullmailer/a-smarthost-of-another": together(via: clear),
        "Nullmailer/readable-for-all": together(via: filter),
        "Nullmailer/no-remotes": together(via: filter),
        "Nullmailer/refuses-bounces-apart": everyone(via: filter),
        "Nullmailer/refuses-recipients": recipients,
        "Nullmailer/refuses-opportunistic-tls": together(via: plain),
        "Nullmailer/refuses-half-a-block": together(via: filter),
        "Nullmailer/refuses-a-file-that-is-no-text": together(via: filter),
    ]

    static let unverified = Smarthost(name: "unverified", hosts: ["relay.example.net"], port: 25)

    /// All mail, bounces with it, as for servers that cannot route them apart.
    static func together(via smarthost: Smarthost) -> Routes {
        Routes(defaultRoute: .via(smarthost), bounces: .default)
    }
}
