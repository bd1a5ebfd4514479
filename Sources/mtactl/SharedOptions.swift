import ArgumentParser
import MTAApply
import MTAPlan

/// What every command that meets hosts takes.
struct SharedOptions: ParsableArguments {
    @OptionGroup var sources: InventoryOptions

    @Option(
        name: [.short, .long],
        help: ArgumentHelp("Only these hosts, in Ansible's pattern language, or @FILE.", valueName: "pattern"),
        completion: Candidates.hosts
    )
    var limit: String?

    @OptionGroup var login: LoginOptions

    @Flag(help: "One JSON object a line, in a stable format.")
    var json = false

    @Flag(
        name: .shortAndLong,
        help: "Tell on stderr what is done on each host and how long it takes; twice: each attempt too. Never secrets."
    )
    var verbose: Int

    @Option(help: ArgumentHelp("When to use colour: auto, always, never.", valueName: "when"))
    var color: ColorChoice = .auto

    @Option(help: ArgumentHelp("How many hosts at once.", valueName: "number"))
    var parallel = 32

    @Flag(help: "Take the key of a host that is not in known_hosts and remember it. A changed key is never taken.")
    var acceptNew = false

    func validate() throws {
        guard (1...1000).contains(parallel) else { throw ValidationError("--parallel takes a number from 1 to 1000") }
    }

    var terminal: Terminal { Terminal(color: color) }

    func observer(showingResults: Bool) -> any RunObserver {
        json
            ? JSONObserver(terminal: terminal, tellsProgress: verbose > 0)
            : HumanObserver(terminal: terminal, showsResults: showingResults, tellsSteps: verbose > 0)
    }
}

extension ColorChoice: ExpressibleByArgument {}
