import ArgumentParser
import Drivers
import MTAApply
import MTAPlan

struct RollbackCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollback",
        abstract: "Put hosts back as they were before a run, from the backups on them.",
        discussion: """
            Without RUN, puts back the newest run found on these hosts. Shows what would be put back and asks. Hosts \
            that took no part are left alone. A host with a file that was changed after the run is refused, unless \
            --force is given.

            \(ExitStatus.help(
                (.done, "every host that took part is as it was before"),
                (.notDone, "a host could not be reached, a file was changed since, or no host has such a run; nothing was written there"),
                (.stranded, "a host could not be put back completely")
            ))
            """
    )

    @Argument(help: "The run, like 20261121T184002Z-7f3a.")
    var runName: String?

    @Flag(help: "Put back each host's own newest run, instead of the newest run of all.")
    var each = false

    @Flag(help: "Do not ask for confirmation.")
    var yes = false

    @Flag(name: .customLong("break-lock"), help: CommandContext.breakLockHelp)
    var breakLock = false

    @Flag(help: "Also put back what was changed since; the current files are kept in the backup folder.")
    var force = false

    @OptionGroup var shared: SharedOptions

    func validate() throws {
        if each, runName != nil {
            throw ValidationError("--each uses each host's newest run, so it cannot be combined with RUN")
        }
    }

    private var wanted: RollbackChoice.Wanted {
        runName.map { .run($0) } ?? (each ? .each : .newest)
    }

    func run() async throws {
        let work = try await CommandContext(inventoryOnly: shared, showsResults: true)
        if breakLock { await work.breakLocks() }
        let answers = await work.answers { (_, driver) async throws(Failure) in try await driver.kept() }
        let choice = RollbackChoice(answers, wanted)
        let runs = Dictionary(uniqueKeysWithValues: choice.chosen.map { ($0.host, $0.run.run) })
        if !shared.json { await show(choice, runs, work) }
        if !yes, !choice.chosen.isEmpty {
            let question = RollbackText.question(choice)
            guard try work.confirm(question, hint: "use --yes to roll back without confirmation") else {
                return try await work.end(.rollBack, results: [], atLeast: .notDone)
            }
        }
        for result in choice.others where shared.json || result.outcome != .skipped { work.tell(result) }
        work.begin(.rollBack, run: choice.run)
        let force = force
        let hosts = work.hosts.filter { runs[$0.site.name] != nil }
        let results = await work.interruption.watch {
            await work.fleet.each(hosts) { host in
                await host.rollBack(to: runs[host.site.name] ?? "", force: force)
            }
        }
        try await work.end(.rollBack, results: choice.others + results, run: choice.run, of: .rollBack)
    }

    private func show(_ choice: RollbackChoice, _ runs: [String: String], _ work: CommandContext) async {
        if choice.chosen.isEmpty { return }
        let answers = await work.answers { (host, driver) async throws(Failure) -> [Edit] in
            guard let run = runs[host] else { return [] }
            return try await driver.edits(of: run)
        }
        var edits: [String: [Edit]] = [:]
        for case (let host, .success(let found)) in answers { edits[host] = found }
        work.terminal.show(RollbackText.lines(choice, edits: edits))
    }
}
