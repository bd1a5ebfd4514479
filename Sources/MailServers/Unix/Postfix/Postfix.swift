package import MTAPlan

/// Postfix 3.x.
///
/// Each smarthost gets a service of its own in master.cf; tables of ours send mail there.
///
/// Scenarios 1 to 7 and 11 of docs/mail-servers.md. `local-domains: relay` is refused, as Postfix has no route by client.
///
/// Source: postconf(5), master(5), transport(5), Postfix 3.7 to 3.11; tried with 3.7.11 and 3.10.13 of Debian.
package struct Postfix: MailServer {
    /// The process that listens is its `master`.
    package let recognition = Recognition(
        "postfix",
        programs: ["sendmail.postfix"],
        folder: "/postfix",
        word: "postdrop",
        listeners: ["master"],
        version: { $0.text("postfix.version") }
    )

    package init() {}

    package var factsScript: [UInt8] { PackageResources.postfix_facts_sh }

    package func survey(_ facts: Facts) -> Survey { PostfixSurvey(facts).survey }

    /// The list of senders and its logins, and the indexes that Postfix would read instead.
    package func files(for routes: Routes) -> [String] {
        guard let file = routes.sendersFile else { return [] }
        let suffixes = [""] + Set(PostfixTable.suffixes.values).sorted()
        return [file.path, file.logins].compactMap { $0 }.flatMap { path in suffixes.map { path + $0 } }
    }

    package func proposal(
        for routes: Routes,
        extras: ServerExtras,
        given facts: Facts,
        secrets: Secrets
    ) throws(Failure) -> Proposal {
        let host = try PostfixHost(facts)
        guard let plesk = Plesk(facts) else {
            return try PostfixProposal(routes: routes, host: host, secrets: secrets).make()
        }
        try plesk.check(routes, on: host, setting: extras[PleskSettings.self]?.smarthost ?? .panel)
        var proposal = try PostfixProposal(routes: routes, host: host, secrets: secrets).make()
        proposal.notes += plesk.notes(on: proposal.edits)
        return proposal
    }

    package func differential(
        of proposal: Proposal,
        for routes: Routes,
        given facts: Facts,
        probing: [Probe]
    ) -> Differential? {
        guard case .posix(let work) = proposal.work else { return nil }
        do {
            return try PostfixComparison(of: work, for: routes, given: facts).differential(probing: probing)
        } catch {
            return Differential([], unknown: ["message handling could not be compared: \(error.problem)"])
        }
    }

    /// It is removed from the queue with postsuper(1), `-d`, and tried again at once with postqueue(1), `-i`.
    package var trace: Trace {
        Trace(
            log: Self.log,
            tracer: { PostfixTrace(messageID: $0.messageID, to: $0.to) },
            discard: { ["postsuper", "-d", $0] },
            retry: { ["postqueue", "-i", $0] },
            hints: Self.hints,
            hintsOnHost: Self.hintsOnHost
        )
    }

    /// `… said: 535 …` are the smarthost's words.
    private static let hints =
        [
            Trace.Hint(" lookup ", "a table that Postfix looks up does not answer: check the program behind it"),
            Trace.Hint(
                "connect to Milter service",
                "a milter does not answer: start it; `postqueue -p` shows whether the test message waits for it"
            ),
            Trace.Hint(
                "held: ",
                "a HOLD rule keeps it until something releases it: check that this runs, or remove the rule"
            ),
            Trace.Hint(
                "Name service error",
                "the name has no address on this host: check its spelling and the host's DNS"
            ),
            Trace.Hint("assign requested address", "the host does not have the address that Postfix should send from"),
        ] + Trace.Hint.common + [.login("said: 534"), .later("said: 4"), .later("refused to talk to me: 4")]

    /// A name that is there and has no IPv6 address is of no use to a Postfix that uses no other.
    ///
    /// Source: postconf(5), `inet_protocols`; the words are those of smtp_addr.c and dns_lookup.c, tried with 3.7.11.
    private static func hintsOnHost(_ facts: Facts) -> [Trace.Hint] {
        guard PostfixHost.values(in: facts)["inet_protocols"] == "ipv6" else { return [] }
        return [
            Trace.Hint(
                "type=AAAA: Host found but no data record",
                "the host's `inet_protocols` allows only IPv6, and the name has no such address"
            )
        ]
    }

    private static func log(_ facts: Facts) -> LogSource? {
        let values = PostfixHost.values(in: facts)
        // A container's Postfix logs to its console: nothing there can be read again.
        if let file = values["maillog_file"], file.hasPrefix("/") { return file.hasPrefix("/dev/") ? nil : .file(file) }
        let found = facts.text("postfix.syslog") ?? ""
        if found.hasPrefix("/") { return .file(found) }
        // Of the journal only what is of the facility `mail` is read.
        guard found == "journal", (values["syslog_facility"] ?? "mail") == "mail" else { return nil }
        return .journal(by: [values["mail_owner"] ?? "postfix"])
    }

    /// Whether a table in a list of main.cf is ours.
    static func isOurs(_ item: String) -> Bool {
        if item.hasPrefix("pipemap:") { return item.contains("static:{mtactl-") }
        return MapList.table(item)?.name.split(separator: "/").last?.hasPrefix("mtactl_") ?? false
    }

    /// Whether the daemon runs: `master -t` exits 1 where it holds its lock, see master(8).
    ///
    /// It also does so, with words, on errors.
    static func isRunning(in facts: Facts) -> Bool? {
        guard let answer = facts.answers["postfix.running"], answer.errors.isEmpty else { return nil }
        return switch answer.status {
        case 0: false
        case 1: true
        default: nil
        }
    }
}
