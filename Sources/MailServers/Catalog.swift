package import MTAPlan

/// The mail servers that mtactl knows.
package enum Catalog {
    package static let all: [any MailServer] = [
        Postfix(),
        Exim(),
        Sendmail(),
        Qmail(),
        OpenSMTPD(),
        Nullmailer(),
        Msmtp(),
        DMA(),
        SSMTP(),
    ]
}
