import MTAPlan

/// A mail server of which nothing is shown that was not chosen: its diffs, notes, refusals and what it is surveyed as.
///
/// Every server of the catalogue is in one, so no server can forget it.
struct Discreet: MailServer {
    let server: any MailServer

    var recognition: Recognition { server.recognition }
    var factsScript: [UInt8] { server.factsScript }
    var questions: [PowerShellQuestion] { server.questions }
    var interface: AdministrationInterface? { server.interface }
    var section: (any ServerSettings.Type)? { server.section }
    var keeping: Keeping { server.keeping }
    var trace: Trace { server.trace }
    var limitations: Set<Limitation> { server.limitations }

    func notation(of path: String) -> Notation { server.notation(of: path) }
    func files(for routes: Routes) -> [String] { server.files(for: routes) }
    func sender(_ facts: Facts) -> String? { server.sender(facts) }
    func expected(_ route: ExpectedRoute, extras: ServerExtras) -> ExpectedRoute {
        server.expected(route, extras: extras)
    }

    func glossary(for routes: Routes) -> Glossary { Glossary(for: routes) }

    func survey(_ facts: Facts) -> Survey { glossary(for: Routes()).survey(server.survey(facts)) }

    func proposal(
        for routes: Routes,
        extras: ServerExtras,
        given facts: Facts,
        secrets: Secrets
    ) throws(Failure) -> Proposal {
        let glossary = glossary(for: routes)
        do throws(Failure) {
            let proposal = try server.proposal(for: routes, extras: extras, given: facts, secrets: secrets)
            return try proposal.shown(
                by: glossary,
                notation: { server.notation(of: $0) },
                given: facts,
                secrets: secrets
            )
        } catch {
            throw glossary.failure(error)
        }
    }

    func differential(
        of proposal: Proposal,
        for routes: Routes,
        given facts: Facts,
        probing: [Probe]
    ) -> Differential? {
        server.differential(of: proposal, for: routes, given: facts, probing: probing)
    }
}
