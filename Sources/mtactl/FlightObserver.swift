import MTAApply

/// Remembers which hosts are in flight (progress was reported, and no end yet) and how the others ended.
struct FlightObserver: RunObserver {
    let observer: any RunObserver
    let interruption: Interruption

    func progress(_ host: String, _ words: String) {
        interruption.flying(host)
        observer.progress(host, words)
    }

    func ended(_ result: SiteRecord) {
        interruption.landed(result)
        observer.ended(result)
    }

    func rollout(_ event: RolloutEvent) { observer.rollout(event) }
}
