import ArgumentParser
import Drivers
import Foundation
import MTAApply
import MTAPlan

/// `mtactl backups prune`.
struct PruneCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune",
        abstract: "Remove old runs, but never an unfinished one.",
        discussion: """
            With --keep, the newest intact backup is kept as well. --keep 0, --older-than and --rotated remove \
            everything that they select, old passwords included; removed runs cannot be put back.

            \(BackupsCommand.exits)
            """
    )

    @Option(
        help: ArgumentHelp("How many runs to keep. Default: 10, unless --older-than is given.", valueName: "number")
    )
    var keep: Int?

    @Option(
        name: .customLong("older-than"),
        help: ArgumentHelp("Only runs that started at least this many days ago, such as `90d`.", valueName: "days")
    )
    var olderThan: String?

    @Flag(
        help: ArgumentHelp(
            "Only runs with a password that is no longer in use, including the newest.",
            discussion: "These are runs with a backup of a file that is not readable by everyone and has changed since."
        )
    )
    var rotated = false

    @Flag(help: "Do not ask for confirmation.") var yes = false
    @OptionGroup var shared: SharedOptions

    func validate() throws {
        if let keep, keep < 0 { throw ValidationError("--keep must be 0 or more") }
        if olderThan != nil, days == nil {
            throw ValidationError("--older-than must be a number of days, such as `90d`")
        }
        if [keep != nil, olderThan != nil, rotated].count(where: \.self) > 1 {
            throw ValidationError("--keep, --older-than and --rotated cannot be combined")
        }
    }

    private var days: Int? {
        guard let olderThan, olderThan.hasSuffix("d"), let days = Int(olderThan.dropLast()), (0...36_500).contains(days)
        else { return nil }
        return days
    }

    func run() async throws {
        let work = try await CommandContext(inventoryOnly: shared, showsResults: false)
        if rotated { return try await prune(.rotated, "all backups with passwords that are no longer in use", work) }
        if let keep = keep ?? (days == nil ? 10 : nil), keep > 0 {
            return try await prune(.allBut(newest: keep), "all but the newest \(keep) backups", work)
        }
        let answers = await work.answers { (_, driver) async throws(Failure) in try await driver.kept().runs }
        let before = days.map { Timestamp.compact(Date(timeIntervalSinceNow: -86_400 * Double($0))) }
        var doomed: [String: [String]] = [:]
        for case (let host, .success(let runs)) in answers {
            doomed[host] = Pruning.doomed(runs, before: before)
        }
        let (hosts, count) = (doomed.values.count { !$0.isEmpty }, doomed.values.joined().count)
        let question =
            "remove \(count) run\(count == 1 ? "" : "s") on \(hosts) host\(hosts == 1 ? "" : "s")? They cannot be put back afterwards."
        if count > 0, !yes, !(try work.confirm(question, hint: "use --yes to prune without confirmation")) {
            return try await work.end(.ask, results: [], atLeast: .notDone)
        }
        let chosen = doomed
        let results = await work.asked { (host, driver) async throws(Failure) in
            let runs = chosen[host] ?? []
            if !runs.isEmpty { try await driver.forget(runs) }
            return runs
        } show: { host, runs in
            for run in runs where !shared.json { work.terminal.show("\(host)  removed \(run)") }
        }
        try await work.end(.ask, results: results)
    }

    /// Each host determines itself which backups these are.
    private func prune(_ choice: PruneChoice, _ which: String, _ work: CommandContext) async throws {
        let count = work.hosts.count
        let question = "remove \(which) on \(count) host\(count == 1 ? "" : "s")?"
        if !yes, !(try work.confirm(question, hint: "use --yes to prune without confirmation")) {
            return try await work.end(.ask, results: [], atLeast: .notDone)
        }
        let results = await work.asked { (_, driver) async throws(Failure) in
            try await driver.prune(choice)
        } show: { _, _ in
        }
        try await work.end(.ask, results: results)
    }
}
