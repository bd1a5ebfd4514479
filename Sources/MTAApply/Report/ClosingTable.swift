internal import MTAPlan

/// What happened to a fleet, at a glance: a row for each outcome and reason, the worst first.
package enum ClosingTable {
    /// Rows that are shown; `--json` and the hosts' own lines have all.
    private static let most = 20
    private static let order: [Outcome] = [
        .stranded, .rolledBack, .refused, .unreachable, .wouldChange, .skipped, .committed, .asAsked,
    ]

    /// None where all hosts came to the same end: the summary says that.
    package static func lines(_ results: [SiteRecord]) -> [String] {
        let rows = rows(results)
        guard rows.count > 1 || rows.first?.outcome == .skipped else { return [] }
        let words = rows.map(\.outcome.rawValue.count).max() ?? 0
        let counts = rows.map { "\($0.hosts.count)".count }.max() ?? 0
        let lines = rows.prefix(most).map { row in
            let outcome = row.outcome.rawValue
            let count = "\(row.hosts.count)"
            return "  " + outcome + String(repeating: " ", count: words - outcome.count + 2)
                + String(repeating: " ", count: counts - count.count) + count + "  "
                + HostRanges.words(row.hosts) + (row.reason.map { ": \($0)" } ?? "")
        }
        return [""] + lines + (rows.count > most ? ["  … and \(rows.count - most) more reasons"] : [])
    }

    private struct Row {
        var outcome: Outcome
        var reason: String?
        var hosts: [String]
    }

    private static func rows(_ results: [SiteRecord]) -> [Row] {
        order.flatMap { outcome in
            var rows: [Row] = []
            for result in results where result.outcome == outcome {
                let reason = result.reason
                if let index = rows.firstIndex(where: { $0.reason == reason }) {
                    rows[index].hosts.append(result.host)
                } else {
                    rows.append(Row(outcome: outcome, reason: reason, hosts: [result.host]))
                }
            }
            return rows
        }
    }
}
