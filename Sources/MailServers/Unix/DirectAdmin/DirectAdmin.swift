package import MTAPlan

/// DirectAdmin: an Exim whose configuration the panel makes from its own template, with files that it includes.
///
/// Only those files are edited, so the route outlives every build. What the panel counts before it sends mail itself is
/// asked before mail goes to a smarthost too.
///
/// Scenarios 1 to 8, 10 and 11 of docs/mail-servers.md. Tried on the lab's stand-in, not on a DirectAdmin.
///
/// Source: docs.directadmin.com, "Exim" and "The DirectAdmin binary"; the vendor's smart_route template.
package struct DirectAdmin: EximPanel {
    package let recognition = Recognition(
        "directadmin",
        .panel(writing: ["exim"]),
        version: { facts in
            facts.text("directadmin.version").map(Self.version) ?? facts.version(of: "directadmin", after: " v.")
        }
    )

    package init() {}

    package var factsScript: [UInt8] { PackageResources.directadmin_facts_sh }

    package var section: (any ServerSettings.Type)? { DirectAdminSettings.self }

    /// `1.680` of `DirectAdmin v.1.680 …`, which older ones call `Version: DirectAdmin v.1.61.3`.
    static func version(in words: String) -> String {
        let word = words.split { $0.isWhitespace }.first { $0.contains(".") && $0.contains(where: \.isNumber) } ?? ""
        return String(word.drop { !$0.isNumber }.prefix { $0.isNumber || $0 == "." })
    }

    package func proposal(
        for routes: Routes,
        extras: ServerExtras,
        given facts: Facts,
        secrets: Secrets
    ) throws(Failure) -> Proposal {
        let panel = try DirectAdminHost(facts)
        let extras = extras[DirectAdminSettings.self] ?? DirectAdminSettings()
        return try DirectAdminProposal(routes: routes, extras: extras, panel: panel, secrets: secrets).make()
    }
}
