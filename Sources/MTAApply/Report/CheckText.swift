internal import Drivers
internal import MTAPlan

/// What `check` says: one line of all, then only what is wrong, lost mail first.
package enum CheckText {
    /// `isQuiet`: Nothing where all is well.
    package static func lines(_ results: [SiteRecord], isQuiet: Bool) -> [String] {
        let lost = results.filter { $0.losesMail(for: .check) }
        let drifted = results.filter { $0.outcome == .wouldChange && !$0.losesMail(for: .check) }
        let others = results.filter { ![.asAsked, .wouldChange].contains($0.outcome) }
        let well = results.count - lost.count - drifted.count - others.count
        if isQuiet, well == results.count { return [] }
        let counts = [
            (well, "ok"), (lost.count, "without mail"), (drifted.count, "not as asked"), (others.count, "unknown"),
        ].compactMap { count, words in count == 0 ? nil : "\(count) \(words)" }
        let summary = "\(results.count) host\(results.count == 1 ? "" : "s"): \(counts.joined(separator: ", "))"
        return [summary] + (lost + drifted + others).flatMap(lines)
    }

    private static func lines(_ result: SiteRecord) -> [String] {
        let drift = result.edits.flatMap { edit in edit.lines.map { "\(result.host)    \($0)" } }
        return ResultText.lines(result) + drift
    }
}
