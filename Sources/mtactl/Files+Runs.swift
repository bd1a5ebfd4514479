import Drivers
import Foundation
import MTAPlan

extension RunID {
    /// A run of this process and its user.
    ///
    /// In containers every process may have the same number, but each has a host name of its own.
    static func new(at time: Date) -> RunID {
        let machine = ProcessInfo.processInfo.hostName.utf8.reduce(0) { ($0 &* 31 &+ Int32($1)) & 0xFFFF }
        return RunID(startedAt: time, by: person, process: ProcessInfo.processInfo.processIdentifier ^ machine)
    }

    /// An earlier run, which this user goes on with.
    ///
    /// - Returns: `nil` where this is no run's name.
    static func resumed(_ name: String) -> RunID? { RunID(resuming: name, by: person) }

    private static var person: String { "\(NSUserName())@\(ProcessInfo.processInfo.hostName)" }
}

extension Files {
    /// Checks the name of a run that was given as an argument, before it becomes part of a file's name or of a call.
    ///
    /// - Throws: `ExitCode`, once it is said that this is no run.
    func checkRun(_ name: String) throws {
        if !RunID.isName(name) { throw stop(.notARun(name)) }
    }
}

extension Failure {
    /// `text` was given as a run and does not have the form of one.
    static func notARun(_ text: String) -> Failure {
        Failure(
            "`\(Printable.line(text))` is not a run",
            hint: "`mtactl backups list` and `mtactl history` show them: 20261121T184002Z-7f3a"
        )
    }
}
