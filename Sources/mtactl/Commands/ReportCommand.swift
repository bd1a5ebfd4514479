import ArgumentParser
import Drivers
import MTAApply
import MTAPlan

struct ReportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Show one run in full, as it was printed when it ended.",
        discussion: """
            It includes output that could not be printed. Runs started on another machine are not known here: `mtactl backups show RUN` asks the hosts.

            \(ExitStatus.help((.done, "done"), (.notDone, "the history cannot be read, or does not have this run")))
            """
    )

    @Argument(help: "The run, like 20261121T184002Z-7f3a.")
    var runName: String

    @Flag(help: "Print one JSON object per line, in a stable format.")
    var json = false

    @Option(help: ArgumentHelp("When to use colour: auto, always, never.", valueName: "when"))
    var color: ColorChoice = .auto

    func run() async throws {
        let terminal = Terminal(color: color)
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
            hint: RunID.isName(runName)
                ? "`mtactl backups show \(runName)` asks the hosts" : "`mtactl history` lists the runs"
        )
    }
}
