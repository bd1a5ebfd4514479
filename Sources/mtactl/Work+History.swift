import Drivers
import Foundation
import MTAApply
import MTAPlan
import Synchronization

/// Writes this command's entry of the history.
///
/// A history that cannot be written stops nothing: hosts are changed and put back without it.
final class Recorder: Sendable {
    private enum State {
        case idle
        case recording(History, number: Int64)
    }

    private let state = Mutex(State.idle)
    private let startedBy: String

    init(startedBy: String) { self.startedBy = startedBy }

    /// Notes that hosts begin to be changed.
    ///
    /// - Throws: Where the history cannot be written; then there will be no entry.
    func begin(_ command: NextSteps.Command, run: String?) throws(Failure) {
        let history = try StateFolder.history()
        let number = try history.begin(command.rawValue, run: run, by: startedBy, at: Self.now)
        state.withLock { $0 = .recording(history, number: number) }
    }

    /// Notes how it ended; only the first end counts, as a second signal may come during an ordinary end.
    ///
    /// - Throws: Where the history cannot be written; then the entry stays unfinished.
    func end(_ record: RunRecord, lostOutput: String?) throws(Failure) {
        let recording = state.withLock { state in
            defer { state = .idle }
            return state
        }
        guard case .recording(let history, let number) = recording else { return }
        try history.end(number, record, lostOutput: lostOutput, at: Self.now)
    }

    private static var now: String { Date().formatted(.iso8601) }
}

extension CommandContext {
    func recordBeginning(_ command: NextSteps.Command, run: String?) {
        do throws(Failure) { try recorder.begin(command, run: run) } catch { terminal.warn(error) }
    }

    /// With what could not be printed, which is known once all that could be is.
    func recordEnd(_ record: RunRecord) {
        terminal.flush(within: .seconds(2))
        var record = record
        record.exit = terminal.status(after: record.exit)
        do throws(Failure) {
            try recorder.end(record, lostOutput: terminal.lostOutput)
        } catch { terminal.warn(error) }
    }
}
