import MTAApply

/// Tells programs: one JSON object per line.
struct JSONObserver: RunObserver {
    let terminal: Terminal
    /// Progress is reported too.
    let tellsProgress: Bool

    func progress(_ host: String, _ words: String) {
        if tellsProgress { terminal.show(JSONReport.progress(host, words)) }
    }

    func ended(_ result: SiteRecord) { terminal.show(JSONReport.host(result)) }

    func rollout(_ event: RolloutEvent) {
        if case .wave(let number, let count, let hosts) = event {
            terminal.show(JSONReport.wave(number, of: count, hosts: hosts))
        }
    }
}
