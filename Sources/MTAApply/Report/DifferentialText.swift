package import MTAPlan

/// What was compared on a host, as a table: each message, how it is handled without what mtactl wrote, and how it
/// would be.
package enum DifferentialText {
    /// Rows that are shown of a host; more are counted.
    private static let most = 200

    package static func lines(_ plan: SitePlan) -> [String] {
        guard let differential = plan.differential else {
            return ["\(plan.host): message handling was not compared"]
        }
        // What changes first: that is what one looks for.
        let entries =
            differential.entries.filter { $0.before != $0.after }
            + differential.entries.filter { $0.before == $0.after }
        let rows = entries.prefix(most).map { entry in
            [entry.probe.from, entry.probe.recipient, entry.probe.origin.words].map(Printable.line)
                + ["\(entry.before)", entry.before == entry.after ? "the same" : "\(entry.after)"]
        }
        let lines = TextTable.lines([["from", "to", "", "without mtactl", "afterwards"]] + rows)
        let more = entries.count > most ? ["… and \(entries.count - most) more"] : []
        let unknown = differential.unknown.map { "not known: \($0)" }
        return [plan.host] + (lines + more + unknown).map { "  \($0)" }
    }
}

extension Probe {
    fileprivate var from: String { sender.isEmpty ? "<>" : sender }
}
