/// A run's folder in a host's backups.
package struct KeptRun: Sendable, Equatable {
    package var run: String
    package var state: RunState
    package var server: String
    /// Or, of what is not a file, changes: see `unit`.
    package var files: Int
    package var unit: Unit = .file
    /// Of the files that were backed up.
    package var bytes: Int
    /// What is wrong with the backup, where that was looked for.
    package var damage: [String] = []
    /// `anna@laptop`; `nil` where that is not written down.
    package var startedBy: String?
    /// When, as RFC 3339 has it.
    package var since: String?

    package init(run: String, state: RunState, server: String, files: Int, bytes: Int, damage: [String] = []) {
        self.run = run
        self.state = state
        self.server = server
        self.files = files
        self.bytes = bytes
        self.damage = damage
    }

    /// What `files` counts.
    package enum Unit: String, Sendable { case file, change }

    /// `2 files`, `1 change`.
    package var amount: String { "\(files) \(unit.rawValue)\(files == 1 ? "" : "s")" }

    package var canBePutBack: Bool {
        switch state {
        case .confirmed, .pending, .restoring, .stranded, .preparing: true
        case .none, .restored: false
        }
    }
}

/// What is kept on a host, oldest first, and who has its lock.
package struct KeptRuns: Sendable, Equatable {
    package var runs: [KeptRun] = []
    package var lock: String?

    package init(runs: [KeptRun] = [], lock: String? = nil) {
        self.runs = runs
        self.lock = lock
    }
}
