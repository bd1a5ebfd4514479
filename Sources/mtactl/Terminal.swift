import Console
import Foundation
import MTAApply
import MTAPlan
import Synchronization
import SystemPackage

// What mtactl prints:
//
//   stdout   what was asked for: the plan, the report, JSON with --json. Pipe it.
//   stderr   progress, warnings and errors. One line each, host first.
//
// Lower case, no full stop, no exclamation. No colour unless it goes to a terminal and NO_COLOR is unset.
// A host's lines start with its name, so that `grep mx1` is that host's story.
// Nothing is asked unless stdin is a terminal; without one, what would be asked is refused with a hint.
// All that is printed comes through here, and is made printable here, whoever wrote it: what a host, a file or an argument
// says steers no terminal and begins no line. Colour is added afterwards.
// Where stdout or stderr is closed or full, what goes there is dropped: that ends no command half-way (`close`).

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

    /// Lines of what was asked for, in colour where that is wanted.
    func show(_ lines: [String]) {
        let lines = lines.map { line in
            let line = Self.printable(line)
            return (colorOutput ? Self.colored(line) : line) + "\n"
        }
        above { Outlet.output.write(lines.joined()) }
    }

    func show(_ line: String) { show([line]) }

    func show(_ json: JSONValue) { above { Outlet.output.write(json.text + "\n") } }

    /// A text of our own, of many lines: help, a schema.
    func show(text: String) { Outlet.output.write(Printable.text(text)) }

    /// Progress and warnings: one line.
    func say(_ line: String) { above { Outlet.errors.write(Self.printable(line) + "\n") } }

    /// What is wrong with the command line, with how it is used.
    func say(usage text: String) { Outlet.errors.write(Printable.text(text)) }

    /// What may surprise the operator and stops nothing.
    func warn(_ warning: Failure) {
        complain(Failure("warning: \(warning.problem)", hint: warning.hint, at: warning.place))
    }

    func complain(_ failure: Failure) {
        above { Outlet.errors.write(failure.lines.map { Self.printable($0) + "\n" }.joined()) }
    }

    /// The lines of stderr that change while a run goes on; `nil` where it is not a terminal.
    func liveLines() -> LiveLines? { LiveLines.begin { Outlet.errors.write($0) } }

    /// Above the lines that change, where there are some.
    private func above(_ body: () -> Void) {
        guard let live = LiveLines.current.withLock({ $0 }) else { return body() }
        live.around(body)
    }

    /// Asks for a yes on the terminal.
    ///
    /// - Throws: When there is no terminal to ask on, or what the question is about could not be shown.
    func confirm(_ question: String, hint: String) throws(Failure) -> Bool {
        guard isatty(STDIN_FILENO) == 1 else {
            throw Failure("cannot ask \"\(question)\": stdin is not a terminal", hint: hint)
        }
        Outlet.errors.write(Self.printable(question) + " [y/N] ")
        Outlet.flush()
        guard Outlet.errors.failure == nil, Outlet.output.failure == nil else {
            throw Failure("cannot ask \"\(question)\": the output before it could not be written", hint: hint)
        }
        let answer = StandardInput.line() ?? ""
        return ["y", "yes"].contains(answer.lowercased())
    }

    /// Waits for Enter, which a program may send too, as nothing is decided by it.
    ///
    /// - Throws: When stdin ends.
    func waitForReturn() throws(Failure) {
        Outlet.errors.write("press Enter when that is done\n")
        Outlet.flush()
        guard StandardInput.line() != nil else {
            throw Failure("cannot wait for Enter: stdin is not a terminal", hint: "run it in a terminal")
        }
    }

    /// Asks for a secret, which the terminal does not show.
    func hiddenAnswer(to question: String) async -> HiddenAnswer.Ending {
        await HiddenAnswer.read {
            Outlet.errors.write(Self.printable(question) + ": ")
            Outlet.flush()
        }
    }

    /// A line as it may be shown; tabs stay, as they are in configuration files.
    private static func printable(_ line: String) -> String {
        let text = Printable.text(line)
        return text.utf8.contains(0x0A) ? text.replacing("\n", with: "\\n") : text
    }

    /// Diff lines in green and red, headings bold; the words stay the same.
    private static func colored(_ line: String) -> String {
        let colors = [
            ("    +", "32"), ("    -", "31"), ("    @@", "36"), ("  refused", "31"), ("  unreachable", "31"),
            (" ", nil),
        ]
        let color = line.isEmpty ? nil : colors.first { line.hasPrefix($0.0) }.map(\.1) ?? "1"
        return color.map { "\u{1B}[\($0)m\(line)\u{1B}[0m" } ?? line
    }
}

extension Terminal {
    /// Whether nobody can read what goes to stdout, as far as is known yet.
    var isOutputLost: Bool { Outlet.output.failure != nil }

    /// Why stdout could not be written; `nil` where it could be, as far as is known yet.
    var lostOutput: String? { Outlet.output.failure?.description }

    /// Waits until all is printed, or cannot be.
    func flush(within limit: Duration? = nil) { Outlet.flush(within: limit) }

    /// What the program exits with in place of `status`: 141 where stdout was lost, but that a host is stranded has to be
    /// known first.
    func status(after status: Int32) -> Int32 {
        isOutputLost && status != ExitStatus.stranded.rawValue ? ExitStatus.outputLost.rawValue : status
    }

    /// Prints what still waits.
    ///
    /// - Returns: What the program exits with, in place of `status`.
    func close(after status: Int32) -> Int32 {
        flush()
        // Who closed stdout knows that.
        if let failure = Outlet.output.failure, failure != .brokenPipe, failure != .badFileDescriptor {
            say("stdout could not be written: \(failure)")
            flush()
        }
        return self.status(after: status)
    }
}
