package import MTAPlan

/// Exchange, which mtactl cannot change yet: its section of a playbook is read and checked.
package struct Exchange: Product {
    package let recognition = Recognition("exchange")

    package init() {}

    package var section: (any ServerSettings.Type)? { ExchangeSettings.self }
}
