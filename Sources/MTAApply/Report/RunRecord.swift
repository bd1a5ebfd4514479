package import MTAPlan

/// Everything that happened in one command over a fleet: text and JSON are made from it alone.
package struct RunRecord: Sendable, Equatable, Codable {
    /// As on the sites: `20261121T184002Z-7f3a`; `nil` where the command changes none.
    package var run: String?
    /// In the order of the inventory, or of the waves.
    package var sites: [SiteRecord]
    /// Why a rollout was stopped before its end.
    package var aborted: Failure?
    /// What mtactl exits with.
    package var exit: Int32

    package init(run: String?, sites: [SiteRecord], aborted: Failure? = nil, exit: Int32) {
        self.run = run
        self.sites = sites
        self.aborted = aborted
        self.exit = exit
    }
}
