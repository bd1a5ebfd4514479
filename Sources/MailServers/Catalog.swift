package import MTAPlan

/// The mail servers that mtactl knows.
package enum Catalog {
    package static let all: [any MailServer] = [
        Postfix(),
        Exim(),
        CPanel(),
        DirectAdmin(),
        Sendmail(),
        Qmail(),
        OpenSMTPD(),
        Nullmailer(),
        Msmtp(),
        DMA(),
        SSMTP(),
    ]
}
