package import MTAPlan

/// Postfix 3.x.
///
/// Each smarthost gets a service of its own in master.cf; tables of ours send mail there.
///
/// Scenarios 1 to 7 and 11 of DESIGN.md §2. `local-domains: relay` is refused, as Postfix has no route by client.
///
/// Source: postconf(5), master(5), transport(5), Postfix 3.7 to 3.11; tried with 3.7.11 and 3.10.13 of Debian.
package struct Postfix: MailServer {
    package let name = "postfix"

    package init() {}

    package var factsScript: [UInt8] { PackageResources.postfix_facts_sh }

    package func installation(in facts: Facts) -> Installation? {
        facts.text("postfix.version").map { Installation(version: $0, isActive: Self.isActive(in: facts)) }
    }

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
        try plesk.check(routes, on: host, setting: extras.plesk?.smarthost ?? .panel)
        var proposal = try PostfixProposal(routes: routes, host: host, secrets: secrets).make()
        proposal.notes += plesk.notes(on: proposal.changes)
        return proposal
    }

    package func log(_ facts: Facts) -> LogSource? {
        if let file = PostfixHost.values(in: facts)["maillog_file"], file.hasPrefix("/") { return .file(file) }
        let found = facts.text("postfix.syslog") ?? ""
        if found.hasPrefix("/") { return .file(found) }
        return found == "journal" ? .journal : nil
    }

    package func tracer(messageID: String) -> any Tracer { PostfixTrace(messageID: messageID) }

    /// postsuper(1), `-d`.
    package func discard(queueID: String) -> Command { ["postsuper", "-d", queueID] }

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

    private static func isActive(in facts: Facts) -> Bool? {
        guard let isRunning = isRunning(in: facts), let sendmail = facts.text("postfix.sendmail") else { return nil }
        guard isRunning else { return false }
        // FreeBSD's mailwrapper(8) may stand for any of them.
        if sendmail.hasSuffix("/mailwrapper") { return nil }
        return sendmail == PostfixHost.values(in: facts)["sendmail_path"] || sendmail.contains("postfix")
    }
}
