internal import Drivers
package import MTAPlan

/// Hosts that share one configuration, which is changed once: of Exchange the servers of an organisation.
package enum Organisation {
    /// The plans with one change for each organisation and play: that of the first host that has one.
    ///
    /// The other hosts are as asked by it, and say so. Where a run is open on one host, none of its organisation is changed.
    package static func united(
        _ planned: [(plan: SitePlan?, result: SiteRecord)]
    ) -> [(plan: SitePlan?, result: SiteRecord)] {
        var leads: [Share: String] = [:]
        let busy = Dictionary(
            planned.compactMap { planned in
                planned.plan.flatMap { plan in plan.hasOpenRun ? plan.organisation.map { ($0, plan.host) } : nil }
            },
            uniquingKeysWith: { first, _ in first }
        )
        return planned.map { plan, result in
            guard var plan, case .change = plan.disposition, let id = plan.organisation else { return (plan, result) }
            if let host = busy[id] {
                plan.disposition = .refused(.openRun(on: host))
                return (plan, SiteRecord(plan, duration: result.duration))
            }
            let share = Share(organisation: id, play: plan.play)
            guard let lead = leads[share] else {
                leads[share] = plan.host
                return (plan, result)
            }
            plan.disposition = .asAsked
            plan.notes = ["its organisation is changed once, through \(lead)"]
            return (plan, SiteRecord(plan, duration: result.duration))
        }
    }

    private struct Share: Hashable {
        var organisation: String
        var play: String
    }
}

/// Lets plans through one at a time that change one configuration: other plays of an organisation wait for the first.
actor Turns {
    private var taken: Set<String> = []
    private var waiting: [String: [CheckedContinuation<Void, Never>]] = [:]

    /// Runs something while nothing else runs for this id; at once if there is no id.
    func take<Result: Sendable>(_ id: String?, _ body: @Sendable () async -> Result) async -> Result {
        guard let id else { return await body() }
        if !taken.insert(id).inserted { await withCheckedContinuation { waiting[id, default: []].append($0) } }
        let result = await body()
        if waiting[id, default: []].isEmpty { taken.remove(id) } else { waiting[id]?.removeFirst().resume() }
        return result
    }
}

extension Failure {
    fileprivate static func openRun(on host: String) -> Failure {
        Failure(
            "its organisation has an unfinished run, on \(host)",
            hint:
                "wait if it is still running; if not, `mtactl rollback -l \(host)` puts the organisation back as before"
        )
    }
}

extension Facts {
    /// The id of the Exchange organisation; `nil` of a host that is in none.
    package var organisation: String? {
        objects["exchange.organization"]?.objects.first.flatMap { $0.text("Guid") ?? $0.text("DistinguishedName") }
    }

    /// What the host does by itself: nothing where only an administration interface changes it; of Windows only an administrator may give SYSTEM the task that puts it back.
    var guarantees: Guarantees {
        if calls.values.contains(where: { $0.result != nil }) { return APIDriver.guarantees }
        let host = objects[WindowsQuestions.hostKey]?.objects.first
        return Guarantees(revertsByItself: host?.text("Administrator") != "False")
    }
}
