internal import MTAPlan

/// What a terminal shows during a run: a line for each host in progress, and one for the whole run.
package struct LiveView: Sendable {
    private var active: [(host: String, words: String)] = []
    private var wave: String?
    private var pause: String?
    private var ended = 0

    package init() {}

    package var isEmpty: Bool { active.isEmpty && pause == nil }

    package mutating func progress(_ host: String, _ words: String) {
        if let index = active.firstIndex(where: { $0.host == host }) {
            active[index].words = words
        } else {
            active.append((host, words))
        }
    }

    package mutating func ended(_ host: String) {
        active.removeAll { $0.host == host }
        ended += 1
    }

    package mutating func rollout(_ event: RolloutEvent) {
        pause = nil
        switch event {
        case .wave(let number, let count, let hosts):
            wave = "wave \(number) of \(count): \(hosts) host\(hosts == 1 ? "" : "s")"
        case .pause(let seconds, let next): pause = "wave \(next) starts in \(seconds) s"
        case .aborted: wave = "rollout stopped"
        }
    }

    /// What fits: no line is longer than `columns`, and there are no more than half of `rows`.
    package func lines(columns: Int, rows: Int) -> [String] {
        if isEmpty { return [] }
        let most = max(1, rows / 2 - 1)
        let shown = active.prefix(active.count > most ? most - 1 : most).map { "\($0.host)  \($0.words)" }
        let more = active.count > shown.count ? ["… and \(active.count - shown.count) more in progress"] : []
        let whole = [pause ?? wave, "\(ended) done", active.isEmpty ? nil : "\(active.count) in progress"]
        return (shown + more + [whole.compactMap(\.self).joined(separator: ", ")]).map { line in
            // One column stays free: some terminals begin a new line after the last.
            String(Printable.line(line).prefix(max(1, columns - 1)))
        }
    }
}
