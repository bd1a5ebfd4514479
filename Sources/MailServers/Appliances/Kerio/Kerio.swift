package import MTAPlan

/// Kerio Connect, which mtactl recognises and cannot change yet.
package struct Kerio: Product {
    package let recognition = Recognition(
        "kerio",
        .suite,
        listeners: ["mailserver"],
        version: { $0.version(of: "kerio") }
    )

    package init() {}

    package var factsScript: [UInt8] { PackageResources.kerio_facts_sh }

    package var section: (any ServerSettings.Type)? { KerioSettings.self }
}
