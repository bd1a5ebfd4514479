import ArgumentParser
import MTAApply
import MTAPlan
import MailServers

struct SchemaCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema",
        abstract: "Print the JSON Schema (2020-12) that editors use.",
        discussion: ExitStatus.help((.done, "printed"))
    )

    enum Kind: String, CaseIterable, ExpressibleByArgument { case playbook, inventory }

    @Argument(help: "playbook or inventory.") var kind: Kind

    func run() async throws {
        switch kind {
        case .playbook: Terminal().show(text: PlaybookSchema.json(in: Catalog.language))
        case .inventory: Terminal().show(text: InventorySchema.json(in: Catalog.language))
        }
    }
}
