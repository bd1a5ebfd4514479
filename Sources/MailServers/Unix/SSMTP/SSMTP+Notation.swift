package import MTAPlan

extension SSMTP {
    package func notation(of path: String) -> Notation {
        Notation(
            .settings(divider: 0x3D),
            harmless: [
                "root", "mailhub", "rewriteDomain", "hostname", "FromLineOverride", "UseTLS", "UseSTARTTLS",
                "AuthMethod",
            ]
        )
    }
}
