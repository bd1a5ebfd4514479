import ArgumentParser
import MTAApply
import MTAPlan

/// What mtactl exits with: one table for all commands.
///
/// Source: DESIGN.md §4.
enum ExitStatus: Int32, Sendable {
    case done = 0
    case notDone = 1
    case somethingToChange = 2
    case asFound = 3
    case stranded = 4
    case notDelivered = 5
    case commandLineWrong = 64
    case inputWrong = 65
    case interrupted = 130
    case outputLost = 141

    /// The worst that became of any host.
    init(of results: [SiteRecord]) {
        let outcomes = Set(results.map(\.outcome))
        self =
            if outcomes.contains(.stranded) {
                .stranded
            } else if outcomes.contains(.rolledBack) {
                .asFound
            } else if !outcomes.isDisjoint(with: [.unreachable, .refused, .skipped]) {
                .notDone
            } else {
                .done
            }
    }

    /// What this becomes where the operator has asked to stop: that a host is stranded has to be known first.
    var interrupted: ExitStatus { self == .stranded ? self : .interrupted }

    /// Ends the command with this status; a 0 is the ordinary end.
    func end() throws {
        if self != .done { throw ExitCode(rawValue) }
    }

    /// The part of a command's help that says what it exits with.
    static func help(_ rows: (ExitStatus, String)...) -> String {
        let common: [(ExitStatus, String)] = [
            (.commandLineWrong, "the command line is wrong"), (.inputWrong, "the playbook or the inventory is wrong"),
            (.interrupted, "interrupted"), (.outputLost, "whoever read stdout has gone, or it cannot be written"),
        ]
        let lines = (rows + common).map { status, words in
            let number = "\(status.rawValue)"
            return "  " + number + String(repeating: " ", count: 5 - number.count) + words
        }
        return "EXIT STATUS:\n" + lines.joined(separator: "\n")
    }
}
