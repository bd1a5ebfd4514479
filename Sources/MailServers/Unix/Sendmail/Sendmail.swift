package import MTAPlan

/// Sendmail 8.13 and later.
///
/// Each smarthost gets a mailer of its own, with its port; rules of ours, in a block of sendmail.mc, send mail there.
/// They look routes up in `mtactl-routes` and logins in `mtactl-logins`, beside sendmail.mc.
///
/// Scenarios 1 to 4, 6 and 12 of DESIGN.md §2.
///
/// Source: cf/README, doc/op/op.me; tried with 8.17.1.9 and 8.18.1 of Debian.
package struct Sendmail: MailServer {
    package let name = "sendmail"

    package init() {}

    package var factsScript: [UInt8] { PackageResources.sendmail_facts_sh }

    package func installation(in facts: Facts) -> Installation? {
        guard facts.text("sendmail.program") != nil else { return nil }
        return Installation(version: SendmailHost.version(in: facts) ?? "", isActive: SendmailHost.isRunning(in: facts))
    }

    package func survey(_ facts: Facts) -> Survey { SendmailSurvey(facts).survey }

    package func proposal(
        for routes: Routes,
        extras: ServerExtras,
        given facts: Facts,
        secrets: Secrets
    ) throws(Failure) -> Proposal {
        try SendmailProposal(routes: routes, host: SendmailHost(facts), secrets: secrets).make()
    }

    package func log(_ facts: Facts) -> LogSource? { .syslog(in: facts) }

    package func tracer(messageID: String) -> any Tracer { SendmailTrace(messageID: messageID) }

    /// There is no command for it: op.me, section 2.3.2, says to take the two files of a message away.
    ///
    /// Which queue it is in depends on where it stopped, at submission or at the daemon.
    package func discard(queueID: String) -> Command {
        [
            "sh", "-c",
            "for f in /etc/mail/sendmail.cf /etc/mail/submit.cf; do q=$(sed -n 's/^O QueueDirectory=//p' \"$f\"); "
                + "q=${q:-/var/spool/mqueue}; find \"${q%%\\**}\" -type f -name \"[qdthQ]f$1\" -exec rm -f {} +; done",
            "sh", queueID,
        ]
    }
}
