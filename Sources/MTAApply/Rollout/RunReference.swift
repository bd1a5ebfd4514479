package import Drivers
package import MTAPlan

/// The hosts of a run by what happened to them, as `--limit @RUN:failed` names them.
package struct RunReference: Sendable, Equatable {
    package enum Selection: String, Sendable, CaseIterable {
        case committed
        case rolledBack = "rolled-back"
        case stranded
        /// All that are not committed: also those that were refused, could not be reached or were not started.
        case failed
    }

    package let run: String
    package let outcome: Selection

    /// `nil` where the text names no run, and so a file.
    ///
    /// - Throws: Where it names a run and no outcome.
    package init?(_ text: String) throws(Failure) {
        let words = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard RunID.isName(words[0]) else { return nil }
        guard words.count == 2, let outcome = Selection(rawValue: words[1]) else {
            let known = Selection.allCases.map { "`@\(words[0]):\($0.rawValue)`" }.joined(separator: ", ")
            throw Failure("`@\(text)` does not say which hosts of the run to select", hint: "write \(known)")
        }
        (self.run, self.outcome) = (words[0], outcome)
    }
}

extension RunReference.Selection {
    /// Whether a host belongs to it, by what its journal says; `nil` where it did not answer.
    package func fits(_ state: RunState?) -> Bool {
        switch self {
        case .committed: state == .confirmed
        case .rolledBack: state == .restored
        case .stranded: [.pending, .preparing, .restoring, .stranded].contains(state)
        case .failed: state != .confirmed
        }
    }
}
