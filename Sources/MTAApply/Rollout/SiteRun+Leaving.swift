internal import Drivers
package import MTAPlan

/// Removing everything of mtactl from a site.
extension SiteRun {
    /// The plan that asks for nothing, so that what had been replaced comes back.
    ///
    /// `verify`: Who receives the message that is to take the old route; `nil` where none is sent.
    package func planLeaving(
        verify: TestMessageRequest?,
        mta: MailServerChoice,
        extras: ServerExtras
    ) async -> (plan: SitePlan?, result: SiteRecord) {
        let start = ContinuousClock.now
        let nothing = Play(name: "leave", hosts: "all", routes: Routes(), extras: extras)
        let planner = Planner(catalog: catalog)
        do throws(Failure) {
            let facts = try await site.facts(for: .action, files: [])
            var plan = planner.plan(nothing, verify: verify, for: site.name, mta: mta, facts: facts, secrets: secrets)
            if plan.proof != nil, let server = plan.server {
                let known = try planner.known(server.name)
                let after = known.limitations.contains(.sendsToRelaysAlone) ? plan.after(facts) : nil
                let route = plan.oldRoute(known.survey(facts), after.map { known.survey($0) })
                plan.proof?.route = route
            }
            if let server = plan.server, try planner.known(server.name).limitations.contains(.changesAreUnmarked) {
                let count = try await runsToPutBack()
                if count > 0 { plan.disposition = .refused(.onlyInBackups(server.name, count).at(site.name)) }
            }
            return (plan, SiteRecord(plan, duration: .now - start))
        } catch {
            let result = SiteRecord(
                host: site.name,
                outcome: .unreachable,
                failure: error.at(site.name),
                duration: .now - start
            )
            return (nil, result)
        }
    }

    /// How many runs are kept that a rollback could put back.
    private func runsToPutBack() async throws(Failure) -> Int {
        try await site.withDriver(progress: { _ in }) { driver throws(Failure) in try await driver.kept() }
            .runs.count(where: \.canBePutBack)
    }

    /// Removes what the site keeps of runs: backups, journals, and the folder that they are in.
    ///
    /// `before`: What happened to the site until then.
    package func erase(after before: SiteRecord) async -> SiteRecord {
        var record = before
        do throws(Failure) {
            try await site.withDriver(progress: { _ in }) { driver throws(Failure) in try await driver.eraseAll() }
            record.backup = nil
        } catch {
            record.outcome = .refused
            record.failure = Failure(
                "mtactl's settings are removed, but its backups could not be removed: \(error.problem)",
                hint: error.hint,
                at: site.name
            )
        }
        return record
    }
}

extension SitePlan {
    /// The route of the test message without mtactl's settings: the relay that the host had, or none that is in force
    /// today alone.
    ///
    /// `after`: Of a host that sends to relays alone, what its files will say.
    fileprivate func oldRoute(_ today: Survey, _ after: Survey?) -> ExpectedRoute {
        let relays = (after?.routes ?? []).flatMap(\.relays)
        guard relays.isEmpty else { return relays.count > 1 ? .oneOf(relays) : relays[0] }
        let entry = differential?.entries.first { entry in
            entry.probe.sender == proof?.from && entry.probe.recipient == proof?.to
        }
        let relay = entry.flatMap { $0.after.place == .relay ? $0.after : nil }
        let hosts = (relay?[.nextHop] ?? "").split(separator: ", ").map(String.init)
        if !hosts.isEmpty, let port = relay?[.port].flatMap({ Int($0) }) {
            return .via(hosts: hosts, port: port, tls: .opportunistic, login: false)
        }
        return .direct(not: Set(today.routes.compactMap(\.relayHost)).subtracting(hosts).sorted())
    }

    /// What the host's files will say; its programs may say something else.
    fileprivate func after(_ facts: Facts) -> Facts {
        if case .change(_, .posix(let work)) = disposition { facts.after(work) } else { facts }
    }
}

extension Survey {
    fileprivate var routes: [String] {
        var routes = [defaultRoute]
        for row in recipients + senders where !routes.contains(row.route) { routes.append(row.route) }
        return routes
    }
}

extension String {
    /// The host of a route in a mail server's notation: `[outgoing.example.net]:587`, `outgoing.example.net:587`.
    fileprivate var relayHost: String? {
        let bare = drop { $0 == "[" }.prefix { !"]:".contains($0) }
        return bare.contains(".") ? String(bare) : nil
    }

    /// The routes to the relays that it names; none in `direct` and `nowhere: no remotes`.
    fileprivate var relays: [ExpectedRoute] {
        split(separator: ", ").filter { $0 != "direct" && !$0.contains(" ") }.map { relay in
            let host = relay.drop { $0 == "[" }.prefix { !"]:".contains($0) }
            let port = relay[host.endIndex...].drop { "]:".contains($0) }
            return .via(hosts: [String(host)], port: Int(port) ?? 25, tls: .opportunistic, login: false)
        }
    }
}

extension Failure {
    fileprivate static func onlyInBackups(_ server: String, _ count: Int) -> Failure {
        Failure(
            "\(server) has no place to mark settings, so only the backups kept here (\(count == 1 ? "one run" : "\(count) runs")) have the values before mtactl",
            hint: "`mtactl rollback` puts the settings back; after that nothing of mtactl is in them"
        )
    }
}
