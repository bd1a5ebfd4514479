package import Drivers

/// Which of the runs that a host keeps are taken away where their number does not decide.
package enum Pruning {
    /// Those that are over; one that is unfinished is needed.
    ///
    /// `before`: Only those that began earlier: `20261121T184002Z`. `nil`: all.
    package static func doomed(_ runs: [KeptRun], before: String?) -> [String] {
        runs.filter { run in
            [.confirmed, .restored].contains(run.state) && before.map { run.run < $0 } ?? true
        }.map(\.run)
    }
}
