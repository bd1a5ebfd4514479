package import MTAPlan

/// cPanel & WHM: an Exim whose configuration the panel makes from its own parts and from `/etc/exim.conf.local`.
///
/// Only sections of that file are edited, and cPanel's own commands make the configuration anew and restart Exim. The
/// routers stand behind the panel's hourly limits by domain or before them, as asked.
///
/// Scenarios 1 to 9 and 11 of DESIGN.md §2. Tried on the lab's stand-in, not on a cPanel.
///
/// Source: docs.cpanel.net, "Exim Configuration Manager - Advanced Editor"; api.docs.cpanel.net.
package struct CPanel: MailServer {
    package let name = "cpanel"
    private let exim = Exim()

    package init() {}

    package var factsScript: [UInt8] { PackageResources.cpanel_facts_sh }

    package func installation(in facts: Facts) -> Installation? {
        guard let version = facts.text("cpanel.version") else { return nil }
        let recognised = Recognition.servers(in: facts).first { $0.name == name }
        return Installation(version: version.escaped, isActive: recognised?.isActive ?? nil)
    }

    package func survey(_ facts: Facts) -> Survey { exim.survey(facts) }

    package func proposal(
        for routes: Routes,
        extras: ServerExtras,
        given facts: Facts,
        secrets: Secrets
    ) throws(Failure) -> Proposal {
        let panel = try CPanelHost(facts)
        let extras = extras.cpanel ?? CPanelExtras()
        return try CPanelProposal(routes: routes, extras: extras, panel: panel, secrets: secrets).make()
    }

    package func log(_ facts: Facts) -> LogSource? { exim.log(facts) }

    package func tracer(messageID: String) -> any Tracer { exim.tracer(messageID: messageID) }

    package func discard(queueID: String) -> Command { exim.discard(queueID: queueID) }
}
