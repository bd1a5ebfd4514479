package import Logging

/// A host to connect to, and all that decides how.
package struct SSHTarget: Sendable {
    /// What the operator calls the host.
    ///
    /// Used in messages, and nowhere else.
    package var name: String
    /// A name or address to connect to; for a host behind a jump host, as that one knows it.
    package var address: String
    package var port: Int
    package var user: String
    package var authentication: SSHAuthentication
    package var hostKeys: HostKeyPolicy
    /// The hosts to go through, in the order of the way there.
    ///
    /// Each is checked and logged in to like the host itself.
    package var jumps: [SSHTarget]
    /// Whether a program makes the way there, which only the system's ssh can run (ssh_config(5), ProxyCommand).
    package var hasProgram = false
    package var addressFamily = SSHAddressFamily.any
    /// The address of this machine to connect from.
    package var bindAddress: String?
    package var deadlines: SSHDeadlines
    /// Hears which keys are tried, what was agreed on, and how long it took.
    package var logger = Logger.none

    package init(
        name: String,
        address: String,
        port: Int = 22,
        user: String,
        authentication: SSHAuthentication,
        hostKeys: HostKeyPolicy,
        jumps: [SSHTarget] = [],
        deadlines: SSHDeadlines = .init()
    ) {
        self.name = name
        self.address = address
        self.port = port
        self.user = user
        self.authentication = authentication
        self.hostKeys = hostKeys
        self.jumps = jumps
        self.deadlines = deadlines
    }
}

/// Which addresses of a name are tried (ssh_config(5), AddressFamily).
package enum SSHAddressFamily: String, Sendable, Hashable {
    case any
    case ipv4 = "inet"
    case ipv6 = "inet6"
}

/// How to log in.
///
/// What is there is tried in this order: agent and key files, keyboard-interactive, password.
package struct SSHAuthentication: Sendable {
    /// Private key files, in the order to try.
    package var identityFiles: [String]
    /// With it, of the agent's keys only those that belong to an identity file are offered (ssh_config(5), IdentitiesOnly).
    package var identitiesOnly: Bool
    /// The agent's socket, usually `SSH_AUTH_SOCK`; `nil` for no agent.
    package var agentSocket: String?
    /// Asked for the passphrase of an encrypted key file (given its path), only when the key is needed.
    package var passphrase: (@Sendable (_ file: String) async throws(SSHError) -> String?)?
    /// Asked for the password, only when everything else was tried.
    package var password: (@Sendable () async throws(SSHError) -> String?)?
    /// What ssh would show as well and libssh2 cannot: `CertificateFile …`.
    package var furtherIdentities: [String] = []

    package init(
        identityFiles: [String] = [],
        identitiesOnly: Bool = false,
        agentSocket: String? = nil,
        passphrase: (@Sendable (_ file: String) async throws(SSHError) -> String?)? = nil,
        password: (@Sendable () async throws(SSHError) -> String?)? = nil
    ) {
        self.identityFiles = identityFiles
        self.identitiesOnly = identitiesOnly
        self.agentSocket = agentSocket
        self.passphrase = passphrase
        self.password = password
    }
}

/// Which host keys are believed.
///
/// A changed or revoked key is refused whatever is said here.
package struct HostKeyPolicy: Sendable, Hashable {
    /// Read, and the first of them written to by `acceptNew`.
    package var userFiles: [String]
    package var globalFiles: [String]
    /// The name to look up instead of the address (ssh_config(5), HostKeyAlias).
    package var alias: String?
    package var unknown: Unknown
    /// Keys of it are refused whatever else is known of them (ssh_config(5), RevokedHostKeys).
    package var revokedFile: String?
    /// Whether ssh would ask DNS about an unknown key (ssh_config(5), VerifyHostKeyDNS); this library does not.
    package var isInDNS = false

    package enum Unknown: Sendable, Hashable {
        case refuse
        /// Appends the key to the first user file.
        case acceptNew
    }

    package init(userFiles: [String], globalFiles: [String] = [], alias: String? = nil, unknown: Unknown = .refuse) {
        self.userFiles = userFiles
        self.globalFiles = globalFiles
        self.alias = alias
        self.unknown = unknown
    }
}

/// How long each step may take.
///
/// After any of them has passed, the connection is dropped, never used again.
package struct SSHDeadlines: Sendable, Hashable {
    /// From the name to an open TCP connection.
    package var connect: Duration = .seconds(10)
    /// From the banner to both sides having changed keys.
    package var handshake: Duration = .seconds(15)
    /// Each answer of the server to a key or password.
    ///
    /// Slow PAM modules and reverse DNS lookups count. libssh2 gives up after 60 s.
    package var login: Duration = .seconds(30)
    /// Opening a channel, and starting a command.
    package var open: Duration = .seconds(15)
    /// How long a write may wait for the other side to take more.
    package var write: Duration = .seconds(60)
    /// How long to wait for a command's end after its last output.
    package var close: Duration = .seconds(10)

    package init() {}
}
