import MTAPlan

/// A mail server whose comparison of how mail is handled can be switched off, and whose work can be another's.
struct SwitchableServer: MailServer {
    private let server: any MailServer
    private let work: POSIXWork?
    private let compares: Bool

    init(_ server: any MailServer, work: POSIXWork? = nil, compares: Bool) {
        (self.server, self.work, self.compares) = (server, work, compares)
    }

    var recognition: Recognition { server.recognition }
    var trace: Trace { server.trace }

    func survey(_ facts: Facts) -> Survey { server.survey(facts) }

    func proposal(
        for routes: Routes,
        extras: ServerExtras,
        given facts: Facts,
        secrets: Secrets
    ) throws(Failure) -> Proposal {
        guard let work else {
            return try server.proposal(for: routes, extras: extras, given: facts, secrets: secrets)
        }
        return Proposal(work)
    }

    func differential(of proposal: Proposal, for routes: Routes, given facts: Facts, probing: [Probe]) -> Differential?
    {
        compares ? server.differential(of: proposal, for: routes, given: facts, probing: probing) : nil
    }
}
