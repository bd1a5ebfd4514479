import ArgumentParser
import Drivers
import MTAApply
import MTAPlan

struct BackupsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backups",
        abstract: "List, check, show and prune the backups on the hosts.",
        subcommands: [List.self, Show.self, Check.self, PruneCommand.self],
        defaultSubcommand: List.self
    )

    static let exits = ExitStatus.help(
        (.done, "done"),
        (.notDone, "a host could not be queried, or has no such backup")
    )

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "List the runs that are kept, with state and size.",
            discussion: BackupsCommand.exits
        )

        @OptionGroup var shared: SharedOptions

        func run() async throws {
            let work = try await CommandContext(inventoryOnly: shared, showsResults: false)
            let terminal = work.terminal
            let json = shared.json
            var all: [(host: String, kept: KeptRuns)] = []
            let results = await work.asked { (_, driver) async throws(Failure) in
                try await driver.kept()
            } show: { host, kept in
                all.append((host, kept))
                guard json else { return }
                for run in kept.runs { terminal.show(JSONReport.backup(host, run)) }
                if let lock = kept.lock { terminal.show(JSONReport.lock(host, lock)) }
            }
            if !json { terminal.show(BackupsText.lines(all)) }
            try await work.end(.ask, results: results)
        }
    }

    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "check",
            abstract: "Compare every file of every backup with its recorded hash. Changes nothing.",
            discussion: ExitStatus.help(
                (.done, "every backup is intact"),
                (.notDone, "a backup is damaged, or a host could not be queried")
            )
        )

        @OptionGroup var shared: SharedOptions

        func run() async throws {
            let work = try await CommandContext(inventoryOnly: shared, showsResults: false)
            let terminal = work.terminal
            let json = shared.json
            var damaged: [String: Failure] = [:]
            let answers = await work.asked { (_, driver) async throws(Failure) in
                try await driver.audited().runs
            } show: { host, runs in
                for run in runs {
                    if json {
                        terminal.show(JSONReport.backup(host, run, isAudited: true))
                    } else {
                        let words = run.damage.isEmpty ? "intact" : "damaged: \(run.damage.joined(separator: "; "))"
                        terminal.show("\(host)  \(run.run)  \(run.state.rawValue)  \(words)")
                    }
                }
                damaged[host] = Self.failure(runs, at: host)
            }
            let results = answers.map { answer in
                guard let failure = damaged[answer.host] else { return answer }
                return work.told(SiteRecord(host: answer.host, outcome: .refused, failure: failure))
            }
            try await work.end(.ask, results: results)
        }

        private static func failure(_ runs: [KeptRun], at host: String) -> Failure? {
            let damaged = runs.filter { !$0.damage.isEmpty }.map(\.run)
            if damaged.isEmpty { return nil }
            return Failure(
                "the backup of \(damaged.joined(separator: ", ")) is damaged and would not be put back",
                hint: "intact files in \(AgentSession.backups) can be copied by hand; check the host's disk",
                at: host
            )
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract:
                "Show the manifest and journal of one run, and what its plan showed. Contents and hashes of files are not shown.",
            discussion: BackupsCommand.exits
        )

        @Argument(help: "The run.", completion: Candidates.runs) var runName: String
        @OptionGroup var shared: SharedOptions

        func run() async throws {
            try Files(terminal: shared.terminal).checkRun(runName)
            let work = try await CommandContext(inventoryOnly: shared, showsResults: false)
            let terminal = work.terminal
            let (name, json) = (runName, shared.json)
            var without: Set<String> = []
            let answers = await work.asked { (_, driver) async throws(Failure) -> [RunText]? in
                guard try await driver.kept().runs.contains(where: { $0.run == name }) else { return nil }
                return try await driver.records(of: name)
            } show: { host, parts in
                if parts == nil { without.insert(host) }
                for part in parts ?? [] {
                    if json {
                        terminal.show(JSONReport.record(host, of: name, part))
                    } else {
                        for line in part.text.split(separator: "\n") {
                            terminal.show("\(host)  \(part.name)  \(line)")
                        }
                    }
                }
            }
            let results = answers.map { answer in
                guard without.contains(answer.host) else { return answer }
                return work.told(
                    SiteRecord(host: answer.host, outcome: .refused, failure: Failure.notKept(name).at(answer.host))
                )
            }
            try await work.end(.ask, results: results, run: name)
        }
    }
}

extension Failure {
    fileprivate static func notKept(_ run: String) -> Failure {
        Failure("no backup of run \(run) is kept here", hint: "`mtactl backups list` shows what is kept")
    }
}
