import MTAApply
import MTAPlan
import Synchronization

/// Shows people how a run progresses: each host's result as it comes, waves and pauses, and on a terminal what is going
/// on.
final class HumanObserver: RunObserver {
    private let terminal: Terminal
    /// Results are shown as they come, not only progress.
    private let showsResults: Bool
    /// Each step is a line of its own, as `-v` asks for.
    private let tellsSteps: Bool
    private let live: LiveLines?
    private let toldWave = Mutex(0)

    init(terminal: Terminal, showsResults: Bool, tellsSteps: Bool) {
        self.terminal = terminal
        self.showsResults = showsResults
        self.tellsSteps = tellsSteps
        live = tellsSteps ? nil : terminal.liveLines()
    }

    func progress(_ host: String, _ words: String) {
        if tellsSteps { terminal.say("\(host)  \(words)") }
        live?.change { $0.progress(host, words) }
    }

    func ended(_ result: SiteRecord) {
        live?.change { $0.ended(result.host) }
        // Hosts that were not started are a line of the closing table.
        if showsResults, result.outcome != .skipped { terminal.show(ResultText.lines(result)) }
    }

    func rollout(_ event: RolloutEvent) {
        live?.change { $0.rollout(event) }
        switch event {
        case .wave(let number, let count, let hosts):
            if count > 1 { terminal.say("wave \(number) of \(count): \(hosts) host\(hosts == 1 ? "" : "s")") }
        case .pause(let seconds, let next):
            // On a terminal it counts down there.
            let isNew = toldWave.withLock { told in
                defer { told = next }
                return told != next
            }
            if isNew, live == nil { terminal.say("wave \(next) starts in \(seconds) s") }
        case .aborted(let failure): terminal.complain(failure)
        }
    }
}
