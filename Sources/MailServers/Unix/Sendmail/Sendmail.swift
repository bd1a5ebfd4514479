package import MTAPlan

/// Sendmail 8.13 and later.
///
/// Each smarthost gets a mailer of its own, with its port; rules of ours, in a block of sendmail.mc, send mail there.
/// They look routes up in `mtactl-routes` and logins in `mtactl-logins`, next to sendmail.mc.
///
/// Scenarios 1 to 4, 6 and 12 of DESIGN.md §2.
///
/// Source: cf/README, doc/op/op.me; tried with 8.17.1.9 and 8.18.1 of Debian.
package struct Sendmail: MailServer {
    package let recognition = Recognition(
        "sendmail",
        programs: ["sendmail", "sendmail.sendmail"],
        listeners: ["sendmail", "sendmail-mta"],
        version: { $0.version(of: "sendmail", after: "Version ") }
    )

    package init() {}

    package var factsScript: [UInt8] { PackageResources.sendmail_facts_sh }

    package func survey(_ facts: Facts) -> Survey { SendmailSurvey(facts).survey }

    package func proposal(
        for routes: Routes,
        extras: ServerExtras,
        given facts: Facts,
        secrets: Secrets
    ) throws(Failure) -> Proposal {
        try SendmailProposal(routes: routes, host: SendmailHost(facts), secrets: secrets).make()
    }

    package var trace: Trace {
        Trace(
            log: { .syslog(in: $0, by: ["smmta", "smmsp", "mailnull"]) },
            tracer: { SendmailTrace(messageID: $0.messageID) },
            discard: Self.discard,
            retry: { ["sendmail", "-qI\($0)"] },
            hints: Trace.Hint.common
        )
    }

    /// There is no command for it: op.me, section 2.3.2, says to take the two files of a message away.
    ///
    /// Which queue it is in depends on where it stopped, at submission or at the daemon.
    private static func discard(queueID: String) -> Command {
        Command(program: PackageResources.as_owner_sh + PackageResources.sendmail_discard_sh, [queueID])
    }
}
