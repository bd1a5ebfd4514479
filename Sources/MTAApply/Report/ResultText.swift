internal import MTAPlan

/// The end of a run as people read it: one line per host, worst last, so that it is what the eye meets.
package enum ResultText {
    /// One host's lines as it ends, each beginning with its name.
    package static func lines(_ result: SiteRecord) -> [String] {
        var line = "\(result.host)  \(result.outcome.rawValue)"
        if let delivery = result.delivery { line += "  \(words(delivery))" }
        var lines = [line]
        // A host that is not as it was asked to be: what may be the reason. Others' notes are in their plan.
        if result.outcome == .wouldChange { lines += result.notes.map { "\(result.host)  note: \($0)" } }
        if let failure = result.failure {
            lines.append("\(result.host)  \(failure.problem(on: result.host))")
            if let hint = failure.hint { lines.append("\(result.host)  hint: \(hint)") }
        }
        return lines
    }

    /// The last line: `3 hosts: 2 committed, 1 rolled-back`.
    package static func summary(_ results: [SiteRecord]) -> String {
        summary(results.reduce(into: [:]) { $0[$1.outcome, default: 0] += 1 })
    }

    /// The same, of hosts that are counted already.
    static func summary(_ counts: [Outcome: Int]) -> String {
        let hosts = counts.values.reduce(0, +)
        let words = Outcome.allCases.compactMap { outcome in counts[outcome].map { "\($0) \(outcome.rawValue)" } }
        return "\(hosts) host\(hosts == 1 ? "" : "s"): " + words.joined(separator: ", ")
    }

    private static func words(_ delivery: Delivery) -> String {
        let by = delivery.relay.map { " by \($0)" } ?? ""
        let tls = delivery.tls.map { ", \($0)" } ?? ""
        let login = delivery.authenticated == true ? ", logged in" : ""
        let deferred = delivery.deferrals > 0 ? ", deferred \(delivery.deferrals.times)" : ""
        return
            "test message \(delivery.status.rawValue)\(by)\(tls)\(login)\(deferred): \(Printable.line(delivery.reply))"
    }
}
