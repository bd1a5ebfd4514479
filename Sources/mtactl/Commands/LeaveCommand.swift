import ArgumentParser
import Drivers
import MTAApply
import MTAPlan

struct LeaveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "leave",
        abstract: "Take everything of mtactl out of hosts, with what it had replaced put back.",
        discussion: """
            Shows first what would change, and asks. It needs no backup: what was replaced stands in the files as comments. \
            A message is sent afterwards, and has to leave by the old route, or the host is put back. With --backups, asked \
            for by itself, all that is kept on the hosts goes too, and nothing of mtactl is left on them.

            \(ExitStatus.help(
                (.done, "nothing of mtactl decides any more how mail leaves"),
                (.notDone, "at least one host was not done and was not changed; others may be"),
                (.asFound, "at least one host was changed and put back as it was found; others may be done"),
                (.stranded, "stranded: at least one host is neither as found nor as asked, or not known")
            ))
            """
    )

    @Option(help: ArgumentHelp("Who receives the message that shows the old route.", valueName: "address"))
    var to: String?

    @Option(help: ArgumentHelp("How long to wait for it.", valueName: "duration"))
    var within = "2m"

    @Flag(name: .customLong("no-send"), help: "Send no message.")
    var noSend = false

    @Flag(help: "Take away the backups and all else that is kept on the hosts, too.")
    var backups = false

    @Flag(help: "Do not ask.")
    var yes = false

    @Flag(name: .customLong("break-lock"), help: Work.breakLockHelp)
    var breakLock = false

    @OptionGroup var shared: SharedOptions

    func validate() throws {
        guard (to == nil) == noSend else {
            throw ValidationError("say with --to who receives the message that shows the old route, or give --no-send")
        }
        do throws(Failure) { _ = try DurationText.duration(within) } catch {
            throw ValidationError("--within", error)
        }
        guard let to else { return }
        do throws(Failure) { _ = try MailAddress.address(to) } catch { throw ValidationError("--to", error) }
    }

    /// One host first.
    private static let policy = RolloutPolicy(waves: [.count(1), .percent(100)])

    func run() async throws {
        let work = try await Work(inventoryOnly: shared, showsResults: true)
        if breakLock { await work.breakLocks() }
        let within = try DurationText.duration(self.within)
        let verify = to.map { TestMessageRequest(to: $0, within: within) }
        let planned = await work.plannedLeaving(verify: verify)
        if !shared.json { work.terminal.show(PlanText.lines(planned, isAlone: false)) }
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

    private func isConfirmed(_ planned: [(plan: SitePlan?, result: SiteRecord)], _ work: Work) throws -> Bool {
        let changing = planned.count { $0.result.outcome == .wouldChange }
        if changing > 0 {
            let question = "take mtactl's settings out of \(changing) host\(changing == 1 ? "" : "s")?"
            guard try work.confirm(question, hint: "give --yes to leave without being asked") else { return false }
        }
        guard backups else { return true }
        let all = planned.count { [.wouldChange, .asAsked].contains($0.result.outcome) }
        let question =
            "take away the backups on \(all) host\(all == 1 ? "" : "s"), too? Nothing can be put back from them then."
        return try all == 0 || work.confirm(question, hint: "give --yes to leave without being asked")
    }

    /// What is kept is taken away where nothing of ours decides any more.
    private func erased(_ results: [SiteRecord], _ work: Work) async -> [SiteRecord] {
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
        if !work.json { work.terminal.show(ResultText.removedBackups(Array(after.values))) }
        return results.map { after[$0.host] ?? $0 }
    }
}
