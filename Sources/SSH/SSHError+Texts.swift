internal import CLibSSH2
internal import NIOCore
internal import NIOPosix

// Every sentence about a connection, so that they can be read as prose and tested.

extension SSHError {
    static func noSession() -> SSHError {
        SSHError(
            .unsupported,
            attempt: "create a session",
            problem: "libssh2 cannot be used",
            hint: "see `mtactl doctor`"
        )
    }

    static func closed(attempt: String) -> SSHError {
        SSHError(.closed, attempt: attempt, problem: "cannot \(attempt): it was closed before")
    }

    static func timedOut(_ attempt: String) -> SSHError {
        SSHError(.timedOut, attempt: attempt, problem: "no answer to an attempt to \(attempt)")
    }

    static func cancelled(_ attempt: String) -> SSHError {
        SSHError(.cancelled, attempt: attempt, problem: "cancelled an attempt to \(attempt)")
    }

    static func lost(_ attempt: String, farewell: String?, breakage: String?, _ code: Code, _ detail: String)
        -> SSHError
    {
        let reason = farewell.map { ": the server said `\($0)`" } ?? breakage.map { ": \($0)" } ?? ""
        return SSHError(
            code.rawValue == LIBSSH2_ERROR_TIMEOUT ? .timedOut : .lost,
            attempt: attempt,
            problem: "the connection ended in an attempt to \(attempt)\(reason)",
            code: code,
            detail: detail
        )
    }

    static func failed(_ attempt: String, _ code: Code, _ detail: String) -> SSHError {
        SSHError(.refusedRequest, attempt: attempt, problem: "cannot \(attempt): \(detail)", code: code, detail: detail)
    }

    static func notConnected(to host: String, port: Int, within limit: Duration, _ error: any Error) -> SSHError {
        SSHError(
            .unreachable,
            attempt: "connect",
            problem: "cannot connect to \(host), port \(port)",
            detail: "\(error)"
        )
    }

    static func knownHostsUnreadable(_ file: String, _ reason: String) -> SSHError {
        SSHError(
            .knownHostsUnusable,
            attempt: "read known hosts",
            problem: "\(file) cannot be read: \(reason)",
            hint: "it may revoke keys, so nothing is trusted without it"
        )
    }

    static func knownHostsNotWritten(_ file: String, _ reason: String) -> SSHError {
        SSHError(.knownHostsUnusable, attempt: "remember a host key", problem: "\(file) cannot be written: \(reason)")
    }

    static func noKnownHostsFile() -> SSHError {
        SSHError(
            .knownHostsUnusable,
            attempt: "remember a host key",
            problem: "there is no known_hosts file to add the host key to"
        )
    }

    static func knownKeysUnsupported(_ known: [(type: String, place: String)]) -> SSHError {
        SSHError(.noCommonAlgorithm, attempt: "agree on keys", problem: "known keys \(known) cannot be used")
    }

    static func noHostKey() -> SSHError {
        SSHError(.lost, attempt: "check the host key", problem: "the server showed no host key")
    }

    static func hostKeyRevoked(_ fingerprint: String) -> SSHError {
        SSHError(
            .hostKeyRevoked(fingerprint: fingerprint),
            attempt: "check the host key",
            problem: "host key is revoked: \(fingerprint)"
        )
    }

    static func hostKeyChanged(_ fingerprint: String, _ host: HostName, _ places: [String]) -> SSHError {
        SSHError(
            .hostKeyChanged(fingerprint: fingerprint),
            attempt: "check the host key",
            problem:
                "host key changed: \(fingerprint) was offered, others are known (\(places.joined(separator: ", ")))",
            hint: "if the host was reinstalled, `ssh-keygen -R \(host.lookup)`, then connect once with ssh"
        )
    }

    static func hostKeyUnknown(_ fingerprint: String, authority: String?) -> SSHError {
        SSHError(
            .hostKeyUnknown(fingerprint: fingerprint),
            attempt: "check the host key",
            problem: "host key is not known: \(fingerprint)",
            hint:
                "compare it with the host's own (`ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub`), then connect once with ssh, or use --accept-new"
        )
    }

    static func notLoggedIn(as user: String, tried: [String]) -> SSHError {
        SSHError(.authenticationFailed, attempt: "log in as \(user)", problem: "not let in as \(user): tried \(tried)")
    }

    /// The same, for a later attempt on a connection that ended before.
    func during(_ attempt: String) -> SSHError {
        var error = self
        error.attempt = attempt
        return error
    }

    func explained(by offer: ServerOffer, offered: Algorithms, known: [(type: String, place: String)]) -> SSHError {
        self
    }
}

extension SSHError.Code {
    /// Whether a call that returned this refused one thing, and the session goes on.
    var leavesSessionUsable: Bool {
        [
            LIBSSH2_ERROR_AUTHENTICATION_FAILED, LIBSSH2_ERROR_PUBLICKEY_UNVERIFIED, LIBSSH2_ERROR_CHANNEL_FAILURE,
            LIBSSH2_ERROR_CHANNEL_REQUEST_DENIED, LIBSSH2_ERROR_CHANNEL_CLOSED, LIBSSH2_ERROR_CHANNEL_EOF_SENT,
            LIBSSH2_ERROR_REQUEST_DENIED, LIBSSH2_ERROR_METHOD_NOT_SUPPORTED, LIBSSH2_ERROR_INVAL,
        ].contains(rawValue)
    }
}
