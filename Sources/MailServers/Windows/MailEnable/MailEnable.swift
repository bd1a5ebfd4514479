package import MTAPlan

/// MailEnable, whose SMTP connector keeps its smart host in the registry.
///
/// What the values of its Smart host tab are called is not documented, so it comes from a profile that
/// `mtactl discover mailenable` makes. A value that is not there with the profile's type is never written.
///
/// Source: MailEnable's documentation 10.0 and knowledge base; the keys from public programs. Never tried on the product.
package struct MailEnable: MailServer {
    package let recognition = Recognition(
        "mailenable",
        isThere: { MailEnableSite($0) != nil },
        version: { MailEnableSite($0)?.version }
    )

    package init() {}

    /// Its settings are values, with no place for a mark.
    package var limitations: Set<Limitation> { [.bouncesTakeDefaultRoute, .changesAreUnmarked] }

    package var section: (any ServerSettings.Type)? { MailEnableSettings.self }

    package var questions: [PowerShellQuestion] { MailEnableSite.questions }

    package func survey(_ facts: Facts) -> Survey {
        Survey(unknown: .notDocumented)
    }

    package func proposal(
        for routes: Routes,
        extras: ServerExtras,
        given facts: Facts,
        secrets: Secrets
    ) throws(Failure) -> Proposal {
        let asked = try OneWay(server: name, routes: routes).smarthost()
        guard let site = MailEnableSite(facts) else { throw .noKey }
        let nothing = PowerShellWork(expectations: [], snapshot: [], steps: [], checks: [])
        guard let smarthost = asked else { return Proposal(edits: [], work: .powerShell(nothing)) }
        try MailEnableSite.service.checkRuns(in: facts, as: name)
        guard let file = extras[MailEnableSettings.self]?.profile else { throw .noProfile }
        let bytes = try secrets.value(of: .file(file)).reveal()
        let profile = try MailEnableProfile(bytes, file: file)
        return try MailEnableProposal(site: site, profile: profile, smarthost: smarthost, secrets: secrets).made()
    }

    /// Its own log of SMTP sessions; a message is handed in at port 25 of the host.
    package var trace: Trace {
        Trace(
            log: { MailEnableSite($0)?.log },
            tracer: { MailEnableTrace($0) },
            mark: { _ in nil },
            discard: { id in Command([id]) },
            hints: Trace.Hint.common + [
                Trace.Hint(
                    "503",
                    "does MailEnable let 127.0.0.1 relay? SMTP connector, Relay: privileged addresses"
                )
            ],
            unproved: Failure(
                "mailenable writes no activity log, so delivery could not be proved",
                hint: "switch the SMTP connector's activity log on, or leave `verify` out of the playbook"
            )
        )
    }
}

extension Failure {
    fileprivate static var noKey: Failure {
        Failure(
            "the registry has no key of mailenable's SMTP connector",
            hint: "look for `Mail Enable\\Connectors\\SMTP` in it"
        )
    }

    fileprivate static var notDocumented: Failure {
        Failure(
            "how mailenable's smart host is stored in the registry is not documented",
            hint: "`mtactl discover mailenable HOST` makes a profile, with which `mtactl plan` shows it"
        )
    }

    fileprivate static var noProfile: Failure {
        Failure(
            "how mailenable's smart host is stored in the registry is not documented, and the playbook names no profile",
            hint:
                "`mtactl discover mailenable HOST` makes one; then write `mailenable: {profile: FILE}` into the play"
        )
    }
}
