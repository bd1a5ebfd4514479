package import MTAPlan

/// A plan as people read it: every difference, what is run, how it is proved.
///
/// Hosts on which the same changes are together, so that a fleet of four hundred hosts is read once. What is not to be
/// changed is a line.
package enum PlanText {
    package static func lines(_ planned: [(plan: SitePlan?, result: SiteRecord)]) -> [String] {
        let groups = PlanGroup.all(of: planned)
        let blocks = groups.filter { $0.isShownInFull }.flatMap { [$0.heading] + body($0) + [""] }
        let rest = short(planned)
        return blocks + rest + (rest.isEmpty ? [] : [""]) + [summary(planned.map(\.result))]
    }

    /// A line a group, and the summary.
    package static func stat(_ planned: [(plan: SitePlan?, result: SiteRecord)]) -> [String] {
        let groups = PlanGroup.all(of: planned).filter { $0.isShownInFull }
        let width = groups.map { "\($0.members.count)".count }.max() ?? 0
        let lines = groups.map { group in
            let count = "\(group.members.count)"
            let what =
                group.key.changes.isEmpty
                ? "\(group.key.outcome.rawValue): \(group.key.problem ?? "")"
                : group.key.changes.map(\.stat).joined(separator: ", ")
            return String(repeating: " ", count: width - count.count) + "\(count)  "
                + (group.key.server.map { "\($0)  " } ?? "") + what + "  " + HostRanges.words(group.hosts)
        }
        return lines + short(planned) + [summary(planned.map(\.result))]
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

    /// Hosts that are as asked, with what is to be known of them, and those that were not asked: one line each.
    private static func short(_ planned: [(plan: SitePlan?, result: SiteRecord)]) -> [String] {
        let asAsked = planned.filter { $0.result.outcome == .asAsked }
        var lines = asAsked.isEmpty ? [] : ["already as asked: \(HostRanges.words(asAsked.map(\.result.host)))"]
        for group in PlanGroup.all(of: asAsked) {
            lines += group.notes.map { note in
                note.hasPrefix("note: ")
                    ? "  note on \(HostRanges.words(group.hosts)): \(note.dropFirst(6))" : "  \(note)"
            }
        }
        let skipped = planned.filter { $0.result.outcome == .skipped }
        for group in PlanGroup.all(of: skipped) {
            lines.append("skipped: \(HostRanges.words(group.hosts))" + (group.key.problem.map { ": \($0)" } ?? ""))
        }
        return lines
    }

    private static func body(_ group: PlanGroup) -> [String] {
        let result = group.first
        var lines =
            result.failure.map { failure in
                ["  \(result.outcome.rawValue): \(failure.problem(on: result.host))"]
                    + (failure.hint.map { ["  hint: \($0)"] } ?? [])
            } ?? []
        for edit in result.edits {
            lines.append("  \(edit.heading)")
            lines += edit.diff.split(separator: "\n", omittingEmptySubsequences: false).dropTrailingEmpty
                .map { "    \($0)" }
        }
        if !group.hasOneContext { lines.append("  the context lines are those of \(result.host)") }
        if !group.key.commands.isEmpty { lines.append("  then \(group.key.commands.joined(separator: ", "))") }
        return lines + (group.notes + group.proof).map { "  \($0)" }
    }
}

extension PlanGroup {
    fileprivate var isShownInFull: Bool { key.outcome != .asAsked && key.outcome != .skipped }
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

extension [Substring] {
    fileprivate var dropTrailingEmpty: [Substring] { last?.isEmpty == true ? dropLast() : self }
}
