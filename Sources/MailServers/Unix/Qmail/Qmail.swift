package import MTAPlan

/// qmail 1.03, netqmail, notqmail, and their patched builds, Plesk's among them.
///
/// Scenarios 1 and 3 of DESIGN.md §2; 2 on builds that log in, 4 and 5 on those with `control/authsenders`. A stock
/// qmail knows neither TLS nor logins nor senders, and no build routes bounces apart: all that is refused.
///
/// Source: qmail-remote(8), qmail-send(8), qmail-control(5) of notqmail 1.09 and their programs' text; tried with
/// notqmail 1.09 built from source.
package struct Qmail: MailServer {
    package let recognition = Recognition(
        "qmail",
        folder: "/qmail/",
        listeners: ["tcpserver", "qmail-smtpd"],
        version: { facts in
            facts.text("qmail.home").map { _ in QmailBuild(words: facts.text("qmail.words") ?? "").description }
        }
    )

    package init() {}

    package var factsScript: [UInt8] { PackageResources.qmail_facts_sh }

    package func survey(_ facts: Facts) -> Survey { QmailSurvey(facts: facts).survey }

    package func proposal(
        for routes: Routes,
        extras: ServerExtras,
        given facts: Facts,
        secrets: Secrets
    ) throws(Failure) -> Proposal {
        try QmailProposal(routes: routes, host: QmailHost(facts), secrets: secrets).make()
    }

    /// Messages that stay on the host; what leaves is not compared.
    package func differential(
        of proposal: Proposal,
        for routes: Routes,
        given facts: Facts,
        probing: [Probe]
    ) -> Differential? {
        let host: QmailHost
        do { host = try QmailHost(facts) } catch { return nil }
        let entries = probing.compactMap { probe -> Differential.Entry? in
            guard let domain = MailAddress.split(probe.recipient)?.domain, let own = host.own(domain) else {
                return nil
            }
            let handling = Handling(.host, [.way: "control/\(own.file)"])
            return Differential.Entry(probe, before: handling, after: handling)
        }
        return entries.isEmpty ? nil : Differential(entries)
    }

    /// Without its envelope nothing in qmail's log can be told to be the message.
    package var trace: Trace {
        Trace(
            log: Self.log,
            tracer: { QmailTrace($0) },
            mark: { _ in nil },
            discard: Self.discard,
            hints: Trace.Hint.common + [.port("able to establish an SMTP connection")]
        )
    }

    /// multilog's file, or where splogger's syslog goes.
    private static func log(_ facts: Facts) -> LogSource? {
        let found = facts.text("qmail.log") ?? ""
        if found.hasPrefix("/") { return .file(found) }
        return found == "journal" ? .journal(by: ["qmaill", "qmails"]) : nil
    }

    /// Marks the recipient as done, as qmail-send itself does, so that its next look at the message ends it.
    ///
    /// Only a message of ours, whatever has that number by now. qmail has no command for it, and files must not be
    /// removed from the queue while qmail-send runs.
    ///
    /// Source: INTERNALS, section 6; markdone in qmail-send.c.
    private static func discard(queueID: String) -> Command {
        Command(
            program: PackageResources.as_owner_sh + PackageResources.qmail_discard_sh,
            [queueID, ShellProgram.line(PackageResources.qmail_done_sh)]
        )
    }
}
