package import MTAPlan

/// What to type next after a run that did not end cleanly: each step is a complete command.
package struct NextSteps: Sendable {
    package enum Command: String, Sendable {
        case apply
        case rollBack = "rollback"
        case leave

        /// Whether a host has not come to what the command was to do: a rollback is for hosts that are put back.
        package func hasFailed(_ outcome: Outcome) -> Bool {
            outcome.isFailure && !(self == .rollBack && outcome == .rolledBack)
        }
    }

    package struct Step: Sendable, Equatable {
        /// What it is good for.
        package var purpose: String
        package var words: [String]

        /// As it is typed into a shell.
        package var command: String { words.map(\.shellQuoted).joined(separator: " ") }
    }

    package let steps: [Step]

    /// `words`: The command line as it was given, from `mtactl` on.
    ///
    /// `failedHosts`: A file with the names of the hosts that failed, where there is one.
    package init(
        after command: Command,
        words: [String],
        run: String?,
        results: [SiteRecord],
        failedHosts: String?
    ) {
        let failed = results.contains { command.hasFailed($0.outcome) }
        let committed = results.contains { $0.outcome == .committed }
        let isOpen = failed || results.contains { $0.outcome == .skipped }
        let plain = words.without(options: ["--resume", "-l", "--limit"], flags: ["--yes", "--break-lock"])
        let inventory = words.options(["-i", "--inventory", "-u", "--user"], flags: ["-k", "-K"])
        let limit = failedHosts.map { ["-l", "@\($0)"] } ?? []
        var steps: [Step] = []
        switch command {
        case .apply:
            if committed, results.contains(where: { $0.outcome == .skipped }), let run {
                steps.append(Step(purpose: "continue it", words: words.withoutResume + ["--resume", run]))
            }
            if failed {
                steps.append(Step(purpose: "retry the failed hosts", words: plain + limit))
            } else if isOpen, !committed {
                steps.append(Step(purpose: "start again", words: plain))
            }
            if isOpen, committed, let run {
                steps.append(Step(purpose: "roll it back", words: ["mtactl", "rollback", run] + inventory))
            }
        case .rollBack, .leave:
            if failed { steps.append(Step(purpose: "retry the failed hosts", words: plain + limit)) }
            if command == .leave, isOpen, committed, let run {
                steps.append(Step(purpose: "roll it back", words: ["mtactl", "rollback", run] + inventory))
            }
        }
        self.steps = steps
    }

    /// One line each, the commands below one another.
    package var lines: [String] {
        let width = steps.map(\.purpose.count).max() ?? 0
        return steps.map { step in
            "next: " + step.purpose + String(repeating: " ", count: width - step.purpose.count) + "  " + step.command
        }
    }
}

extension [String] {
    fileprivate var withoutResume: [String] { without(options: ["--resume"], flags: ["--yes", "--break-lock"]) }

    /// Without some options, each in either form: `-l web`, `--limit=web`.
    fileprivate func without(options: Set<String>, flags: Set<String>) -> [String] {
        var rest: [String] = []
        var skips = false
        for word in self {
            if skips {
                skips = false
            } else if options.contains(word) {
                skips = true
            } else if !flags.contains(word), !options.contains(where: { word.hasPrefix("\($0)=") }) {
                rest.append(word)
            }
        }
        return rest
    }

    /// Some options alone, with what they are given.
    fileprivate func options(_ options: Set<String>, flags: Set<String>) -> [String] {
        var chosen: [String] = []
        var takes = false
        for word in self {
            if takes || options.contains(where: { word.hasPrefix("\($0)=") }) || flags.contains(word) {
                chosen.append(word)
                takes = false
            } else if options.contains(word) {
                chosen.append(word)
                takes = true
            }
        }
        return chosen
    }
}
