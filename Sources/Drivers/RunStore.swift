package import MTAPlan

/// What is read of the runs that are kept: on the site, where its driver guarantees that.
package protocol RunArchive: Sendable {
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

    /// What the plan of a run showed, without secrets; none where that is not kept.
    func edits(of run: String) async throws(Failure) -> [Edit]
}

/// What is done with the runs that are kept.
package protocol RunStore: RunArchive {
    /// Puts the site back as it was before a run.
    ///
    /// `progress`: Told what is done, one line each.
    func restore(_ run: String, _ mode: RestoreMode, progress: @Sendable (String) -> Void) async throws(Failure)
        -> Restored

    /// Removes runs that the site chooses itself.
    func prune(_ choice: PruneChoice) async throws(Failure)

    /// Removes these runs.
    ///
    /// - Throws: Also where one of them is unfinished.
    func forget(_ runs: [String]) async throws(Failure)

    /// Removes everything that is kept, and the place where it was.
    ///
    /// - Throws: Also where another run is in progress, or a run is unfinished.
    func eraseAll() async throws(Failure)

    /// Removes a stale lock: of a run that is neither in progress nor unfinished.
    ///
    /// - Throws: Also where it is, with who has it.
    func breakLock() async throws(Failure)
}

extension RunArchive {
    package func edits(of run: String) async throws(Failure) -> [Edit] { [] }
}

extension RunStore {
    package func forget(_ runs: [String]) async throws(Failure) {
        throw Failure("this site's backups cannot be removed run by run", hint: "`mtactl backups prune --keep N`")
    }

    package func eraseAll() async throws(Failure) {
        throw Failure("this site's backups cannot be removed as a whole", hint: "check it by hand")
    }
}

/// Which of its backed-up runs a site removes; never one that is unfinished.
package enum PruneChoice: Sendable, Hashable {
    /// All but so many, and the newest that can be put back.
    case allBut(newest: Int)
    /// Those that may keep a password that is no longer in use, the newest too.
    case rotated
}

/// What a site's journal says of a run.
package struct RunStatus: Sendable, Equatable {
    package var state: RunState
    /// In how many seconds the site puts itself back, where it was told to.
    package var secondsLeft: Int?
    /// Whether nothing on the site will put it back, though nobody confirmed the run: that is left to us.
    package var isUnwatched: Bool

    package init(_ state: RunState, secondsLeft: Int? = nil, isUnwatched: Bool = false) {
        self.state = state
        self.secondsLeft = secondsLeft
        self.isUnwatched = isUnwatched
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
