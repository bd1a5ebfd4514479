import MTAPlan

extension FixtureRoutes {
    static let openSMTPD: [String: Routes] = [
        "OpenSMTPD/all-by-address-bookworm": everyone(via: plain),
        "OpenSMTPD/all-by-address-trixie": everyone(via: plain),
        "OpenSMTPD/all-with-login-bookworm": everyone(via: filter),
        "OpenSMTPD/all-with-login-trixie": everyone(via: filter),
        "OpenSMTPD/all-with-login-again": everyone(via: filter),
        "OpenSMTPD/routes-changed": everyone(via: plain),
        "OpenSMTPD/routes-taken-back": Routes(),
        "OpenSMTPD/nothing-asked": Routes(),
        "OpenSMTPD/recipients-and-senders": Routes(
            defaultRoute: .via(filter),
            recipients: recipients.recipients,
            senders: senders.senders
        ),
        "OpenSMTPD/bounces-by-default": Routes(defaultRoute: .via(filter), bounces: .default),
        "OpenSMTPD/several-rules-for-others": Routes(
            defaultRoute: .via(filter),
            recipients: [RecipientRow(domain: .subdomains(of: "example.org"), route: .via(plain))],
            senders: [SenderRow(sender: .address("o'neil+a@example.com"), route: .direct)]
        ),
        "OpenSMTPD/crlf-and-no-final-newline": everyone(via: filter),
        "OpenSMTPD/a-smarthost-of-another": everyone(via: oneVerified),
        "OpenSMTPD/refuses-a-broken-configuration": everyone(via: filter),
        "OpenSMTPD/refuses-an-unknown-include": everyone(via: filter),
        "OpenSMTPD/refuses-included-rules": everyone(via: filter),
        "OpenSMTPD/refuses-no-rule-for-others": everyone(via: filter),
        "OpenSMTPD/refuses-half-a-block": everyone(via: filter),
        "OpenSMTPD/refuses-an-encrypted-queue": everyone(via: filter),
        "OpenSMTPD/refuses-an-action-of-our-name": everyone(via: filter),
        "OpenSMTPD/refuses-a-rule-for-the-domain": recipients,
        "OpenSMTPD/refuses-a-host-by-domain": everyone(via: filter),
        "OpenSMTPD/refuses-a-stopped-daemon": everyone(via: filter),
        "OpenSMTPD/refuses-a-login-in-clear": everyone(via: clear),
        "OpenSMTPD/refuses-a-return-path": returnPath,
        "OpenSMTPD/refuses-the-hosts-own-domain": Routes(recipients: [
            RecipientRow(domain: .exactly("web1.example.net"), route: .via(filter))
        ]),
        "OpenSMTPD/refuses-several-hosts": everyone(via: verified),
        "OpenSMTPD/refuses-a-list-of-senders": Routes(
            sendersFile: SendersFile(path: "/etc/relay_senders", smarthost: filter)
        ),
    ]
}
