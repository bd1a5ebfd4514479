package import MTAPlan

extension Msmtp {
    package func notation(of path: String) -> Notation {
        Notation(
            .settings(divider: 0x20),
            harmless: [
                "account", "auth", "defaults", "domain", "from", "host", "logfile", "maildomain", "port", "protocol",
                "syslog", "timeout", "tls", "tls_certcheck", "tls_starttls", "tls_trust_file", "aliases",
                "allow_from_override", "set_from_header",
            ]
        )
    }
}
