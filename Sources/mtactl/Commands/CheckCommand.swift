import ArgumentParser
import MTAApply
import MTAPlan

struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Is every host still as asked, and does it still deliver? For cron and monitoring. Changes no file.",
        discussion: ExitStatus.help(
            (.done, "as asked, and the test message took its way"),
            (.notDone, "a host could not be asked, or refuses"),
            (.somethingToChange, "a host is no longer as asked"),
            (.notDelivered, "as asked, but mail does not get through")
        )
    )

    @Argument(help: "The playbook.", completion: .file(extensions: ["yml", "yaml"]))
    var playbook: String

    @OptionGroup var shared: SharedOptions

    func run() async throws {
        let work = try await Work(playbook: playbook, shared: shared, showsResults: true)
        let results = await work.verified(await work.planned())
        var status = ExitStatus(of: results)
        if status == .done {
            if results.contains(where: { $0.outcome == .wouldChange }) {
                status = .somethingToChange
            } else if results.contains(where: { $0.failure != nil }) {
                status = .notDelivered
            }
        }
        try await work.end(status, results: results, run: nil)
    }
}
