/// What a driver is to do so that a site gets its edits; opened by the driver that it is for, and by nobody else.
package enum Work: Sendable, Hashable, Codable {
    /// Files and commands, for the agent on a POSIX host.
    case posix(POSIXWork)
    /// Calls of cmdlets, for the executor on a Windows host.
    case powerShell(PowerShellWork)
    /// A list of relay rules, for the administration interface of a product.
    case api(APIWork)

    /// References to the secrets that the work needs.
    package var secrets: Set<SecretReference> {
        switch self {
        case .posix(let work): work.secrets
        case .powerShell(let work): work.secrets
        case .api(let work): work.secrets
        }
    }

    /// All that is run on the site, in order, for showing.
    package var commands: [Command] {
        switch self {
        case .posix(let work): work.commands
        case .powerShell(let work): work.commands
        case .api(let work): work.commands
        }
    }

    /// What cannot be passed to a host; see `POSIXWork.unsafeArgument`.
    package var unsafeArgument: String? {
        switch self {
        case .posix(let work): work.unsafeArgument
        case .powerShell(let work): work.unsafeArgument
        case .api(let work): work.unsafeArgument
        }
    }

    /// Files that have to be read before the work can be done: of a saved plan, which holds none of a host's bytes.
    package var unread: [String] {
        switch self {
        case .posix(let work):
            work.files.flatMap(\.unread).reduce(into: []) { paths, path in
                if !paths.contains(path) { paths.append(path) }
            }
        case .powerShell, .api: []
        }
    }

    /// Whether it was read from a saved plan, and is to be filled before it can be done.
    package var isSaved: Bool {
        if case .posix(let work) = self, work.settings.contains(where: { $0.origin == .saved }) { return true }
        return !unread.isEmpty
    }

    /// The work with what it does not hold of the host, or `nil` where the host is as it would leave it already.
    ///
    /// - Throws: When the host is no longer as it was when the plan was made.
    package func filled(from facts: Facts, secrets: Secrets) throws(Failure) -> Work? {
        switch self {
        case .posix(let work):
            if try work.isDone(in: facts, secrets: secrets) { return nil }
            return .posix(try work.filled(from: facts))
        case .powerShell(let work): return try work.isDone(in: facts) ? nil : self
        // The driver compares the list with the one that the plan was made for.
        case .api: return self
        }
    }
}
