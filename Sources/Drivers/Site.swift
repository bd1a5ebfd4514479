package import MTAPlan

/// What is planned, changed, counted and kept as one: on Unix a host, elsewhere whatever shares a configuration.
///
/// It is connected to when that is first needed, and the connection is kept, so a plan and the apply after it cost one
/// login.
package protocol Site: Sendable {
    /// As the operator calls it. Every line and every result carries this name.
    var name: String { get }
    /// Where tasks that talk to the site had best run.
    var executor: (any TaskExecutor)? { get }

    /// Asks everything that planning needs, or a survey.
    ///
    /// `files`: Files that a playbook names, asked for besides.
    ///
    /// - Throws: When the site cannot be reached, refuses the login, or does not answer completely.
    func facts(for purpose: FactsPurpose, files: [String]) async throws(Failure) -> Facts

    /// Opens a conversation, which ends with `body`.
    ///
    /// `progress`: Told what the site does, one line each.
    func withDriver<Result: Sendable>(
        progress: @escaping @Sendable (String) -> Void,
        _ body: (any Driver) async throws(Failure) -> Result
    ) async throws(Failure) -> Result

    /// Where the site keeps what a run replaced; `nil` where it keeps nothing.
    func backup(of run: String) -> BackupPlace?

    /// Ends the connection; the next call makes a new one.
    func close() async
}

/// Where a run is kept on a site, and how a person puts the site back from there.
package struct BackupPlace: Sendable, Hashable {
    package var path: String
    /// What is typed on the site: `sh /var/backups/mtactl/RUN/restore`.
    package var restore: String

    package init(path: String, restore: String) {
        self.path = path
        self.restore = restore
    }
}

package enum FactsPurpose: Sendable {
    case plan
    /// As `plan`, where what acts on the site is to follow: it is sent along, so that it is ready when it is called.
    case action
    /// `mtactl facts`: also the queue, and whatever else takes time and no plan needs.
    case survey
}
