import Drivers
import Foundation
import MTAApply
import MTAPlan

/// What happens to plans: they are saved, shown and explained.
extension CommandContext {
    func save(_ planned: [(plan: SitePlan?, result: SiteRecord)], to path: String) throws {
        let saved = SavedPlan(
            made: Timestamp.compact(Date()),
            rollout: rollout,
            hosts: planned.compactMap(\.plan),
            withoutPlan: planned.filter { $0.plan == nil }.map(\.result.host)
        )
        try Files(terminal: terminal).checked { () throws(Failure) in try saved.write(to: path) }
    }

    /// The plan, as text, in full or one line per group, or as JSON.
    func show(_ planned: [(plan: SitePlan?, result: SiteRecord)], asStat: Bool = false) {
        if json {
            for (_, result) in planned { terminal.show(JSONReport.host(result)) }
        } else {
            terminal.show(asStat ? PlanText.stat(planned) : PlanText.lines(planned))
        }
    }

    /// What was compared on each host, as a table.
    func explain(_ planned: [(plan: SitePlan?, result: SiteRecord)]) {
        for plan in planned.compactMap(\.plan) { terminal.show([""] + DifferentialText.lines(plan)) }
    }
}
