/// Why something over SSH was not done: what was attempted, libssh2's code and words, and what an operator can do about it.
package struct SSHError: Error, Sendable, Equatable {
    package var kind: Kind
    /// What was being done, in words a reader of the message understands: `open a channel`.
    package var attempt: String
    /// What libssh2 returned; `nil` where it was not libssh2 that failed.
    package var code: Code?
    /// libssh2's or the system's own words, for the debug log.
    package var detail: String
    /// What was found: lower case, no full stop, no secret.
    package var problem: String
    /// The next thing to try.
    package var hint: String?

    package init(
        _ kind: Kind,
        attempt: String,
        problem: String,
        hint: String? = nil,
        code: Code? = nil,
        detail: String = ""
    ) {
        self.kind = kind
        self.attempt = attempt
        self.problem = problem
        self.hint = hint
        self.code = code
        self.detail = detail
    }

    /// What a caller can act on without reading words.
    package enum Kind: Sendable, Hashable {
        /// No address for the name, no way to it, or no answer from it.
        case unreachable
        /// The address answers, but nothing listens on the port.
        case refusedConnection
        /// Something listens, but it does not speak SSH.
        case notSSH
        /// The server hung up before it said who it is, as it takes no more connections now (MaxStartups), or none from this machine
        /// for a while (PerSourcePenalties); trying again may help, and makes neither worse.
        case busy
        case noCommonAlgorithm
        case hostKeyUnknown(fingerprint: String)
        case hostKeyChanged(fingerprint: String)
        case hostKeyRevoked(fingerprint: String)
        /// A known_hosts file is there but cannot be read, or cannot be written to.
        case knownHostsUnusable
        case authenticationFailed
        case timedOut
        /// The connection broke, or the server ended it. What was asked for may have been done or not.
        case lost
        /// The server's configuration does not allow it: `AllowTcpForwarding no`, `PermitOpen`.
        case forbidden
        /// The server could not connect to where a tunnel should lead.
        case tunnelNotConnected
        /// The server refused to open a session or to run a command.
        case refusedRequest
        /// What is asked for needs another transport or a newer libssh2.
        case unsupported
        case cancelled
        /// The connection or channel was closed on this side before.
        case closed
    }

    /// A `LIBSSH2_ERROR_*` value, as libssh2 returns it: negative.
    ///
    /// Source: libssh2 1.10.0, `include/libssh2.h`.
    package struct Code: RawRepresentable, Sendable, Hashable {
        package let rawValue: Int32
        package init(rawValue: Int32) { self.rawValue = rawValue }
    }
}

extension SSHError: CustomStringConvertible {
    package var description: String { problem + (hint.map { "\n  hint: \($0)" } ?? "") }
}
