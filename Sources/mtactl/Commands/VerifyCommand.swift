import ArgumentParser
import Drivers
import MTAApply
import MTAPlan

struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Send a test message from the hosts as they are, and follow it. Changes no files.",
        discussion: ExitStatus.help(
            (.done, "on every host the message took the route that the playbook asks for"),
            (.notDone, "a host could not be queried, or was refused"),
            (.notDelivered, "mail does not get through, or takes another route")
        )
    )

    @Argument(help: "The playbook.", completion: .file(extensions: ["yml", "yaml"]))
    var playbook: String

    @OptionGroup var shared: SharedOptions

    func run() async throws {
        let work = try await CommandContext(playbook: playbook, shared: shared, showsResults: true)
        try work.requireVerify()
        let results = await work.verified(await work.planned(for: .action))
        try await work.end(.verify, results: results)
    }
}
