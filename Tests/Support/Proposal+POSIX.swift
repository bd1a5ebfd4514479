package import MTAPlan

extension Proposal {
    /// What the agent does for it: every server of the laws is one of a POSIX host.
    package var changes: POSIXWork {
        switch work {
        case .posix(let work): work
        case .powerShell, .api: preconditionFailure("the work is for another driver")
        }
    }
}
