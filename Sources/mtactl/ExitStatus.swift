import ArgumentParser
import MTAApply

extension ExitStatus {
    /// What this becomes where the operator has asked to stop: that a host is stranded has to be known first.
    var whenInterrupted: ExitStatus { self == .stranded ? self : .interrupted }

    /// Ends the command with this status; 0 is the ordinary end.
    func end() throws {
        if self != .done { throw ExitCode(rawValue) }
    }

    /// The part of a command's help that says what it exits with.
    static func help(_ rows: (ExitStatus, String)...) -> String {
        let common: [(ExitStatus, String)] = [
            (.commandLineWrong, "the command line is wrong"), (.inputWrong, "the playbook or the inventory is wrong"),
            (.interrupted, "interrupted"), (.outputLost, "stdout was closed by its reader, or cannot be written"),
        ]
        let lines = (rows + common).map { status, words in
            let number = "\(status.rawValue)"
            return "  " + number + String(repeating: " ", count: 5 - number.count) + words
        }
        return "EXIT STATUS:\n" + lines.joined(separator: "\n")
    }
}
