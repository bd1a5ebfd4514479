package import MTAPlan

/// A command that changed hosts, as the history records it.
package struct HistoryEntry: Sendable, Equatable {
    package var number: Int64
    /// `apply`, `rollback` or `leave`.
    package var name: String
    /// The run that was made, resumed, or rolled back; `nil` where a rollback took each host's own.
    package var run: String?
    /// Who ran it: `anna@laptop`.
    package var startedBy: String
    /// RFC 3339, UTC.
    package var started: String
    /// `nil` where mtactl is still running, was killed, or left with a second Ctrl-C.
    package var end: End?

    package struct End: Sendable, Equatable {
        /// RFC 3339, UTC.
        package var time: String
        package var outcomes: [Outcome: Int]
        /// What mtactl exited with.
        package var exit: Int32
        /// Why a rollout was stopped before its end.
        package var aborted: Failure?
        /// Why the report could not be printed.
        package var lostOutput: String?

        package init(
            time: String,
            outcomes: [Outcome: Int],
            exit: Int32,
            aborted: Failure? = nil,
            lostOutput: String? = nil
        ) {
            self.time = time
            self.outcomes = outcomes
            self.exit = exit
            self.aborted = aborted
            self.lostOutput = lostOutput
        }
    }

    package init(
        number: Int64,
        name: String,
        run: String?,
        startedBy: String,
        started: String,
        end: End?
    ) {
        self.number = number
        self.name = name
        self.run = run
        self.startedBy = startedBy
        self.started = started
        self.end = end
    }
}
