package import MTAPlan

/// A call of a document, with its name there and what its failing means.
package struct ExecutorCall: Sendable, Hashable {
    /// Small letters, digits and hyphens.
    package var id: String
    package var call: PowerShellCall
    /// Whether the calls after it are left out when it fails.
    package var isNeeded: Bool

    package init(_ id: String, _ call: PowerShellCall, isNeeded: Bool = true) {
        self.id = id
        self.call = call
        self.isNeeded = isNeeded
    }

    /// A function of the executor's own.
    package init(
        _ id: String,
        _ native: String,
        _ arguments: [(String, PowerShellCall.Value)] = [],
        tells properties: [String] = [],
        isNeeded: Bool = true
    ) {
        let call = PowerShellCall(
            native,
            arguments.map { PowerShellCall.Parameter($0.0, $0.1) },
            tells: properties.map { PowerShellCall.Property($0) }
        )
        self.init(id, call, isNeeded: isNeeded)
    }
}

/// With whose rights Exchange is opened where the SSH login cannot be passed on.
package struct ShellLogin: Sendable, Hashable {
    package var username: String
    package var password: Secret

    package init(username: String, password: Secret) {
        self.username = username
        self.password = password
    }
}
