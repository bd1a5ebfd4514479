import ArgumentParser
import Drivers
import MTAApply
import MTAPlan

struct BackupsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backups",
        abstract: "What is kept on the hosts.",
        subcommands: [List.self, Show.self, Check.self, Prune.self],
        defaultSubcommand: List.self
    )

    static let exits = ExitStatus.help((.done, "done"), (.notDone, "a host could not be asked, or has no such backup"))

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "Every run that is kept, with its state and size.",
            discussion: BackupsCommand.exits
        )

        @OptionGroup var shared: SharedOptions

        func run() async throws {
            let work = try await Work(inventoryOnly: shared, showsResults: false)
            let terminal = work.terminal
            let json = shared.json
            let results = await work.asked { driver throws(Failure) in
                try await driver.kept()
            } show: { host, kept in
                for run in kept.runs {
                    if json {
                        terminal.show(JSONReport.backup(host, run))
                    } else {
                        terminal.show(
                            "\(host)  \(run.run)  \(run.state.rawValue)  \(run.server)  \(run.files) files  \(run.bytes) bytes"
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
            try await work.end(ExitStatus(of: results), results: results, run: nil)
        }
    }

    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "check",
            abstract: "Compare every file of every backup with the hash that it was kept under. Changes nothing.",
            discussion: ExitStatus.help(
                (.done, "every backup is whole"),
                (.notDone, "a backup is damaged, or a host could not be asked")
            )
        )

        @OptionGroup var shared: SharedOptions

        func run() async throws {
            let work = try await Work(inventoryOnly: shared, showsResults: false)
            let terminal = work.terminal
            let json = shared.json
            var damaged: [String: Failure] = [:]
            let answers = await work.asked { driver throws(Failure) in
                try await driver.audited().runs
            } show: { host, runs in
                for run in runs {
                    if json {
                        terminal.show(JSONReport.backup(host, run, isAudited: true))
                    } else {
                        let words = run.damage.isEmpty ? "whole" : "damaged: \(run.damage.joined(separator: "; "))"
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
            try await work.end(ExitStatus(of: results), results: results, run: nil)
        }

        private static func failure(_ runs: [KeptRun], at host: String) -> Failure? {
            let damaged = runs.filter { !$0.damage.isEmpty }.map(\.run)
            if damaged.isEmpty { return nil }
            return Failure(
                "what was kept of \(damaged.joined(separator: ", ")) is damaged, and would not be put back",
                hint: "what is whole in \(AgentSession.backups) can be copied by hand; look at the host's disk",
                at: host
            )
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "One run's manifest and journal. Contents of files are not shown.",
            discussion: BackupsCommand.exits
        )

        @Argument(help: "The run.") var runName: String
        @OptionGroup var shared: SharedOptions

        func run() async throws {
            let work = try await Work(inventoryOnly: shared, showsResults: false)
            let terminal = work.terminal
            let name = runName
            let results = await work.asked { driver throws(Failure) in
                try await driver.records(of: name)
            } show: { host, parts in
                for part in parts {
                    for line in part.text.split(separator: "") {
                        terminal.show("\(host)  \(part.name)  \(line)")
                    }
                }
            }
            try await work.end(ExitStatus(of: results), results: results, run: name)
        }
    }

    struct Prune: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "prune",
            abstract: "Remove old runs, never the newest good one nor one that is unfinished.",
            discussion: BackupsCommand.exits
        )

        @Option(help: ArgumentHelp("How many runs to keep.", valueName: "number")) var keep = 10
        @Flag(
            help: ArgumentHelp(
                "Instead, remove each run with a password that is no longer in use, the newest too.",
                discussion: """
                    That is every run that keeps a file which not everybody may read and which has changed since. Such runs \
                    cannot be put back any more.
                    """
            )
        )
        var rotated = false
        @Flag(help: "Do not ask.") var yes = false
        @OptionGroup var shared: SharedOptions

        func validate() throws {
            guard keep >= 1 else { throw ValidationError("--keep takes a number from 1") }
        }

        func run() async throws {
            let work = try await Work(inventoryOnly: shared, showsResults: false)
            let which = rotated ? "with passwords that are no longer in use" : "but the newest \(keep)"
            let question = "remove all backups \(which) on \(work.hosts.count) hosts?"
            if !yes, !(try work.confirm(question, hint: "give --yes to prune without being asked")) {
                return try await work.end(.notDone, results: [], run: nil)
            }
            let (keep, rotated) = (keep, rotated)
            let results = await work.asked { driver throws(Failure) in
                if rotated { try await driver.pruneRotated() } else { try await driver.prune(keeping: keep) }
            } show: { _, _ in
            }
            try await work.end(ExitStatus(of: results), results: results, run: nil)
        }
    }
}
