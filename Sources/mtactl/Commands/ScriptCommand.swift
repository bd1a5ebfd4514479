import ArgumentParser
import Drivers
import Foundation
import MTAApply
import MTAPlan
import MailServers

struct ScriptCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "script",
        abstract:
            "Write what apply would do to Exchange as a script that people approve and run, for sites that SSH does not reach.",
        discussion: """
            Contacts no host. Without --facts it writes HOST-facts.ps1, which asks the host and changes nothing. With \
            its answer, or with a saved plan, it writes HOST.ps1, which has -Check, -Apply, -Verify and -Undo. Scripts \
            contain no secrets: they ask for them. `mtactl report` reads their answers.

            \(ExitStatus.help((.done, "written"), (.notDone, "a host has no script: refused, or no Exchange")))
            """
    )

    @Argument(help: "The playbook, or a plan saved with `plan -o`.", completion: .file())
    var playbook: String

    @Option(
        name: [.customShort("o"), .customLong("output")],
        help: ArgumentHelp("The folder to write to.", valueName: "folder"),
        completion: .directory
    )
    var output: String

    @Option(
        parsing: .singleValue,
        help: ArgumentHelp(
            "The answer of HOST-facts.ps1; for Exchange 2000 and 2003 HOST.ldf, an export of its directory. Can be repeated.",
            valueName: "file"
        ),
        completion: .file()
    )
    var facts: [String] = []

    @OptionGroup var sources: InventoryOptions

    @Option(
        name: [.short, .long],
        help: ArgumentHelp("Only these hosts, in Ansible's pattern language, or @FILE.", valueName: "pattern")
    )
    var limit: String?

    @Option(help: ArgumentHelp("When to use colour: auto, always, never.", valueName: "when"))
    var color: ColorChoice = .auto

    func run() async throws {
        let files = Files(terminal: Terminal(color: color))
        let writer = ScriptWriter(folder: output, from: playbook)
        let (data, stat) = try files.read(playbook)
        let results: [SiteRecord]
        if let saved = try files.checked({ () throws(Failure) in try SavedPlan.read(data, stat, file: playbook) }) {
            if !facts.isEmpty { throw ValidationError("a saved plan has its facts already") }
            results = try write(saved.hosts, rollout: saved.rollout, writer, files)
        } else {
            results = try await write([UInt8](data), writer, files)
        }
        try ExitStatus(of: results, for: .plan).end()
    }

    /// The scripts of a playbook's hosts.
    private func write(_ data: [UInt8], _ writer: ScriptWriter, _ files: Files) async throws -> [SiteRecord] {
        let told = try told(files)
        let loaded = try files.checked { () throws(Failures) in
            try Playbook.load(data, file: playbook, in: Catalog.language)
        }
        let inventory = try await files.inventory(sources, playbook: playbook)
        let limit = try limit.flatMap { try files.limit($0, lists: [:]) }
        let chosen = try files.checked { () throws(Failures) in
            try Assignment.all(of: loaded, in: inventory, limit: limit)
        }
        if let stranger = Set(told.keys).subtracting(chosen.map(\.host.name)).min() {
            throw files.stop(.stranger(stranger))
        }
        var planned: [(plan: SitePlan?, result: SiteRecord)] = []
        for one in chosen {
            switch told[one.host.name] {
            case nil:
                let questions = WindowsQuestions(of: one.playOfHost.extras)
                try files.checked { () throws(Failure) in
                    files.terminal.show(try writer.ask(one.host.name, questions))
                }
            case .facts(let facts): planned.append(plan(one, of: loaded, facts))
            case .entries(let bytes): planned.append((nil, legacy(one, bytes, writer, files.terminal)))
            }
        }
        planned = Organisation.united(planned)
        if !planned.isEmpty { files.terminal.show(PlanText.lines(planned)) }
        return try write(planned.compactMap(\.plan), rollout: loaded.rollout, writer, files)
            + planned.filter { $0.plan == nil }.map(\.result)
    }

    /// What a host has said of itself.
    private enum Told {
        case facts(Facts)
        /// Of Exchange 2000 or 2003: an export of its entries in the directory.
        case entries([UInt8])
    }

    /// By the host's name: an answer says it, and an export is called by it.
    private func told(_ files: Files) throws -> [String: Told] {
        var told: [String: Told] = [:]
        for path in facts {
            let bytes = try files.checked { () throws(Failure) in try ScriptAnswer.bytes(of: path) }
            if LegacyExchangeChange.isExport(bytes) {
                told[URL(filePath: path).deletingPathExtension().lastPathComponent] = .entries(bytes)
                continue
            }
            try files.checked { () throws(Failure) in
                let answer = try ScriptAnswer.read(path)
                guard answer.action == .facts else {
                    throw Failure("this is not the answer of a HOST-facts.ps1", at: path)
                }
                told[answer.site] = .facts(try answer.facts(asking: WindowsQuestions(of: ServerExtras())))
            }
        }
        return told
    }

    /// Exchange 2000 or 2003: files of changes to the directory, for `ldifde`.
    private func legacy(
        _ one: Assignment,
        _ bytes: [UInt8],
        _ writer: ScriptWriter,
        _ terminal: Terminal
    ) -> SiteRecord {
        var record = SiteRecord(host: one.host.name, server: .init("exchange", "6"), outcome: .asAsked)
        do throws(Failure) {
            let play = one.playOfHost
            let change = try LegacyExchangeChange(export: bytes, routes: play.routes, extras: play.extras)
            (record.edits, record.notes) = (change.edits, change.notes)
            if change.edits.isEmpty { return record }
            record.outcome = .wouldChange
            terminal.show(try writer.write(change, for: one.host.name))
        } catch {
            (record.outcome, record.failure) = (.refused, error.at(one.host.name))
        }
        return record
    }

    /// Nobody has to have the passwords here: whoever runs the script types them.
    private func plan(
        _ one: Assignment,
        of playbook: Playbook,
        _ facts: Facts
    ) -> (plan: SitePlan?, result: SiteRecord) {
        let references = playbook.secrets + one.secrets
        let secrets = Secrets(Dictionary(references.map { ($0, Secret("-")) }) { first, _ in first })
        var plan = Planner(catalog: Catalog.products).plan(
            one.playOfHost,
            verify: playbook.verify,
            for: one.host.name,
            mta: one.host.mta ?? .auto,
            facts: facts,
            secrets: secrets
        )
        plan.organisation = facts.organisation
        plan.hasOpenRun = OpenRuns.objection(in: facts) != nil
        return (plan, SiteRecord(plan, duration: .zero))
    }

    /// The scripts of plans, and the plans themselves for `mtactl report`.
    private func write(
        _ plans: [SitePlan],
        rollout: RolloutPolicy,
        _ writer: ScriptWriter,
        _ files: Files
    ) throws -> [SiteRecord] {
        var results: [SiteRecord] = []
        for plan in plans {
            var record = SiteRecord(plan, duration: .zero)
            do throws(Failure) {
                if plan.outcome == .wouldChange { files.terminal.show(try writer.write(plan)) }
            } catch {
                files.terminal.complain(error)
                record.outcome = .refused
            }
            results.append(record)
        }
        let changing = plans.filter { $0.outcome == .wouldChange }
        if !changing.isEmpty {
            try files.checked { () throws(Failure) in try writer.keep(changing, rollout: rollout) }
        }
        return results
    }
}

extension Failure {
    fileprivate static func stranger(_ host: String) -> Failure {
        Failure(
            "facts were given for \(Printable.line(host)), which is not a selected host of the playbook",
            hint: "an export of Exchange 2003 is called by its host in the inventory: HOST.ldf"
        )
    }
}
