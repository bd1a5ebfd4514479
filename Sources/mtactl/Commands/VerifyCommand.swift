import ArgumentParser
import MTAApply
import MTAPlan

struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Send a test message on the hosts as they are, and follow it. Changes no file.",
        discussion: ExitStatus.help(
            (.done, "the message took the way that the playbook gives it, on every host"),
            (.notDone, "a host could not be asked, or refuses"),
            (.notDelivered, "mail does not get through, or by another way")
        )
    )

    @Argument(help: "The playbook.", completion: .file(extensions: ["yml", "yaml"]))
    var playbook: String

    @OptionGroup var shared: SharedOptions

    func run() async throws {
        let work = try await Work(playbook: playbook, shared: shared, showsResults: true)
        try work.requireVerify()
        let results = await work.verified(await work.planned())
        try await work.end(.verify, results: results)
    }
}
