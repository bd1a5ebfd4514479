package import Drivers

/// Which of a host's runs are removed where their number does not decide.
package enum Pruning {
    /// Finished ones only; an unfinished run is still needed.
    ///
    /// `before`: Only those that began earlier: `20261121T184002Z`. `nil`: all.
    package static func doomed(_ runs: [KeptRun], before: String?) -> [String] {
        runs.filter { run in
            [.confirmed, .restored].contains(run.state) && before.map { run.run < $0 } ?? true
        }.map(\.run)
    }
}
