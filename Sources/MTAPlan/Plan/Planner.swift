/// From a play and what was found on a host to what is to be done there.
///
/// Decides only: touches neither hosts nor files.
package struct Planner: Sendable {
    private let catalog: [any Product]

    package init(catalog: [any Product]) {
        self.catalog = catalog
    }

    private var servers: [any MailServer] { catalog.compactMap { $0 as? any MailServer } }

    /// The mail servers that are on a host.
    package func recognised(in facts: Facts) -> [RecognisedServer] { catalog.map(\.recognition).servers(in: facts) }

    /// Never throws: what is in the way is the plan's refusal.
    ///
    /// `mta`: What the inventory says of this host; the play's own `mta` wins.
    package func plan(
        _ play: Play,
        verify: TestMessageRequest?,
        for host: String,
        mta: MailServerChoice,
        facts: Facts,
        secrets: Secrets
    ) -> SitePlan {
        var plan = SitePlan(host: host, play: play.name, server: nil, disposition: .asAsked)
        do throws(Failure) {
            if let objection = OpenRuns.objection(in: facts) { throw objection }
            let choice = play.mta == .auto ? mta : play.mta
            let found = try chosen(choice, among: recognised(in: facts))
            plan.server = SitePlan.ServerName(found.name, found.version)
            let keeping = catalog.first { $0.name == found.panel ?? found.name }?.keeping ?? .free
            if case .itself(let refusal) = keeping { throw refusal }
            let server = try known(found.name)
            let verify = verify.map { request in
                var request = request
                request.from = request.from ?? server.sender(facts)
                return request
            }
            let proposal = try server.proposal(
                for: play.routes,
                extras: play.extras,
                given: facts,
                secrets: secrets
            )
            if let odd = proposal.work.unsafeArgument { throw .odd(odd) }
            plan.disposition = proposal.edits.isEmpty ? .asAsked : .change(proposal.edits, proposal.work)
            if let obstacle = Obstacles(facts).objection(to: proposal) { throw obstacle }
            plan.notes =
                proposal.notes + play.routes.exposedLogins.map(\.exposure)
                + [keeping.note, OpenRuns.note(in: facts)].compactMap { $0 }
            try compare(&plan, proposal, play, verify, server, facts)
            if let verify {
                plan.proof = try proof(of: verify, play: play, server: server, facts: facts)
                prove(&plan, by: verify, play, server, facts)
            }
        } catch {
            plan.disposition = .refused(error.at(host))
        }
        return plan
    }

    /// Adds a message for each further way, and says which ways none shows.
    private func prove(
        _ plan: inout SitePlan,
        by verify: TestMessageRequest,
        _ play: Play,
        _ server: any MailServer,
        _ facts: Facts
    ) {
        let ways = ProofWays(play.routes, of: verify, from: verify.sender(in: facts), local: "root@\(facts.hostName)")
        plan.proof?.others = ways.others.map { other in
            var other = other
            other.route = server.expected(other.route, extras: play.extras)
            return other
        }
        if !ways.unproved.isEmpty { plan.notes.append(ways.note(on: verify)) }
    }

    /// - Throws: Where mail would be handled as the playbook does not ask for.
    private func compare(
        _ plan: inout SitePlan,
        _ proposal: Proposal,
        _ play: Play,
        _ verify: TestMessageRequest?,
        _ server: any MailServer,
        _ facts: Facts
    ) throws(Failure) {
        let test = verify.map { Probe(from: $0.sender(in: facts), to: $0.to) }
        let probing = [test].compactMap(\.self)
        guard let differential = server.differential(of: proposal, for: play.routes, given: facts, probing: probing)
        else { return }
        let glossary = server.glossary(for: play.routes)
        plan.differential = differential.shown(by: glossary)
        plan.notes += plan.differential?.unknown ?? []
        if let failure = differential.objection(to: play.routes, by: glossary) { throw failure }
        guard let test, play.routes.localDomains == .keep else { return }
        if differential.entries.first(where: { $0.probe == test })?.before.place == .host { throw .own(test.recipient) }
    }

    /// The definition of a mail server.
    ///
    /// - Throws: For a server that is recognised and that mtactl cannot change.
    package func known(_ name: String) throws(Failure) -> any MailServer {
        guard let server = servers.first(where: { $0.name == name }) else { throw .notInCatalog(name, servers) }
        return server
    }

    /// The one mail server that a play is about.
    package func chosen(
        _ choice: MailServerChoice,
        among recognised: [RecognisedServer]
    ) throws(Failure) -> RecognisedServer {
        switch choice {
        case .named(let name):
            guard let server = recognised.first(where: { $0.name == name || $0.panel == name }) else {
                throw .notFound(name, recognised)
            }
            return server
        case .auto:
            let active = recognised.filter { $0.isActive != false }
            guard let server = active.first else { throw .noMailServer(recognised) }
            guard active.count == 1 else { throw .severalMailServers(active) }
            return server
        }
    }

    private func proof(
        of request: TestMessageRequest,
        play: Play,
        server: any MailServer,
        facts: Facts
    ) throws(Failure) -> Proof {
        let trace = server.trace
        guard let log = trace.log(facts) else { throw trace.unproved ?? .noLog(server.name) }
        let from = request.sender(in: facts)
        var proof = Proof(
            from: from,
            to: request.to,
            patience: Int(request.within.components.seconds),
            log: log,
            route: server.expected(play.routes.expectedRoute(from: from, to: request.to), extras: play.extras),
            submission: trace.submission(facts)
        )
        let providers = play.routes.smarthosts.compactMap { $0.provider.flatMap(ProviderPreset.named) }
        if providers.contains(where: { $0.settling != nil }) { proof.settles = true }
        return proof
    }
}

extension Routes {
    /// The smarthosts that are given a password whoever they are.
    fileprivate var exposedLogins: [Smarthost] {
        var told = smarthosts.filter { $0.login != nil }
        for row in senders where row.login != nil { if case .via(let smarthost) = row.route { told.append(smarthost) } }
        if let file = sendersFile, file.logins != nil { told.append(file.smarthost) }
        return smarthosts.filter { $0.tls == .required && told.contains($0) }
    }
}

extension Smarthost {
    fileprivate var exposure: String {
        "the password for `\(name)` goes to anyone who impersonates it, as `tls: required` checks no certificate; `tls: verified` does"
    }
}

extension TestMessageRequest {
    fileprivate func sender(in facts: Facts) -> String { from ?? "root@\(facts.hostName)" }
}

extension Failure {
    fileprivate static func own(_ address: String) -> Failure {
        Failure(
            "the test message to `\(address)` would stay on the host, as the address is local to it",
            hint: "write an address on another host after `verify: to:`"
        )
    }

    fileprivate static func notInCatalog(_ name: String, _ catalog: [any MailServer]) -> Failure {
        Failure(
            "the host runs \(name), which this mtactl recognises but cannot change",
            hint:
                "it can change \(catalog.map(\.name).joined(separator: ", ")); exclude the host with --limit '!HOST'"
        )
    }

    fileprivate static func notFound(_ name: String, _ found: [RecognisedServer]) -> Failure {
        Failure(
            "\(name) was asked for, but the host has \(found.isEmpty ? "no mail server" : found.names)",
            hint: "write `mta: auto`, or the name of the installed one"
        )
    }

    fileprivate static func noMailServer(_ found: [RecognisedServer]) -> Failure {
        Failure(
            found.isEmpty
                ? "no mail server was found"
                : "\(found.names) is installed, but neither `sendmail` nor port 25 belongs to it",
            hint: "install one, or name it with `mta:` in the inventory or the play"
        )
    }

    fileprivate static func severalMailServers(_ found: [RecognisedServer]) -> Failure {
        Failure(
            "more than one mail server is in use: \(found.names)",
            hint: "say which one to use with `mta:` in the inventory or the play"
        )
    }

    fileprivate static func noLog(_ server: String) -> Failure {
        Failure(
            "the log of \(server) was not found, so delivery could not be proved",
            hint: "start a syslog daemon or journald, or leave `verify` out of the playbook"
        )
    }
}

extension Failure {
    fileprivate static func odd(_ word: String) -> Failure {
        Failure(
            "the host cannot be given `\(Printable.line(word))`: it is more than one line, or not an absolute path",
            hint: "check what the mail server on the host says about its folders and its user"
        )
    }
}

extension [RecognisedServer] {
    fileprivate var names: String {
        map { $0.version.isEmpty ? $0.name : "\($0.name) \($0.version)" }.joined(separator: " and ")
    }
}
