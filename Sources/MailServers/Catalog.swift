package import MTAPlan

/// The mail servers that mtactl knows.
package enum Catalog {
    package static let all: [any MailServer] = [CPanel(), DirectAdmin(), Exim(), Postfix()]
}
