package import MTAPlan

/// What is kept of runs: on the site, where its driver guarantees that.
package protocol RunStore: Sendable {
    /// What the site says of a run, whoever began it.
    func state(of run: String) async throws(Failure) -> RunStatus

    /// All runs that are kept, oldest first, and who has the lock.
    func kept() async throws(Failure) -> KeptRuns

    /// The same, with everything that was backed up compared with what it was.
    func audited() async throws(Failure) -> KeptRuns

    /// What is written down of a run, by name, for people.
    ///
    /// - Throws: Also when there is no such run.
    func records(of run: String) async throws(Failure) -> [RunText]

    /// Puts the site back as it was before a run.
    ///
    /// `progress`: Told what is done, a line each.
    func restore(_ run: String, _ mode: RestoreMode, progress: @Sendable (String) -> Void) async throws(Failure)
        -> Restored

    /// Takes away all runs but the newest ones, those that are unfinished, and the newest that can be put back.
    func prune(keeping count: Int) async throws(Failure)

    /// Takes away the runs that may keep a password that is no longer in use, the newest too.
    func pruneRotated() async throws(Failure)

    /// Takes away the lock of a run that is neither at work nor unfinished.
    ///
    /// - Throws: Also where it is, with who has it.
    func breakLock() async throws(Failure)
}

extension RunStore {
    package func pruneRotated() async throws(Failure) {
        throw Failure(
            "which backups hold an old password cannot be told of this kind of site",
            hint: "prune by number instead"
        )
    }
}

/// What a site's journal says of a run.
package struct RunStatus: Sendable, Equatable {
    package var state: RunState
    /// In how many seconds the site puts itself back, where it was told to.
    package var secondsLeft: Int?

    package init(_ state: RunState, secondsLeft: Int? = nil) {
        self.state = state
        self.secondsLeft = secondsLeft
    }
}

/// One of the texts that are kept of a run: its manifest, its journal.
package struct RunText: Sendable, Equatable {
    package var name: String
    package var text: String

    package init(_ name: String, _ text: String) {
        self.name = name
        self.text = text
    }
}

package enum RestoreMode: Sendable, Hashable {
    /// What changed since the run is a conflict, and refused.
    case unlessChanged
    /// What changed since is put back as well; the present version is kept.
    case force
    /// As the site does by itself when nobody confirms.
    case expired
}

package enum Restored: Sendable, Equatable {
    case done
    /// Nothing was touched.
    case refused(Failure)
    case stranded(Failure)
}
