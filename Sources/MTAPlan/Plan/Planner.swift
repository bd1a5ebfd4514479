/// From a play and what was found on a host to what is to be done there.
///
/// Decides only: touches neither hosts nor files.
package struct Planner: Sendable {
    private let catalog: [any Product]

    package init(catalog: [any Product]) {
        self.catalog = catalog
    }

    private var servers: [any MailServer] { catalog.compactMap(\.mailServer) }

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
            let play = play.settled(for: server)
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
            if let odd = proposal.work.unsafeArgument { throw server.glossary(for: play.routes).failure(.odd(odd)) }
            let placed = proposal.behindLinks(in: facts)
            plan.disposition = placed.edits.isEmpty ? .asAsked : .change(placed.edits, placed.work)
            if let obstacle = Obstacles(facts).objection(to: proposal) { throw obstacle }
            plan.notes = notes(on: proposal, play, server, keeping, facts)
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

    /// What an operator has to know of it.
    private func notes(
        on proposal: Proposal,
        _ play: Play,
        _ server: any MailServer,
        _ keeping: Keeping,
        _ facts: Facts
    ) -> [String] {
        let isAlong = play.routes.leavesBouncesOpen && server.limitations.contains(.bouncesTakeDefaultRoute)
        let others = [isAlong ? String.along(server.name) : nil, keeping.note, OpenRuns.note(in: facts)]
        return proposal.notes + play.routes.exposedLogins.map(\.exposure) + others.compactMap(\.self)
            + Obstacles(facts).notes(on: proposal)
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
                throw .notFound(name, recognised, known: Set(servers.map(\.name)))
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
        let hints = trace.hintsOnHost(facts)
        if !hints.isEmpty { proof.hints = hints }
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
        "`tls: required` checks no certificate, so anyone who impersonates `\(name)` gets the password; `tls: verified` checks it"
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

    /// `known`: What mtactl can change: advice to name anything else would be of no use.
    fileprivate static func notFound(_ name: String, _ found: [RecognisedServer], known: Set<String>) -> Failure {
        let names = found.map(\.name).filter(known.contains)
        let isOnlyOne = names.count == 1 && found.filter { $0.isActive != false }.map(\.name) == names
        let hint =
            if isOnlyOne { "write `mta: auto`, or `mta: \(names[0])`" } else if names.isEmpty {
                "exclude the host with --limit '!HOST'" + (found.isEmpty ? ", or install \(name) on it" : "")
            } else { "write " + names.map { "`mta: \($0)`" }.joined(separator: " or ") }
        return Failure(
            "\(name) was asked for, but the host has \(found.isEmpty ? "no mail server" : found.names)",
            hint: hint
        )
    }

    fileprivate static func noMailServer(_ found: [RecognisedServer]) -> Failure {
        Failure(
            found.isEmpty
                ? "no mail server was found"
                : "\(found.names) is installed, but neither `sendmail` nor port 25 belongs to it",
            hint: found.isEmpty
                ? "install one, or exclude the host with --limit '!HOST'"
                : "name it with `mta:` in the inventory or the play"
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
            "the host cannot be given `\(Printable.word(word))`: it is more than one line, or not an absolute path",
            hint: "check what the mail server on the host says about its folders and its user"
        )
    }
}

extension [RecognisedServer] {
    fileprivate var names: String {
        map { $0.version.isEmpty ? $0.name : "\($0.name) \($0.version)" }.joined(separator: " and ")
    }
}

extension Proposal {
    fileprivate func behindLinks(in facts: Facts) -> Proposal {
        guard case .posix(let work) = work else { return self }
        var proposal = self
        let placed = work.behindLinks(in: facts)
        if placed != work { (proposal.edits, proposal.work) = (placed.edits, .posix(placed)) }
        return proposal
    }
}

extension Play {
    /// With what it leaves open decided for a server.
    fileprivate func settled(for server: any MailServer) -> Play {
        guard routes.leavesBouncesOpen, server.limitations.contains(.bouncesTakeDefaultRoute) else { return self }
        var play = self
        play.routes.bounces = .default
        return play
    }
}

extension String {
    fileprivate static func along(_ server: String) -> String {
        "mail with an empty sender takes the default route too, as \(server) cannot distinguish it"
    }
}
