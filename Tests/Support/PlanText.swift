package import MTAPlan

/// A proposal as a fixture keeps it in `plan.txt`: all that is shown and all that is run.
///
/// `withAnswers`: And what the host is expected to answer, which nobody is shown.
package func planText(of proposal: Proposal, withAnswers: Bool = true) -> String {
    guard case .posix = proposal.work else { return objectText(of: proposal) }
    var lines: [String] = []
    for change in proposal.changes.files {
        switch change.wanted {
        case .file(_, let mode, let owner, let group):
            let index = change.index.map { " index \($0.suffix) by \($0.build)" } ?? ""
            lines.append("\(change.verb.rawValue) \(change.path) \(mode) \(owner):\(group)\(index)")
        case .absent: lines.append("\(change.verb.rawValue) \(change.path)")
        }
        lines += change.diff.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map { "    \($0)" }
    }
    for setting in proposal.changes.settings {
        lines.append("set \(setting.name)")
        lines += setting.edit.diff.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map {
            "    \($0)"
        }
    }
    for file in proposal.changes.foreseen {
        lines.append("regenerated \(file.path)")
        lines += file.diff.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map { "    \($0)" }
    }
    if let check = proposal.changes.check {
        lines += check.commands.map { "check \($0) with \(check.files.joined(separator: " "))" }
    }
    lines += proposal.changes.rebuild.map { "rebuild \($0)" }
    lines += proposal.changes.reload.map { "reload \($0)" }
    lines += proposal.changes.afterRestore.map { "after a restore \($0)" }
    lines += proposal.changes.health.map { "health \($0)" }
    for expectation in proposal.changes.expectations {
        lines.append("expect \(expectation.command)")
        guard withAnswers else { continue }
        lines += expectation.output.split(separator: "\n", omittingEmptySubsequences: false).map { "    \($0)" }
    }
    lines += proposal.notes.map { "note \($0)" }
    return lines.map { $0 + "\n" }.joined()
}

/// A proposal for a host that is changed by calls: all that is shown and all that is run.
private func objectText(of proposal: Proposal) -> String {
    let lines =
        proposal.edits.flatMap { ["\($0.verb.rawValue) \($0.name)", $0.diff] }
        + proposal.work.commands.map { "run \($0)" } + proposal.notes.map { "note \($0)" }
    return lines.map { $0 + "\n" }.joined()
}

/// The files that a proposal makes or changes, as a fixture keeps them in `expected.stat`.
package func expectedStat(of proposal: Proposal) -> String {
    proposal.changes.files.compactMap { change in
        guard case .file(_, let mode, let owner, let group) = change.wanted else { return nil }
        let build = change.index.map { index in
            " " + index.build.words.map { quoted($0.replacing("{}", with: change.path)) }.joined(separator: " ")
        }
        return "\(mode) \(owner) \(group) \(change.path)\(build ?? "")\n"
    }.joined()
}

/// The word as a shell reads it.
private func quoted(_ word: String) -> String {
    let isPlain = word.utf8.allSatisfy { $0 > 0x20 && !"'\"\\$<>()&|;*?`#~".utf8.contains($0) }
    return isPlain ? word : "'" + word.replacing("'", with: "'\\''") + "'"
}
