import MTAApply
import MTAPlan

/// Tells people how a run goes on: progress on stderr, each host's end as it comes.
struct HumanObserver: RunObserver {
    let terminal: Terminal
    /// Results are shown as they come, not only progress.
    let showsResults: Bool

    func progress(_ host: String, _ words: String) {
        terminal.say("\(host)  \(words)")
    }

    func ended(_ result: SiteRecord) {
        guard showsResults else { return }
        terminal.show(ResultText.lines(result))
    }
}

/// Tells programs: one JSON object a line.
struct JSONObserver: RunObserver {
    let terminal: Terminal
    /// Progress is told too.
    let tellsProgress: Bool

    func progress(_ host: String, _ words: String) {
        if tellsProgress { terminal.show(JSONReport.progress(host, words)) }
    }

    func ended(_ result: SiteRecord) { terminal.show(JSONReport.host(result)) }
}

/// Keeps in mind which hosts are in flight: those that have told of progress and have not ended.
struct FlightObserver: RunObserver {
    let observer: any RunObserver
    let interruption: Interruption

    func progress(_ host: String, _ words: String) {
        interruption.flying(host)
        observer.progress(host, words)
    }

    func ended(_ result: SiteRecord) {
        interruption.landed(result.host)
        observer.ended(result)
    }
}
