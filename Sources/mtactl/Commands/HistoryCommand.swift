import ArgumentParser
import MTAApply
import MTAPlan

struct HistoryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "List the commands that changed hosts from this machine, and how each ended.",
        discussion: """
            Newest last. The last \(History.most) are kept, in $XDG_STATE_HOME/mtactl/history.db, else in \
            ~/.local/state/mtactl. `mtactl report RUN` shows one run in full.

            \(ExitStatus.help((.done, "done"), (.notDone, "the history cannot be read")))
            """
    )

    @Flag(help: "Print one JSON object per line, in a stable format.")
    var json = false

    @Option(help: ArgumentHelp("When to use colour: auto, always, never.", valueName: "when"))
    var color: ColorChoice = .auto

    func run() async throws {
        let terminal = Terminal(color: color)
        let entries = try terminal.read { history throws(Failure) in try history.entries() }
        if json {
            terminal.show(JSONReport.version(MTACtl.version))
            for entry in entries { terminal.show(JSONReport.command(entry)) }
        } else if entries.isEmpty {
            terminal.say("no host has been changed from this machine yet")
        } else {
            terminal.show(HistoryText.lines(entries))
        }
    }
}

extension Terminal {
    /// What is read from the history.
    ///
    /// - Throws: `ExitCode`, once it is said why it cannot be read.
    func read<Value>(_ body: (History) throws(Failure) -> Value) throws -> Value {
        do { return try body(try StateFolder.history()) } catch {
            complain(error)
            throw ExitCode(ExitStatus.notDone.rawValue)
        }
    }
}
