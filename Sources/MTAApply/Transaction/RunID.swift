/// One `apply` or `rollback` over a fleet: `20261121T184002Z-7f3a`.
package struct RunID: Sendable, Hashable {
    package let text: String
    /// `anna@laptop`, for the lock on hosts.
    package let startedBy: String

    /// `time`: `20261121T184002Z`.
    ///
    /// `suffix`: Four hexadecimal digits that tell runs of one second apart.
    package init(time: String, suffix: String, startedBy: String) {
        text = "\(time)-\(suffix)"
        self.startedBy = startedBy
    }
}
