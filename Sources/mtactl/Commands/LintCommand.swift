import ArgumentParser
import MTAApply
import MTAPlan
import MailServers

struct LintCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lint",
        abstract: "Check playbooks offline for everything that can be found without a host.",
        discussion: ExitStatus.help((.done, "no errors; risks are shown as warnings"))
    )

    @Argument(help: "The playbooks.", completion: .file(extensions: ["yml", "yaml"]))
    var playbooks: [String]

    @OptionGroup var sources: InventoryOptions

    @Option(
        name: [.short, .long],
        help: ArgumentHelp("Only these hosts of the inventory.", valueName: "pattern")
    )
    var limit: String?

    @Flag(help: "Print one JSON object per line.")
    var json = false

    @Option(help: ArgumentHelp("When to use colour: auto, always, never.", valueName: "when"))
    var color: ColorChoice = .auto

    func validate() throws {
        if limit != nil, sources.inventory.isEmpty {
            throw ValidationError("--limit selects hosts of an inventory: name the inventory with -i")
        }
    }

    func run() async throws {
        let terminal = Terminal(color: color)
        let files = Files(terminal: terminal)
        let limit = try limit.flatMap { try files.limit($0, lists: [:]) }
        var inventories: [String: Inventory] = [:]
        var isWrong = false
        if json { terminal.show(JSONReport.version(MTACtl.version)) }
        for path in playbooks {
            let folder = Files.folder(of: path)
            if !sources.inventory.isEmpty, inventories[folder] == nil {
                inventories[folder] = try await files.inventory(sources, playbook: path, saysWarnings: false)
            }
            let inventory = inventories[folder]
            do throws(Failures) {
                let file = try PlaybookFile([UInt8](try loaded(path, files)), file: path, in: Catalog.language)
                for finding in Lint.findings(file, inventory: inventory, limit: limit) {
                    isWrong = isWrong || finding.severity == .error
                    show(finding, terminal)
                }
            } catch {
                isWrong = true
                for failure in error.all { show(failure, terminal) }
            }
        }
        if isWrong { throw ExitCode(ExitStatus.inputWrong.rawValue) }
    }

    private func loaded(_ path: String, _ files: Files) throws(Failures) -> [UInt8] {
        do { return [UInt8](try files.data(path)) } catch { throw Failures(Failure("cannot be read", at: path)) }
    }

    private func show(_ finding: Finding, _ terminal: Terminal) {
        if json {
            terminal.show(JSONReport.finding(finding))
        } else {
            terminal.show(finding.lines)
        }
    }

    private func show(_ failure: Failure, _ terminal: Terminal) {
        let finding = Finding(
            id: "invalid",
            severity: .error,
            place: failure.place ?? "",
            problem: failure.problem,
            hint: failure.hint
        )
        show(finding, terminal)
    }
}
