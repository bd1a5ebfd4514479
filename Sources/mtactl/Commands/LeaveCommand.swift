import ArgumentParser
import Drivers
import MTAApply
import MTAPlan

struct LeaveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "leave",
        abstract: "Remove mtactl's settings from the hosts and put back what they replaced.",
        discussion: """
            Shows what would change and asks. Needs no backup: the replaced settings are kept in the files as \
            comments. Afterwards a message is sent, which must leave by the old route, or the host is put back. With \
            --backups, which asks separately, everything kept on the hosts is removed too, and nothing of mtactl is \
            left on them.

            \(ExitStatus.help(
                (.done, "mtactl's settings no longer affect how mail leaves"),
                (.notDone, "at least one host failed and was not changed; others may be"),
                (.asFound, "at least one host was changed and put back as it was found; others may be done"),
                (.stranded, "stranded: at least one host is neither as found nor as asked, or its state is unknown")
            ))
            """
    )

    @Option(help: ArgumentHelp("The recipient of the message that shows the old route.", valueName: "address"))
    var to: String?

    @Option(help: ArgumentHelp("How long to wait for its delivery.", valueName: "duration"))
    var within = "2m"

    @Flag(name: .customLong("no-send"), help: "Send no test message.")
    var noSend = false

    @Flag(help: "Also remove the backups and everything else kept on the hosts.")
    var backups = false

    @Flag(help: "Do not ask for confirmation.")
    var yes = false

    @Flag(name: .customLong("break-lock"), help: CommandContext.breakLockHelp)
    var breakLock = false

    @OptionGroup var shared: SharedOptions

    func validate() throws {
        guard (to == nil) == noSend else {
            throw ValidationError("give the recipient of the test message with --to, or use --no-send")
        }
        do throws(Failure) { _ = try DurationText.duration(within) } catch {
            throw ValidationError("--within: \(error.problem)")
        }
    }

    /// One host first.
    private static let policy = RolloutPolicy(waves: [.count(1), .percent(100)])

    func run() async throws {
        let work = try await CommandContext(inventoryOnly: shared, showsResults: true)
        if breakLock { await work.breakLocks() }
        let within = try DurationText.duration(self.within)
        let verify = to.map { TestMessageRequest(to: $0, within: within) }
        let planned = await work.plannedLeaving(verify: verify)
        if !shared.json { work.terminal.show(PlanText.lines(planned)) }
        guard try yes || isConfirmed(planned, work) else {
            return try await work.end(.change, results: planned.map(\.result), atLeast: .notDone)
        }
        let runs = work.runs
        work.begin(.leave, run: work.run)
        let (results, aborted) = await work.interruption.watch {
            let (results, aborted) = await work.fleet.apply(
                planned.map { (runs[$0.result.host], $0.plan, $0.result) }.compactMap { run, plan, result in
                    run.map { ($0, plan, result) }
                },
                policy: Self.policy
            )
            guard backups else { return (results, aborted) }
            return (await erased(results, work), aborted)
        }
        try await work.end(.change, results: results, run: work.run, aborted: aborted, of: .leave)
    }

    private func isConfirmed(_ planned: [(plan: SitePlan?, result: SiteRecord)], _ work: CommandContext) throws -> Bool
    {
        let changing = planned.count { $0.result.outcome == .wouldChange }
        if changing > 0 {
            let question = "remove mtactl's settings from \(changing) host\(changing == 1 ? "" : "s")?"
            guard try work.confirm(question, hint: "use --yes to leave without confirmation") else { return false }
        }
        guard backups else { return true }
        let all = planned.count { [.wouldChange, .asAsked].contains($0.result.outcome) }
        let question =
            "also remove the backups on \(all) host\(all == 1 ? "" : "s")? Nothing can be put back from them afterwards."
        return try all == 0 || work.confirm(question, hint: "use --yes to leave without confirmation")
    }

    /// Backups are removed once none of mtactl's settings are in force.
    private func erased(_ results: [SiteRecord], _ work: CommandContext) async -> [SiteRecord] {
        let done = results.filter { [.committed, .asAsked].contains($0.outcome) }
        let byHost = Dictionary(done.map { ($0.host, $0) }) { first, _ in first }
        let hosts = work.hosts.filter { byHost[$0.site.name] != nil }
        let erased = await work.fleet.ask(hosts) { host in
            await host.erase(after: byHost[host.site.name] ?? SiteRecord(host: host.site.name, outcome: .skipped))
        }
        let after = Dictionary(erased.compactMap { $0 }.map { ($0.host, $0) }) { first, _ in first }
        for result in after.values.sorted(by: { $0.host < $1.host }) where result.outcome == .refused {
            work.tell(result)
        }
        return results.map { after[$0.host] ?? $0 }
    }
}
