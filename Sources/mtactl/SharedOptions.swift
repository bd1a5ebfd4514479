import ArgumentParser
import MTAApply
import MTAPlan

/// The options of every command that contacts hosts.
struct SharedOptions: ParsableArguments {
    @OptionGroup var sources: InventoryOptions

    @Option(
        name: [.short, .long],
        help: ArgumentHelp("Only these hosts, in Ansible's pattern language, or @FILE.", valueName: "pattern")
    )
    var limit: String?

    @OptionGroup var login: LoginOptions

    @Flag(help: "Print one JSON object per line, in a stable format.")
    var json = false

    @Flag(
        name: .shortAndLong,
        help:
            "Print to stderr what is done on each host and how long it takes; twice: each attempt as well. Never prints secrets."
    )
    var verbose: Int

    @Option(help: ArgumentHelp("When to use colour: auto, always, never.", valueName: "when"))
    var color: ColorChoice = .auto

    @Option(help: ArgumentHelp("How many hosts to work on at once.", valueName: "number"))
    var parallel = 32

    @Flag(help: "Accept and save unknown host keys. Changed keys are always refused.")
    var acceptNew = false

    func validate() throws {
        guard (1...1000).contains(parallel) else { throw ValidationError("--parallel must be a number from 1 to 1000") }
    }

    var terminal: Terminal { Terminal(color: color) }

    func observer(showingResults: Bool) -> any RunObserver {
        json
            ? JSONObserver(terminal: terminal, tellsProgress: verbose > 0)
            : HumanObserver(terminal: terminal, showsResults: showingResults, tellsSteps: verbose > 0)
    }
}

extension ColorChoice: ExpressibleByArgument {}
