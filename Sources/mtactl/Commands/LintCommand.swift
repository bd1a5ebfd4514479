import ArgumentParser
import MTAPlan

struct LintCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lint",
        abstract: "Everything that can be wrong with playbooks without a host. Offline.",
        discussion: ExitStatus.help((.done, "nothing is wrong; what is risky is said"))
    )

    @Argument(help: "The playbooks.", completion: .file(extensions: ["yml", "yaml"]))
    var playbooks: [String]

    @OptionGroup var shared: SharedOptions

    func run() async throws {
    }
}
