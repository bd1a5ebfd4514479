package import MTAPlan

/// cPanel & WHM: an Exim whose configuration the panel makes from its own parts and from `/etc/exim.conf.local`.
///
/// Only sections of that file are edited, and cPanel's own commands regenerate the configuration and restart Exim. The
/// routers are behind the panel's hourly limits by domain or before them, as asked.
///
/// Scenarios 1 to 9 and 11 of DESIGN.md §2. Tried on the lab's stand-in, not on a cPanel.
///
/// Source: docs.cpanel.net, "Exim Configuration Manager - Advanced Editor"; api.docs.cpanel.net.
package struct CPanel: EximPanel {
    package let recognition = Recognition(
        "cpanel",
        .panel(writing: ["exim"]),
        version: { $0.text("cpanel.version").map(\.escaped) ?? $0.version(of: "cpanel") }
    )

    package init() {}

    package var factsScript: [UInt8] { PackageResources.cpanel_facts_sh }

    package var section: (any ServerSettings.Type)? { CPanelSettings.self }

    package func proposal(
        for routes: Routes,
        extras: ServerExtras,
        given facts: Facts,
        secrets: Secrets
    ) throws(Failure) -> Proposal {
        let panel = try CPanelHost(facts)
        let extras = extras[CPanelSettings.self] ?? CPanelSettings()
        return try CPanelProposal(routes: routes, extras: extras, panel: panel, secrets: secrets).make()
    }
}
