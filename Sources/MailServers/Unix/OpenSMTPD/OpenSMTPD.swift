package import MTAPlan

/// OpenSMTPD 6.4 to 7.x: actions and rules, of which the first match wins.
///
/// Scenarios 1 to 6 of DESIGN.md §2.
///
/// Source: smtpd.conf(5), smtpd(8), smtpctl(8); tried with 6.8.0p2 of Debian 12 and 7.6.0p1 of Debian 13.
package struct OpenSMTPD: MailServer {
    package let recognition = Recognition(
        "opensmtpd",
        programs: ["smtpctl", "sendmail.opensmtpd"],
        listeners: ["smtpd"],
        version: { $0.version(of: "opensmtpd", after: "OpenSMTPD ") }
    )

    package init() {}

    package var factsScript: [UInt8] { PackageResources.opensmtpd_facts_sh }

    package func survey(_ facts: Facts) -> Survey { SmtpdSurvey(facts).survey }

    package func proposal(
        for routes: Routes,
        extras: ServerExtras,
        given facts: Facts,
        secrets: Secrets
    ) throws(Failure) -> Proposal {
        try SmtpdProposal(routes: routes, facts: facts, secrets: secrets).make()
    }

    /// It prints its dialogue with the daemon, which ends with the id that the log has: sendmail(8) of OpenSMTPD, `-v`.
    ///
    /// A connection waits ten seconds for the next message, which then has no line of its own on place and TLS:
    /// mta_session.c of 7.6, seen in the lab with two messages one after the other.
    package var trace: Trace {
        Trace(
            log: { .syslog(in: $0, by: ["opensmtpd", "opensmtpq", "smtpd", "smtpq", "_smtpd", "_smtpq"]) },
            tracer: { SmtpdTrace(messageID: $0.messageID) },
            submissionWords: { _ in ["-v"] },
            discard: Self.discard,
            retry: { ["smtpctl", "schedule", $0] },
            lookBack: 60,
            hints: Trace.Hint.common
        )
    }

    /// Out of the daemon's memory, and from the disk too.
    ///
    /// A message that waits for a connection is marked as removed and nothing more; the restart that puts the old
    /// configuration to work would forget the mark and send it by the old route.
    ///
    /// Source: smtpctl(8), `remove`; rq_envelope_remove in scheduler_ramqueue.c and fsqueue_message_path in queue_fs.c.
    private static func discard(queueID: String) -> Command {
        Command(program: PackageResources.as_owner_sh + PackageResources.opensmtpd_discard_sh, [queueID])
    }
}
