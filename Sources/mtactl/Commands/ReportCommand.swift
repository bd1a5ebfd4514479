import ArgumentParser
import Drivers
import Foundation
import MTAApply
import MTAPlan

struct ReportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Show one run in full, as it was printed when it ended, or what the answers of scripts say.",
        discussion: """
            Includes output that could not be printed. Knows only runs started on this machine: `mtactl backups show \
            RUN` asks the hosts.

            Answers of scripts are judged by the plans that `mtactl script` keeps on this machine, the newest \
            \(StateFolder.most).

            \(ExitStatus.help(
                (.done, "done; with answers: every script succeeded"),
                (.notDone, "no such run, the history cannot be read, or a script refused"),
                (.asFound, "the -Apply of a script put a host back"),
                (.stranded, "stranded: a script left a host neither as found nor as asked, or its state is unknown"),
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
