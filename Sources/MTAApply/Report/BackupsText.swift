package import Drivers
internal import MTAPlan

/// What is kept on hosts, as a table, and who has their locks.
package enum BackupsText {
    private static let heading = ["HOST", "RUN", "STATE", "SERVER", "CHANGED", "KEPT", "STARTED BY"]

    /// `all`: What each host keeps, in the order of the hosts.
    package static func lines(_ all: [(host: String, kept: KeptRuns)]) -> [String] {
        let rows = all.flatMap { host, kept in
            kept.runs.map { run in
                [
                    host, run.run, run.state.rawValue, run.server, run.amount, size(of: run), run.startedBy ?? "-",
                ]
            }
        }
        let locks = all.compactMap { host, kept in kept.lock.map { "\(host)  locked by \($0)" } }
        return (rows.isEmpty ? [] : TextTable.lines([heading] + rows)) + locks
    }

    /// Files that the run created have nothing that could be kept; of a run that was put back only its journal is.
    private static func size(of run: KeptRun) -> String {
        guard run.bytes == 0, run.files > 0, run.unit == .file else { return "\(run.bytes) bytes" }
        return run.state == .restored ? "nothing, it is put back" : "nothing was there before"
    }
}
