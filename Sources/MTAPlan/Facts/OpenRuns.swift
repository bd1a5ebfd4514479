/// Runs of mtactl on a host that neither ended well nor were put back.
///
/// What such a run has put in place was never proved, so nothing that is found there counts as asked for.
package enum OpenRuns {
    /// Why a host is to be left alone, or `nil` where no run is open.
    package static func objection(in facts: Facts) -> Failure? {
        guard let lines = facts.text("mtactl.runs")?.split(separator: "\n").map({ Printable.line(String($0)) }) else {
            return nil
        }
        let lock = lines.first { $0.hasPrefix("lock ") }.map { $0.dropFirst("lock ".count) }
        let runs = lines.filter { !$0.hasPrefix("lock ") }.compactMap(Run.init)
        if let run = runs.first { return .unfinished(run, lock: lock) }
        return lock.map { .locked($0) }
    }

    fileprivate struct Run {
        var name: Substring
        var state: Substring

        init?(_ line: String) {
            let words = line.split(separator: " ", maxSplits: 1)
            guard words.count == 2 else { return nil }
            (name, state) = (words[0], words[1])
        }
    }
}

extension Failure {
    fileprivate static func unfinished(_ run: OpenRuns.Run, lock: Substring?) -> Failure {
        let holder = lock.flatMap { $0.hasPrefix("\(run.name) ") ? $0.dropFirst(run.name.count) : nil } ?? ""
        return Failure(
            "an earlier run is unfinished: \(run.name)\(holder) is \(run.state)",
            hint: "wait if it still goes on; if not, `mtactl rollback` puts the host back as it was before that run"
        )
    }

    fileprivate static func locked(_ holder: Substring) -> Failure {
        Failure(
            "locked by another run: \(holder)",
            hint: "wait for it; where nobody runs mtactl any more, remove /var/backups/mtactl/lock on the host"
        )
    }
}
