package import MTAPlan

/// The DragonFly Mail Agent: a queue, local delivery, and one smarthost or none.
///
/// Scenarios 1 and 2 of docs/mail-servers.md. Its bounces take the smarthost too.
///
/// Source: dma(8), conf.c, net.c and crypto.c of 0.13; tried with 0.13 of Debian 13.
package struct DMA: MailServer {
    package let recognition = Recognition("dma", programs: ["dma"], version: { $0.packageVersion(of: "dma") })

    package init() {}

    package var limitations: Set<Limitation> { [.bouncesTakeDefaultRoute] }

    package var factsScript: [UInt8] { PackageResources.dma_facts_sh }

    package func survey(_ facts: Facts) -> Survey {
        let settings = DMASettings(facts.file(DMASettings.path(in: facts))?.bytes ?? [])
        let queued = facts.text("dma.queued").flatMap { Int($0.filter { $0 != " " }) }
        guard let host = settings.value(of: "SMARTHOST") else { return Survey(defaultRoute: "direct", queued: queued) }
        return Survey(
            defaultRoute: host + (settings.value(of: "PORT").map { ":\($0)" } ?? ""),
            tls: settings.tls,
            login: DMALogins(facts.file(DMALogins.path(in: facts))?.bytes ?? []).user(at: host),
            queued: queued
        )
    }

    package func proposal(
        for routes: Routes,
        extras: ServerExtras,
        given facts: Facts,
        secrets: Secrets
    ) throws(Failure) -> Proposal {
        let smarthost = try OneWay(server: name, routes: routes).smarthost()
        if let smarthost {
            try check(smarthost, secrets)
            try facts.checkRelied(on: [DMASettings.path(in: facts), DMALogins.path(in: facts)])
        }
        let (logins, settings) = (
            try DMALogins.change(smarthost, facts, secrets), try DMASettings.change(smarthost, facts, secrets)
        )
        var notes = try DMASettings.notes(smarthost, facts)
        if let smarthost, smarthost.login != nil {
            if smarthost.tls == .none { notes.append(.clearLogin(smarthost)) }
            notes.append("dma bounces mail at once if the smarthost refuses the login, and does not try again")
        }
        // It reads its settings again for each message; asked for its queue, it stops at what it cannot read.
        return Proposal(
            POSIXWork(
                files: [logins, settings].compactMap { $0 },
                reload: [],
                health: [["sendmail", "-bp"]]
            ),
            notes: notes
        )
    }

    /// It is given the name under which it logs the message: dma(8), `-L`.
    package var trace: Trace {
        Trace(
            log: { .syslog(in: $0, by: ["mail", "dma"]) },
            tracer: { DMATrace(messageID: $0.messageID) },
            mark: { DMATrace.tag($0.messageID) },
            submissionWords: { ["-L", DMATrace.tag($0.messageID)] },
            discard: Self.discard,
            hints: Trace.Hint.common
        )
    }

    /// There is no command for it: two files of the queue are the message, and its id is their names' end.
    private static func discard(queueID: String) -> Command {
        Command(program: PackageResources.as_owner_sh + PackageResources.dma_discard_sh, [queueID])
    }

    private func check(_ smarthost: Smarthost, _ secrets: Secrets) throws(Failure) {
        switch smarthost.tls {
        case .verified:
            throw .noSuchTLS(
                name,
                smarthost,
                why: "dma 0.13 checks no certificates",
                hint: "write `tls: required`, or install msmtp, nullmailer or Postfix on the host"
            )
        case .opportunistic where smarthost.login != nil:
            throw .noSuchTLS(
                name,
                smarthost,
                why: "dma would send the password in clear text if the smarthost offers no TLS",
                hint: "write `tls: required`"
            )
        case .opportunistic where smarthost.port == 465:
            throw .noSuchTLS(
                name,
                smarthost,
                why: "on port 465 there is TLS from the first byte",
                hint: "write `tls: required`"
            )
        case .none, .opportunistic, .required: break
        }
        guard let login = smarthost.login else { return }
        if smarthost.hosts.contains(where: { $0.contains(":") }) { throw .loginAtAddress(smarthost.name) }
        try LoginLimits(server: name, user: Array("|".utf8)).check(login, secrets: secrets)
        if login.username.hasPrefix("#") { throw .commentedUser(login.username) }
    }
}

extension Failure {
    fileprivate static func loginAtAddress(_ name: String) -> Failure {
        Failure(
            "dma stores logins as `user|host:password`, which cannot hold the IPv6 address of `\(name)`",
            hint: "give the smarthost's name"
        )
    }
    fileprivate static func commentedUser(_ user: String) -> Failure {
        Failure(
            "dma treats a login that begins with `#` as a comment: `\(user.escaped)`",
            hint: "ask the smarthost's operator for another user name"
        )
    }
}
