import Foundation
import MTAApply
import MTAPlan

// What mtactl prints:
//
//   stdout   what was asked for: the plan, the report, JSON with --json. Pipe it.
//   stderr   progress, warnings and errors. One line each, host first.
//
// Lower case, no full stop, no exclamation. No colour unless it goes to a terminal and NO_COLOR is unset.
// A host's lines start with its name, so that `grep mx1` is that host's story.
// Nothing is asked unless stdin is a terminal; without one, what would be asked is refused with a hint.
// What a host said is printed through `Printable`, so that it cannot steer the terminal.

/// When to print in colour.
enum ColorChoice: String, Sendable, CaseIterable {
    case auto, always, never
}

/// The one place that prints.
struct Terminal: Sendable {
    private let colorOutput: Bool

    init(color: ColorChoice = .auto) {
        let environment = ProcessInfo.processInfo.environment
        colorOutput =
            switch color {
            case .always: true
            case .never: false
            case .auto:
                isatty(STDOUT_FILENO) == 1 && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
            }
    }

    /// What was asked for, in colour where that is wanted.
    func show(_ text: String) {
        let text = colorOutput ? Self.colored(text) : text
        FileHandle.standardOutput.write(Data(text.utf8))
    }

    func show(_ json: JSONValue) {
        FileHandle.standardOutput.write(Data((json.text + "\n").utf8))
    }

    /// Progress and warnings: one line.
    func say(_ line: String) {
        FileHandle.standardError.write(Data((line + "\n").utf8))
    }

    func complain(_ failure: Failure) {
        say(failure.description)
    }

    /// Asks for a yes on the terminal.
    ///
    /// - Throws: When there is no terminal to ask on.
    func confirm(_ question: String, hint: String) throws(Failure) -> Bool {
        guard isatty(STDIN_FILENO) == 1 else { throw Failure("nobody is there to ask: \(question)", hint: hint) }
        FileHandle.standardError.write(Data("\(question) [y/N] ".utf8))
        let answer = readLine(strippingNewline: true) ?? ""
        return ["y", "yes"].contains(answer.lowercased())
    }

    /// Diff lines in green and red, headings bold; the words stay the same.
    private static func colored(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            let code: String? =
                if line.hasPrefix("    +") { "32" } else if line.hasPrefix("    -") {
                    "31"
                } else if line.hasPrefix("    @@") {
                    "36"
                } else if line.hasPrefix("  refused") || line.hasPrefix("  unreachable") {
                    "31"
                } else if !line.hasPrefix(" "),
                    !line.isEmpty
                { "1" } else { nil }
            return code.map { "\u{1B}[\($0)m\(line)\u{1B}[0m" } ?? String(line)
        }.joined(separator: "\n")
    }
}
