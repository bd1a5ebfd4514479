package import MTAPlan

/// MailEnable, which mtactl cannot change yet: its section of a playbook is read and checked.
package struct MailEnable: Product {
    package let recognition = Recognition("mailenable")

    package init() {}

    package var section: (any ServerSettings.Type)? { MailEnableSettings.self }
}
