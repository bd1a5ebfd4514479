/// What a driver is to do so that a site gets its edits; opened by the driver that it is for, and by nobody else.
package enum Work: Sendable, Hashable, Codable {
    /// Files and commands, for the agent on a POSIX host.
    case posix(POSIXWork)

    /// References to the secrets that the work needs.
    package var secrets: Set<SecretReference> {
        switch self {
        case .posix(let work): work.secrets
        }
    }

    /// All that is run on the site, in order, for showing.
    package var commands: [Command] {
        switch self {
        case .posix(let work): work.commands
        }
    }

    /// What no host can be told; see `POSIXWork.oddWord`.
    package var oddWord: String? {
        switch self {
        case .posix(let work): work.oddWord
        }
    }
}
