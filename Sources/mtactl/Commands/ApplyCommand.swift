import ArgumentParser
import Drivers
import Foundation
import MTAApply
import MTAPlan

struct ApplyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply",
        abstract: "Back up, change, check, reload and send a test message; then commit, or put everything back.",
        discussion: """
            Shows the plan and asks before anything is changed. A saved plan is shown as a summary and carried out \
            exactly; a host that has changed since it was planned is refused.

            \(ExitStatus.help(
                (.done, "every host is as asked"),
                (.notDone, "at least one host failed and was not changed; others may be committed"),
                (.asFound, "at least one host was changed and put back as it was found; others may be committed"),
                (.stranded, "stranded: at least one host is neither as found nor as asked, or its state is unknown")
            ))
            """
    )

    @Argument(help: "The playbook, or a plan saved with `plan -o`.", completion: .file())
    var playbook: String

    @Flag(help: "Do not ask for confirmation.")
    var yes = false

    @Flag(name: .customLong("break-lock"), help: CommandContext.breakLockHelp)
    var breakLock = false

    @Option(
        help: ArgumentHelp(
            "Continue an aborted or interrupted rollout under its own run ID: committed hosts stay committed, and the waves continue from there.",
            valueName: "run"
        ),
        completion: Candidates.runs
    )
    var resume: String?

    @OptionGroup var shared: SharedOptions

    func run() async throws {
        let work = try await CommandContext(playbook: playbook, shared: shared, showsResults: true, resuming: resume)
        if breakLock { await work.breakLocks() }
        let resumption = resume == nil ? nil : try await work.resumption()
        var planned = await work.planned(for: .action)
        if let resumption { planned = work.resumed(planned, resumption) }
        if !shared.json { work.show(planned, asStat: work.isSavedPlan, isAlone: false) }
        guard try yes || isConfirmed(planned, work) else {
            return try await work.end(.change, results: planned.map(\.result), atLeast: .notDone)
        }
        let runs = work.runs
        work.begin(.apply, run: work.run)
        let (results, aborted) = await work.interruption.watch {
            await work.fleet.apply(
                planned.map { (runs[$0.result.host], $0.plan, $0.result) }.compactMap { run, plan, result in
                    run.map { ($0, plan, result) }
                },
                policy: work.rollout,
                done: planned.count { resumption?.committed.contains($0.result.host) == true }
            )
        }
        try await work.end(.change, results: results, run: work.run, aborted: aborted, of: .apply)
    }

    private func isConfirmed(_ planned: [(plan: SitePlan?, result: SiteRecord)], _ work: CommandContext) throws -> Bool
    {
        let question = ApplyQuestion(planned.map(\.result), policy: work.rollout)
        guard let words = question.words else { return true }
        return try work.confirm(words, hint: "use --yes to apply without confirmation")
    }
}
