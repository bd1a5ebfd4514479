internal import Drivers
package import MTAPlan

/// Hosts that share one configuration, which is changed once: of Exchange the servers of an organisation.
package enum Organisation {
    /// The plans with one change for each organisation and play: that of the first host that has one.
    ///
    /// The other hosts are as asked by it, and say so.
    package static func united(
        _ planned: [(plan: SitePlan?, result: SiteRecord)]
    ) -> [(plan: SitePlan?, result: SiteRecord)] {
        var leads: [Share: String] = [:]
        return planned.map { plan, result in
            guard var plan, case .change = plan.disposition, let id = plan.organisation else { return (plan, result) }
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

extension Facts {
    /// The id of the Exchange organisation; `nil` of a host that is in none.
    package var organisation: String? {
        objects["exchange.organization"]?.objects.first.flatMap { $0.text("Guid") ?? $0.text("DistinguishedName") }
    }

    /// What the host does by itself: of Windows only an administrator may give SYSTEM the task that puts it back.
    var guarantees: Guarantees {
        let host = objects[WindowsQuestions.hostKey]?.objects.first
        return Guarantees(revertsByItself: host?.text("Administrator") != "False")
    }
}
