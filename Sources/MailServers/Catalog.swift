package import MTAPlan

/// What mtactl knows: the one list.
package enum Catalog {
    package static let products: [any Product] =
        named.map { product -> any Product in
            product.mailServer.map { Discreet(server: $0) } ?? product
        } + Suite.all

    private static let named: [any Product] = [
        Postfix(),
        Exim(),
        CPanel(),
        DirectAdmin(),
        Sendmail(),
        Qmail(),
        Exchange(),
        MailEnable(),
        Kerio(),
        IceWarp(),
        OpenSMTPD(),
        Nullmailer(),
        Msmtp(),
        DMA(),
        SSMTP(),
        PleskPanel(),
    ]

    /// The mail servers that mtactl can change.
    package static let all = products.compactMap(\.mailServer)

    /// Those whose hosts the facts script and the agent can handle: all but Windows, and what is changed by calls
    /// alone.
    package static let posix = all.filter { !$0.factsScript.isEmpty && $0.interface == nil }

    /// What playbooks and inventories can say of them.
    package static let language = PlaybookLanguage(
        servers: products.map(\.recognition).filter(\.isChoice).map(\.name),
        sections: products.compactMap(\.section)
    )
}
