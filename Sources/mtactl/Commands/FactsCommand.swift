import ArgumentParser
import Drivers
import MTAApply
import MTAPlan

struct FactsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "facts",
        abstract: "Show what each host runs and how its mail leaves today. Writes nothing anywhere on a host.",
        discussion: ExitStatus.help((.done, "every host answered"), (.notDone, "a host could not be queried"))
    )

    @Argument(help: "A playbook whose hosts are queried. Default: all hosts of the inventory.", completion: .file())
    var playbook: String?

    @OptionGroup var shared: SharedOptions

    func run() async throws {
        let work =
            if let playbook {
                try await CommandContext(playbook: playbook, shared: shared, showsResults: false)
            } else {
                try await CommandContext(inventoryOnly: shared, showsResults: false)
            }
        let surveys = await work.fleet.ask(work.hosts) { await $0.survey() }.compactMap { $0 }
        if shared.json {
            for survey in surveys { work.terminal.show(JSONReport.survey(survey)) }
        } else {
            work.terminal.show(SurveyText.lines(surveys))
        }
        for survey in surveys { if let unfinished = survey.unfinished { work.terminal.complain(unfinished) } }
        if !shared.json {
            let failures = surveys.compactMap { survey in survey.failure.map { (host: survey.host, failure: $0) } }
            for failure in FailureSummary.ofHosts(failures) { work.terminal.complain(failure) }
        }
        let results = surveys.map { SiteRecord(host: $0.host, outcome: $0.failure == nil ? .asAsked : .unreachable) }
        try await work.end(.ask, results: results)
    }
}
