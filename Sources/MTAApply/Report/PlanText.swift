package import MTAPlan

/// A plan as people read it: every difference, what is run, how it is proved.
///
/// Hosts with the same differences stand together, so that a fleet of four hundred equal hosts is read once.
package enum PlanText {
    package static func lines(_ planned: [(plan: SitePlan?, result: SiteRecord)]) -> [String] {
        var groups: [(key: Key, hosts: [String], plan: SitePlan?, result: SiteRecord)] = []
        var indices: [Key: Int] = [:]
        for (plan, result) in planned {
            let key = Key(result)
            if let index = indices[key] {
                groups[index].hosts.append(result.host)
            } else {
                indices[key] = groups.count
                groups.append((key, [result.host], plan, result))
            }
        }
        let blocks = groups.flatMap { group in
            [heading(group.hosts, group.result)] + body(group.plan, group.result, diffs: group.key.diffs) + [""]
        }
        return blocks + [summary(planned.map(\.result))]
    }

    /// The last line: `3 hosts: 2 to change, 1 as asked; nothing was changed`.
    private static func summary(_ results: [SiteRecord]) -> String {
        let words: [(Outcome, String)] = [
            (.wouldChange, "to change"), (.asAsked, "as asked"), (.refused, "refused"), (.unreachable, "unreachable"),
            (.skipped, "skipped"),
        ]
        let counts = words.compactMap { outcome, word in
            let count = results.count { $0.outcome == outcome }
            return count == 0 ? nil : "\(count) \(word)"
        }
        return "\(results.count) host\(results.count == 1 ? "" : "s"): " + counts.joined(separator: ", ")
            + "; nothing was changed"
    }

    private static func heading(_ hosts: [String], _ result: SiteRecord) -> String {
        let names = hosts.count <= 8 ? hosts.joined(separator: ", ") : "\(hosts.prefix(6).joined(separator: ", ")) …"
        let count = hosts.count == 1 ? "" : "  (\(hosts.count) hosts)"
        return names + count + (result.server.map { "  \($0)" } ?? "")
    }

    private static func body(_ plan: SitePlan?, _ result: SiteRecord, diffs: [String]) -> [String] {
        var lines =
            result.failure.map { failure in
                ["  \(result.outcome.rawValue): \(failure.problem(on: result.host))"]
                    + (failure.hint.map { ["  hint: \($0)"] } ?? [])
            } ?? []
        if result.outcome == .asAsked { lines.append("  already as asked") }
        for (edit, diff) in zip(result.edits, diffs) {
            lines.append("  \(edit.heading)")
            lines += diff.split(separator: "\n", omittingEmptySubsequences: false).dropTrailingEmpty.map { "    \($0)" }
        }
        let commands = result.commands.map(\.shown)
        if !commands.isEmpty { lines.append("  then \(commands.joined(separator: ", "))") }
        lines += result.notes.map { "  note: \($0)" }
        if !result.edits.isEmpty, let proof = plan?.proof {
            lines.append(
                "  then test message \(proof.from) → \(proof.to), to be seen at \(proof.route.words) within \(proof.patience) s"
            )
            lines += proof.others.map { "  and \($0.from) → \(proof.to), for \($0.way), at \($0.route.words)" }
        }
        return lines
    }

    private struct Key: Hashable {
        let server: SitePlan.ServerName?
        let outcome: Outcome
        let diffs: [String]
        let paths: [String]
        let notes: [String]
        let problem: String?

        init(_ result: SiteRecord) {
            server = result.server
            outcome = result.outcome
            diffs = result.edits.map(\.diff)
            paths = result.edits.map(\.name)
            notes = result.notes
            problem = result.reason
        }
    }
}

extension Edit {
    /// As in `edit /etc/postfix/main.cf  root:root 0644`.
    fileprivate var heading: String {
        switch subject {
        case .generated: "regenerated: \(name)"
        case .file, .setting, .object: "\(verb.rawValue) \(name)" + (detail.isEmpty ? "" : "  \(detail)")
        }
    }
}

extension Command {
    /// A program of ours in the shell is shown by what it is for; `--json` has all of it.
    fileprivate var shown: String { purpose ?? "`\(self)`" }
}

extension ExpectedRoute {
    fileprivate var words: String {
        switch self {
        case .direct: "its own mail exchanger"
        case .via(let hosts, let port, let tls, let login):
            "\(hosts.joined(separator: " or ")):\(port), TLS \(tls.rawValue)\(login ? ", logged in" : "")"
        case .oneOf(let routes): routes.map(\.words).joined(separator: ", or ")
        }
    }
}

extension [Substring] {
    fileprivate var dropTrailingEmpty: [Substring] { last?.isEmpty == true ? dropLast() : self }
}
