internal import Drivers
package import MTAPlan

/// What a rollback would do, as people read it: which runs, when and by whom, on which hosts, with what they changed.
package enum RollbackText {
    package static func lines(
        _ choice: RollbackChoice,
        edits: [String: [Edit]]
    ) -> [String] {
        var groups: [(key: Key, hosts: [String], run: KeptRun, edits: [[Edit]])] = []
        for (host, run) in choice.chosen {
            let edits = edits[host] ?? []
            let key = Key(
                run: run.run,
                by: run.startedBy,
                changes: edits.map(PlanGroup.Change.init),
                state: run.state,
                server: run.server
            )
            if let index = groups.firstIndex(where: { $0.key == key }) {
                groups[index].hosts.append(host)
                groups[index].edits.append(edits)
            } else {
                groups.append((key, [host], run, [edits]))
            }
        }
        let blocks = groups.flatMap { group in
            let context = Set(group.edits).count > 1 ? ["  the context lines are those of \(group.hosts[0])"] : []
            return [heading(group.run, hosts: group.hosts)] + body(group.edits[0], group.run) + context + [""]
        }
        let alone = choice.others.filter { $0.outcome == .skipped }.map(\.host)
        return blocks
            + (alone.isEmpty
                ? [] : ["left alone, not part of \(choice.run ?? "any run"): \(HostRanges.words(alone))"])
    }

    /// What is asked: `put 2 hosts back as they were before run R?`.
    package static func question(_ choice: RollbackChoice) -> String {
        let count = choice.chosen.count
        let which = choice.run.map { "run \($0)" } ?? "each host's newest run"
        return "put \(count) host\(count == 1 ? "" : "s") back as they were before \(which)?"
    }

    private struct Key: Hashable {
        let run: String
        let by: String?
        /// The lines that change, not those around them.
        let changes: [PlanGroup.Change]
        let state: RunState
        let server: String
    }

    private static func heading(_ run: KeptRun, hosts: [String]) -> String {
        let count = hosts.count == 1 ? "" : "  (\(hosts.count) hosts)"
        let when = run.since.map { " of \($0)" } ?? ""
        let who = run.startedBy.map { ", by \($0)" } ?? ""
        return "\(HostRanges.words(hosts))\(count)  \(run.server)  run \(run.run)\(when)\(who)"
    }

    private static func body(_ edits: [Edit], _ run: KeptRun) -> [String] {
        let state = run.state == .confirmed ? [] : ["  the run is \(run.state.rawValue)"]
        if edits.isEmpty {
            return state + ["  puts back \(run.amount); `mtactl backups show \(run.run)` lists them"]
        }
        return state
            + edits.map(\.reversed).flatMap { edit -> [String] in
                edit.lines.map { "  \($0)" }
            }
    }
}

extension Edit {
    /// What undoes this one.
    package var reversed: Edit {
        let verb: Verb =
            switch self.verb {
            case .edit: .edit
            case .create: .remove
            case .remove: .create
            }
        // What owner and mode were is in the backup.
        return Edit(subject, name, verb, diff: diff.reversedDiff)
    }
}

extension String {
    /// A diff from the other side: what was put in is removed.
    fileprivate var reversedDiff: String {
        var lines: [String] = []
        var (old, new) = ([String](), [String]())
        func flush() {
            lines += new + old
            (old, new) = ([], [])
        }
        var rest = split(separator: "\n", omittingEmptySubsequences: false)[...]
        if rest.count > 1, rest[0].hasPrefix("--- "), rest[1].hasPrefix("+++ ") {
            lines = ["--- " + rest[1].dropFirst(4).called("a"), "+++ " + rest[0].dropFirst(4).called("b")]
            rest = rest.dropFirst(2)
        }
        for line in rest {
            switch line.first {
            case "-": old.append("+" + line.dropFirst())
            case "+": new.append("-" + line.dropFirst())
            default:
                flush()
                let words = line.split(separator: " ")
                if words.count >= 4, words[0] == "@@" {
                    let ranges = [words[2].dropFirst(), words[1].dropFirst()]
                    lines.append("@@ -\(ranges[0]) +\(ranges[1]) @@")
                } else {
                    lines.append(String(line))
                }
            }
        }
        flush()
        return lines.joined(separator: "\n")
    }
}

extension Substring {
    /// The name of a file in the head of a diff, of its other side: `a/NAME` as `b/NAME`; `/dev/null` is what it is.
    fileprivate func called(_ side: String) -> String {
        hasPrefix("a/") || hasPrefix("b/") ? side + dropFirst() : String(self)
    }
}
