import ArgumentParser
import Drivers
import MTAApply
import MTAPlan

struct ReportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "One run in full, as it was printed when it ended.",
        discussion: """
            What was lost because nobody could print it is in it, too. Runs that were started on another machine are not \
            known here: `mtactl backups show RUN` asks the hosts.

            \(ExitStatus.help((.done, "done"), (.notDone, "the history cannot be read, or does not have this run")))
            """
    )

    @Argument(help: "The run, like 20261121T184002Z-7f3a.", completion: Candidates.runs)
    var runName: String

    @Flag(help: "One JSON object a line, in a stable format.")
    var json = false

    @Option(help: ArgumentHelp("When to use colour: auto, always, never.", valueName: "when"))
    var color: ColorChoice = .auto

    func run() async throws {
        let terminal = Terminal(color: color)
        try Files(terminal: terminal).checkRun(runName)
        let records = try terminal.read { history throws(Failure) in
            let records = try history.records(of: runName)
            if records.isEmpty { throw unknown }
            return records
        }
        if json { terminal.show(JSONReport.version(MTACtl.version)) }
        for (entry, record) in records {
            if json {
                terminal.show(JSONReport.command(entry))
                for site in record.sites { terminal.show(JSONReport.host(site)) }
                terminal.show(JSONReport.summary(record))
            } else {
                terminal.show(HistoryText.report(entry, record))
            }
        }
    }

    private var unknown: Failure {
        Failure(
            "the history of this machine has no run \(runName)",
            hint: "`mtactl history` lists the runs of this machine; `mtactl backups show \(runName)` asks the hosts"
        )
    }
}
