import ArgumentParser

/// The commands.
struct MTACtl: AsyncParsableCommand {
    /// As `--version` and the JSON stream say it.
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "mtactl",
        abstract: "Move mail servers onto a smarthost over SSH, prove delivery, and put them back if it fails.",
        version: version,
        subcommands: [
            FactsCommand.self, PlanCommand.self, ApplyCommand.self, VerifyCommand.self, CheckCommand.self,
            RollbackCommand.self, LeaveCommand.self, BackupsCommand.self, HistoryCommand.self, ReportCommand.self,
            LintCommand.self, DoctorCommand.self, SchemaCommand.self,
        ]
    )
}
