internal import Drivers
package import MTAPlan

/// Removing everything of mtactl from a site.
extension SiteRun {
    /// The plan that asks for nothing, so that what had been replaced comes back.
    ///
    /// `verify`: Who receives the message that is to take the old route; `nil` where none is sent.
    package func planLeaving(
        verify: TestMessageRequest?,
        mta: MailServerChoice
    ) async -> (plan: SitePlan?, result: SiteRecord) {
        let start = ContinuousClock.now
        let nothing = Play(name: "leave", hosts: "all", routes: Routes())
        let planner = Planner(catalog: catalog)
        do throws(Failure) {
            let facts = try await site.facts(for: .plan, files: [])
            var plan = planner.plan(nothing, verify: verify, for: site.name, mta: mta, facts: facts, secrets: Secrets())
            if plan.proof != nil, let server = plan.server {
                let route = plan.oldRoute(leaving: try planner.known(server.name).survey(facts))
                plan.proof?.route = route
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
    /// today.
    fileprivate func oldRoute(leaving survey: Survey) -> ExpectedRoute {
        let entry = differential?.entries.first { entry in
            entry.probe.sender == proof?.from && entry.probe.recipient == proof?.to
        }
        let after = entry.flatMap { $0.after.place == .relay ? $0.after : nil }
        let hosts = (after?[.nextHop] ?? "").split(separator: ", ").map(String.init)
        if !hosts.isEmpty, let port = after?[.port].flatMap({ Int($0) }) {
            return .via(hosts: hosts, port: port, tls: .opportunistic, login: false)
        }
        let today = [survey.defaultRoute] + (survey.recipients + survey.senders).map(\.route)
        return .direct(not: Set(today.compactMap(\.relayHost)).subtracting(hosts).sorted())
    }
}

extension String {
    /// The host of a route in a mail server's notation: `[outgoing.example.net]:587`, `outgoing.example.net:587`.
    fileprivate var relayHost: String? {
        let bare = drop { $0 == "[" }.prefix { !"]:".contains($0) }
        return bare.contains(".") ? String(bare) : nil
    }
}
