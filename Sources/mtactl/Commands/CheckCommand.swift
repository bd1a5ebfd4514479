import ArgumentParser
import MTAApply
import MTAPlan

struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Is every host still as asked, and does it still deliver? For cron and monitoring. Changes no file.",
        discussion: """
            Prints a summary, then only what is wrong: mail that does not get through first, then what is no longer as \
            asked, with the difference, then what could not be asked. With --quiet nothing at all where all is well.

            \(ExitStatus.help(
                (.done, "as asked, and the test message took its way"),
                (.notDone, "a host could not be asked, or refuses"),
                (.somethingToChange, "a host is no longer as asked"),
                (.notDelivered, "as asked, but mail does not get through")
            ))
            """
    )

    @Argument(help: "The playbook.", completion: .file(extensions: ["yml", "yaml"]))
    var playbook: String

    @Flag(name: .customLong("no-send"), help: "Send no test message: only compare.")
    var noSend = false

    @OptionGroup var shared: SharedOptions

    func run() async throws {
        let work = try await Work(playbook: playbook, shared: shared, showsResults: shared.json)
        let planned = await work.planned()
        let results: [SiteRecord]
        if noSend {
            results = planned.map(\.result)
            if shared.json { for result in results { work.tell(result) } }
        } else {
            results = await work.verified(planned)
        }
        if !shared.json { work.terminal.show(CheckText.lines(results, isQuiet: shared.sources.quiet)) }
        try await work.end(.check, results: results)
    }
}
