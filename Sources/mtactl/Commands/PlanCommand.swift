import ArgumentParser
import Foundation
import MTAApply
import MTAPlan

struct PlanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Show what apply would change. Writes nothing anywhere on a host.",
        discussion: ExitStatus.help(
            (.done, "planned; with --detailed-exitcode: every host is as asked"),
            (.notDone, "a host could not be read, or was refused"),
            (.somethingToChange, "with --detailed-exitcode: there is something to change")
        )
    )

    @Argument(help: "The playbook.", completion: .file(extensions: ["yml", "yaml"]))
    var playbook: String

    @Option(
        name: [.customShort("o"), .customLong("output")],
        help: ArgumentHelp("Save the plan for `apply FILE`. It contains no secrets.", valueName: "file"),
        completion: .file()
    )
    var output: String?

    @Flag(name: .customLong("detailed-exitcode"), help: "Exit with 2 when there is something to change.")
    var detailedExitCode = false

    @Flag(help: "Show one line for all hosts with the same changes, without the diffs.")
    var stat = false

    @Flag(help: "Show how each probed message is handled today, and how it would be after the change.")
    var explain = false

    @OptionGroup var shared: SharedOptions

    func run() async throws {
        let work = try await CommandContext(playbook: playbook, shared: shared, showsResults: false)
        let planned = await work.planned()
        if let output { try work.save(planned, to: output) }
        work.show(planned, asStat: stat)
        if explain, !shared.json { work.explain(planned) }
        try await work.end(detailedExitCode ? .detailedPlan : .plan, results: planned.map(\.result))
    }
}
