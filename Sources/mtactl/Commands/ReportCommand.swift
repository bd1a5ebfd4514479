import ArgumentParser
import Drivers
import Foundation
import MTAApply
import MTAPlan

struct ReportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "One run in full, as it was printed when it ended; or what the answers of scripts say.",
        discussion: """
            It includes output that could not be printed. Runs started on another machine are not known here: `mtactl backups show RUN` asks the hosts.

            Answers of scripts are judged by the plans that `mtactl script` has kept on this machine.

            \(ExitStatus.help(
                (.done, "done; of answers: all well"),
                (.notDone, "no such run, or the history cannot be read; a script has refused"),
                (.asFound, "-Apply of a script has put a host back"),
                (.stranded, "a script has left a host neither as found nor as asked, or not known"),
                (.notDelivered, "the test message of a script did not get through")
            ))
            """
    )

    @Argument(
        help: ArgumentHelp(
            "The run, like 20261121T184002Z-7f3a; or files that scripts have written: HOST.apply.answer.",
            valueName: "run"
        ),
        completion: Candidates.runs
    )
    var names: [String]

    @Flag(help: "Print one JSON object per line, in a stable format.")
    var json = false

    @Option(help: ArgumentHelp("When to use colour: auto, always, never.", valueName: "when"))
    var color: ColorChoice = .auto

    func run() async throws {
        let terminal = Terminal(color: color)
        let files = Files(terminal: terminal)
        guard names.count == 1, let runName = names.first, !FileManager.default.fileExists(atPath: runName) else {
            return try AnswerReport(terminal: terminal, json: json).show(names)
        }
        try files.checkRun(runName)
        let records = try terminal.read { history throws(Failure) in
            let records = try history.records(of: runName)
            if records.isEmpty { throw unknown(runName) }
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

    private func unknown(_ runName: String) -> Failure {
        Failure(
            "the history of this machine has no run \(runName)",
            hint: "`mtactl history` lists the runs of this machine; `mtactl backups show \(runName)` asks the hosts"
        )
    }
}
