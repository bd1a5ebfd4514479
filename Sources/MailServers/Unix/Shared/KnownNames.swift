import MTAPlan

extension Glossary {
    /// The words that say nothing of a host, and the names of what mtactl knows.
    static let mailWords = knownWords.union(
        [
            "cpanel", "directadmin", "dma", "exchange", "exim", "msmtp", "nullmailer", "opensmtpd", "plesk", "postfix",
            "qmail", "ssmtp",
        ]
    )
}
