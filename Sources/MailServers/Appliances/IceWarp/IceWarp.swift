package import MTAPlan

/// IceWarp, which mtactl recognises and cannot change yet.
package struct IceWarp: Product {
    package let recognition = Recognition("icewarp", .suite, listeners: ["icewarpd"])

    package init() {}

    package var factsScript: [UInt8] { PackageResources.icewarp_facts_sh }

    package var section: (any ServerSettings.Type)? { IceWarpSettings.self }
}
