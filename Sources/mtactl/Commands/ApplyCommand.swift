import ArgumentParser
import Foundation
import MTAApply
import MTAPlan

struct ApplyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply",
        abstract: "Back up, change, check, reload, prove with a test message, commit; or put back.",
        discussion: """
            Shows the plan first and asks. With a saved plan it does exactly that plan and refuses each host that is no \
            longer as it was seen.

            \(ExitStatus.help(
                (.done, "every host is as asked"),
                (.notDone, "not done, and no host was changed"),
                (.asFound, "not done; every host that was changed is as it was found"),
                (.stranded, "stranded: at least one host is neither as found nor as asked, or not known")
            ))
            """
    )

    @Argument(help: "The playbook, or a plan that was saved with `plan -o`.", completion: .file())
    var playbook: String

    @Flag(help: "Do not ask.")
    var yes = false

    @Flag(name: .customLong("break-lock"), help: Work.breakLockHelp)
    var breakLock = false

    @OptionGroup var shared: SharedOptions

    func run() async throws {
        let work = try await Work(playbook: playbook, shared: shared, showsResults: true)
        if breakLock { await work.breakLocks() }
        let planned = await work.planned()
        let toChange = planned.count { $0.result.outcome == .wouldChange }
        if !shared.json { work.show(planned) }
        if toChange > 0, !yes {
            let question = "change \(toChange) host\(toChange == 1 ? "" : "s")?"
            guard try work.confirm(question, hint: "give --yes to apply without being asked") else {
                return try await work.end(.notDone, results: planned.map(\.result), run: nil)
            }
        }
        let runs = work.runs
        let (results, aborted) = await work.interruption.watch {
            await work.fleet.apply(
                planned.map { (runs[$0.result.host], $0.plan, $0.result) }.compactMap { run, plan, result in
                    run.map { ($0, plan, result) }
                },
                policy: work.rollout
            )
        }
        if let aborted { work.terminal.complain(aborted) }
        try await work.end(ExitStatus(of: results), results: results, run: work.run, aborted: aborted)
    }
}
