package import MTAPlan

/// Exim 4, in one file or as Debian keeps it, split or not.
///
/// Each smarthost gets a router and a transport of its own, before the routers that would take the mail; logins are
/// in a lookup file that only root and Exim's group can read.
///
/// Scenarios 1 to 8 and 11 of DESIGN.md §2. With cPanel and DirectAdmin the panel writes Exim's configuration, so
/// these are mail servers of their own.
///
/// Source: Exim specification; update-exim4.conf(8); tried with 4.96 and 4.98.2 of Debian.
package struct Exim: MailServer {
    package let recognition = Recognition(
        "exim",
        programs: ["exim", "exim4", "sendmail.exim"],
        listeners: ["exim", "exim4"],
        version: { $0.version(of: "exim", after: "Exim version ") }
    )

    package init() {}

    package var factsScript: [UInt8] { PackageResources.exim_facts_sh }

    package func survey(_ facts: Facts) -> Survey { EximSurvey(facts).survey }

    package func proposal(
        for routes: Routes,
        extras: ServerExtras,
        given facts: Facts,
        secrets: Secrets
    ) throws(Failure) -> Proposal {
        try EximProposal(routes: routes, host: EximHost(facts), secrets: secrets).make()
    }

    package func differential(
        of proposal: Proposal,
        for routes: Routes,
        given facts: Facts,
        probing: [Probe]
    ) -> Differential? {
        EximComparison.differential(of: proposal, for: routes, given: facts, probing: probing)
    }

    package var trace: Trace {
        Trace(
            log: Self.log,
            tracer: { EximTrace(messageID: $0.messageID) },
            discard: Self.discard,
            retry: { Command(program: PackageResources.exim_retry_sh, [$0]) },
            hints: Trace.Hint.common
        )
    }

    private static func log(_ facts: Facts) -> LogSource? {
        let path = facts.text("exim.log") ?? ""
        if path.hasPrefix("/") { return .file(path) }
        guard path == "syslog" else { return nil }
        let daemons = (facts.text("log.daemon") ?? "").split(separator: "\n")
        let files = (facts.text("log.files") ?? "").split(separator: "\n").compactMap { $0.split(separator: " ").last }
        if daemons.contains(where: { $0 != "systemd-journal" }), let file = files.first { return .file(String(file)) }
        return daemons.contains("systemd-journal") ? .journal(by: ["Debian-exim", "exim", "mailnull"]) : nil
    }

    private static func discard(queueID: String) -> Command {
        Command(program: PackageResources.exim_discard_sh, [queueID])
    }
}
