package import MTAPlan

/// The mail servers that mtactl knows.
package enum Catalog {
    package static let all: [any MailServer] = [
        Postfix(),
        Sendmail(),
        Qmail(),
        OpenSMTPD(),
        Nullmailer(),
        Msmtp(),
        DMA(),
        SSMTP(),
    ]
}
