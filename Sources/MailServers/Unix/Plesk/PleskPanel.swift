package import MTAPlan

/// Plesk, which keeps the Postfix or qmail of a host and leaves it its name.
///
/// What it means for a route is with the mail server that it keeps.
package struct PleskPanel: Product {
    package let recognition = Recognition("plesk", .panel(), version: { $0.version(of: "plesk") })

    package init() {}

    package var factsScript: [UInt8] { PackageResources.plesk_facts_sh }

    package var section: (any ServerSettings.Type)? { PleskSettings.self }
}
