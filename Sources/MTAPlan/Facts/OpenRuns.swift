/// Runs of mtactl on a host that did not end as they should have.
///
/// What an unfinished run has put in place was never proved, so nothing that is found there counts as asked for.
package enum OpenRuns {
    /// Why a host is to be left alone, or `nil` where no run is open.
    package static func objection(in facts: Facts) -> Failure? {
        let found = lines(facts)
        let lock = found.first { $0.hasPrefix("lock ") }.map { $0.dropFirst("lock ".count) }
        if let run = runs(found).first(where: { $0.state != "expired" }) { return .unfinished(run, lock: lock) }
        return lock.map { .locked($0) }
    }

    /// What the operator should know of the newest run: that it was never confirmed and the host put itself back.
    package static func note(in facts: Facts) -> String? {
        runs(lines(facts)).first { $0.state == "expired" }.map {
            "run \($0.name) was never confirmed, so the host put itself back\($0.rest.map { " at \($0)" } ?? "")"
        }
    }

    private static func lines(_ facts: Facts) -> [String] {
        (facts.text("mtactl.runs") ?? "").split(separator: "\n").map { Printable.line(String($0)) }
    }

    private static func runs(_ lines: [String]) -> [Run] {
        lines.filter { !$0.hasPrefix("lock ") }.compactMap(Run.init)
    }

    fileprivate struct Run {
        var name: Substring
        var state: Substring
        /// The seconds to the end of the dead-man switch's patience, or when it ended.
        var rest: Substring?

        init?(_ line: String) {
            let words = line.split(separator: " ", maxSplits: 2)
            guard words.count >= 2 else { return nil }
            (name, state, rest) = (words[0], words[1], words.count > 2 ? words[2] : nil)
        }
    }
}

extension Failure {
    fileprivate static func unfinished(_ run: OpenRuns.Run, lock: Substring?) -> Failure {
        let holder = lock.flatMap { $0.hasPrefix("\(run.name) ") ? $0.dropFirst(run.name.count) : nil } ?? ""
        let problem = "an earlier run is unfinished: \(run.name)\(holder) is \(run.state)"
        guard let seconds = run.rest.flatMap({ Int($0) }), seconds > 0 else {
            return Failure(
                problem,
                hint:
                    "wait if it is still running; if not, `mtactl rollback` puts the host back as it was before that run"
            )
        }
        return Failure(
            "\(problem), and puts itself back in \(seconds) s unless it is confirmed",
            hint: "wait for that, or put it back now with `mtactl rollback`"
        )
    }

    fileprivate static func locked(_ holder: Substring) -> Failure {
        Failure(
            "locked by another run: \(holder)",
            hint:
                "wait for it to end; if mtactl is no longer running anywhere, remove the stale lock with `mtactl apply --break-lock`"
        )
    }
}
