package import MTAPlan

/// The mail servers that mtactl knows.
package enum Catalog {
    package static let all: [any MailServer] = [
        Postfix(),
        CPanel(),
        DirectAdmin(),
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
