internal import CLibSSH2

// What is said about connections in use: deadlines, lost connections, refused channels.

extension SSHError {
    static func closed(attempt: String) -> SSHError {
        SSHError(.closed, attempt: attempt, problem: "cannot \(attempt): it was closed before", hint: "open it again")
    }

    static func timedOut(_ attempt: String) -> SSHError {
        SSHError(
            .timedOut,
            attempt: attempt,
            problem: "the host stopped answering (trying to \(attempt))",
            hint: "it may be overloaded, or the network broken"
        )
    }

    static func cancelled(_ attempt: String) -> SSHError {
        SSHError(.cancelled, attempt: attempt, problem: "cancelled (trying to \(attempt))")
    }

    /// The stream under the session has ended.
    ///
    /// `farewell` is the text of the server's SSH_MSG_DISCONNECT, `breakage` what broke the stream, in the system's words.
    static func lost(
        _ attempt: String,
        farewell: String?,
        breakage: String?,
        _ code: Code,
        _ detail: String
    ) -> SSHError {
        // libssh2 waits 60 s for any answer, whatever our own deadlines say (1.10.0, `LIBSSH2_READ_TIMEOUT`).
        guard code.rawValue != LIBSSH2_ERROR_TIMEOUT else { return .timedOut(attempt) }
        let reason = farewell.map { ": the server said `\($0)`" } ?? breakage.map { ": \($0)" } ?? ""
        return SSHError(
            .lost,
            attempt: attempt,
            problem: "the connection was lost (trying to \(attempt))\(reason)",
            hint: "the request may or may not have been carried out",
            code: code,
            detail: detail
        )
    }

    /// libssh2 refused or was refused one thing, and the session continues.
    static func failed(_ attempt: String, _ code: Code, _ detail: String) -> SSHError {
        var error = SSHError(
            .refusedRequest,
            attempt: attempt,
            problem: "cannot \(attempt): \(detail)",
            code: code,
            detail: detail
        )
        switch code.rawValue {
        case LIBSSH2_ERROR_CHANNEL_REQUEST_DENIED:
            error.problem = "the server refuses to run a command"
            error.hint = "is the account meant for file transfers only, or the key limited in authorized_keys?"
        case LIBSSH2_ERROR_CHANNEL_CLOSED, LIBSSH2_ERROR_CHANNEL_EOF_SENT:
            error.kind = .closed
            error.problem = "cannot \(attempt): the other side no longer listens"
        default: break
        }
        return error
    }

    /// A session was not opened.
    func explainedAsSession() -> SSHError {
        guard kind == .refusedRequest, code?.rawValue == LIBSSH2_ERROR_CHANNEL_FAILURE else { return self }
        var error = self
        error.problem = "the server does not open a (further) session: \(detail)"
        error.hint = "MaxSessions in its sshd_config limits how many sessions a connection may have"
        return error
    }

    /// A tunnel was not opened.
    ///
    /// The texts are libssh2's for the reason codes of RFC 4254, section 5.1; the server's own words are not kept.
    func explainedAsTunnel(to host: String, port: Int) -> SSHError {
        guard kind == .refusedRequest else { return self }
        var error = self
        if detail.contains("administratively prohibited") {
            error.kind = .forbidden
            error.problem = "the server does not allow a tunnel to \(host), port \(port)"
            error.hint = "AllowTcpForwarding or PermitOpen in its sshd_config, or the key's options in authorized_keys"
        } else if detail.contains("connect failed") {
            error.kind = .tunnelNotConnected
            error.problem = "the server could not connect to \(host), port \(port)"
            error.hint = "it does not say why: no address, no route, refused, or a firewall"
        }
        return error
    }

    /// The same, for a later attempt on a connection that ended before.
    func during(_ attempt: String) -> SSHError {
        var error = self
        error.attempt = attempt
        return error
    }
}

extension SSHError.Code {
    /// Whether a call that returned this refused one thing, and the session continues.
    var leavesSessionUsable: Bool {
        [
            LIBSSH2_ERROR_AUTHENTICATION_FAILED, LIBSSH2_ERROR_PUBLICKEY_UNVERIFIED, LIBSSH2_ERROR_PASSWORD_EXPIRED,
            LIBSSH2_ERROR_CHANNEL_FAILURE, LIBSSH2_ERROR_CHANNEL_REQUEST_DENIED, LIBSSH2_ERROR_CHANNEL_CLOSED,
            LIBSSH2_ERROR_CHANNEL_EOF_SENT, LIBSSH2_ERROR_REQUEST_DENIED, LIBSSH2_ERROR_METHOD_NOT_SUPPORTED,
            LIBSSH2_ERROR_INVAL,
        ].contains(rawValue)
    }
}
