import ArgumentParser
import MTAApply
import MTAPlan

struct RollbackCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollback",
        abstract: "Put hosts back as they were before a run, from the backups on them.",
        discussion: """
            Without RUN: each host's newest run that can be put back. A file that changed after the run is a conflict \
            and refused, unless --force.

            \(ExitStatus.help(
                (.done, "every host is as it was before"),
                (.notDone, "a host could not be reached, has no such backup, or a file changed since; nothing was written there"),
                (.stranded, "a host could not be put back wholly")
            ))
            """
    )

    @Argument(help: "The run, like 20261121T184002Z-7f3a.")
    var runName: String?

    @Flag(help: "Do not ask.")
    var yes = false

    @Flag(name: .customLong("break-lock"), help: Work.breakLockHelp)
    var breakLock = false

    @Flag(help: "Put back also what changed since; the present files are kept in the backup's folder.")
    var force = false

    @OptionGroup var shared: SharedOptions

    func run() async throws {
        let work = try await Work(inventoryOnly: shared, showsResults: true)
        if !yes {
            let which = runName.map { "run \($0)" } ?? "the newest run of each"
            let question = "put \(work.hosts.count) host\(work.hosts.count == 1 ? "" : "s") back as before \(which)?"
            guard try work.confirm(question, hint: "give --yes to roll back without being asked") else {
                return try await work.end(.notDone, results: [], run: nil)
            }
        }
        if breakLock { await work.breakLocks() }
        let (name, force) = (runName, force)
        let results = await work.interruption.watch {
            await work.fleet.each(work.hosts) { await $0.rollBack(to: name, force: force) }
        }
        let status = ExitStatus(of: results)
        // Being put back is what was asked for here.
        try await work.end(status == .asFound ? worst(results) : status, results: results, run: name)
    }

    private func worst(_ results: [SiteRecord]) -> ExitStatus {
        ExitStatus(of: results.filter { $0.outcome != .rolledBack })
    }
}
