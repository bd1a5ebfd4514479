internal import MTAPlan

/// The history as people read it.
package enum HistoryText {
    /// A line for each command, the newest last, and a line for what is unusual about it.
    package static func lines(_ entries: [HistoryEntry]) -> [String] {
        let runs = entries.map { ($0.run ?? "").count }.max() ?? 0
        let names = entries.map(\.name.count).max() ?? 0
        return entries.flatMap { entry in
            let line = [
                padded(entry.run ?? "", to: runs), padded(entry.name, to: names), entry.started,
                "by \(entry.startedBy)", outcome(of: entry),
            ]
            return [line.joined(separator: "  ")] + remarks(entry).map { "    " + $0 }
        }
    }

    /// A command's report, as it was printed when it ended.
    package static func report(_ entry: HistoryEntry, _ record: RunRecord) -> [String] {
        let heading = "\(entry.name) \(entry.run ?? ""), \(entry.started), by \(entry.startedBy)"
        guard entry.end != nil else { return [heading] + remarks(entry) }
        return [heading] + record.sites.filter { $0.outcome != .skipped }.flatMap(ResultText.lines)
            + ClosingTable.lines(record.sites) + [ResultText.summary(record.sites) + "  exit \(record.exit)"]
            + remarks(entry)
    }

    private static func outcome(of entry: HistoryEntry) -> String {
        guard let end = entry.end else { return "not finished" }
        return ResultText.summary(end.outcomes) + "  exit \(end.exit)"
    }

    private static func remarks(_ entry: HistoryEntry) -> [String] {
        guard let end = entry.end else {
            return ["mtactl is still running, or was killed; `mtactl backups list` shows what happened to the hosts"]
        }
        return (end.aborted.map { ["stopped: \($0.problem)"] } ?? [])
            + (end.lostOutput.map { ["its output was lost: \($0)"] } ?? [])
    }

    private static func padded(_ text: String, to width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}
