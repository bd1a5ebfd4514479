import MTAPlan

extension Proposal {
    /// What the PowerShell driver does for it.
    var calls: PowerShellWork {
        switch work {
        case .powerShell(let work): work
        case .posix, .api: preconditionFailure("the work is for another driver")
        }
    }

    /// All that a person is shown.
    var shownText: String {
        (edits.map { "\($0.verb.rawValue) \($0.name)\n\($0.diff)" }
            + calls.steps.flatMap { ["\($0.title)", "\($0.change)"] }
            + notes).joined(separator: "\n")
    }
}
