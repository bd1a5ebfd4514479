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
            let results = await work.asked { (_, driver) async throws(Failure) in
                try await driver.kept()
            } show: { host, kept in
                for run in kept.runs {
                    if json {
                        terminal.show(JSONReport.backup(host, run))
                    } else {
                        terminal.show(
                            "\(host)  \(run.run)  \(run.state.rawValue)  \(run.server)  \(run.amount)  \(run.bytes) bytes"
                                + (run.startedBy.map { "  by \($0)" } ?? "")
                        )
                    }
                }
                if let lock = kept.lock {
                    if json {
                        terminal.show(JSONReport.lock(host, lock))
                    } else {
                        terminal.show("\(host)  locked by \(lock)")
                    }
                }
            }
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
                if !json { terminal.complain(failure) }
                return SiteRecord(host: answer.host, outcome: .refused, failure: failure)
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

        @Argument(help: "The run.") var runName: String
        @OptionGroup var shared: SharedOptions

        func run() async throws {
            let work = try await CommandContext(inventoryOnly: shared, showsResults: false)
            let terminal = work.terminal
            let (name, json) = (runName, shared.json)
            let results = await work.asked { (_, driver) async throws(Failure) in
                try await driver.records(of: name)
            } show: { host, parts in
                for part in parts {
                    if json {
                        terminal.show(JSONReport.record(host, of: name, part))
                    } else {
                        for line in part.text.split(separator: "\n") {
                            terminal.show("\(host)  \(part.name)  \(line)")
                        }
                    }
                }
            }
            try await work.end(.ask, results: results, run: name)
        }
    }
}
