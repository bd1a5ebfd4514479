import ArgumentParser
import MTAApply
import MTAPlan

struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract:
            "Check that every host is still as asked and still delivers. For cron and monitoring. Changes no files.",
        discussion: """
            Prints a summary, then only the problems: hosts whose mail does not get through, hosts that are no longer \
            as asked (with the diff), and hosts that could not be queried. With --quiet, prints nothing if all is \
            well.

            \(ExitStatus.help(
                (.done, "as asked, and the test message arrived by the expected route"),
                (.notDone, "a host could not be queried, or was refused"),
                (.somethingToChange, "a host is no longer as asked"),
                (.notDelivered, "as asked, but mail does not get through")
            ))
            """
    )

    @Argument(help: "The playbook.", completion: .file(extensions: ["yml", "yaml"]))
    var playbook: String

    @Flag(name: .customLong("no-send"), help: "Only compare; send no test message.")
    var noSend = false

    @OptionGroup var shared: SharedOptions

    func run() async throws {
        let work = try await CommandContext(playbook: playbook, shared: shared, showsResults: shared.json)
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
