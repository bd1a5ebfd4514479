internal import CLibSSH2

// What is said about logging in.

extension SSHError {
    static func notLoggedIn(_ trail: LogInAttempts) -> SSHError {
        SSHError(
            .authenticationFailed,
            attempt: "log in as \(trail.user)",
            problem: "cannot log in as \(trail.user): \(trail.account)",
            hint: trail.advice
        )
    }

    /// The connection ended while logging in.
    static func hungUp(_ trail: LogInAttempts, farewell: String?, _ error: SSHError) -> SSHError {
        guard let farewell, farewell.contains("authentication failures") else { return error }
        return SSHError(
            .authenticationFailed,
            attempt: error.attempt,
            problem: "the server hung up: \(farewell) (\(trail.account))",
            hint:
                "name the correct key with `identity-file` and set `IdentitiesOnly yes`, so that others are not tried first",
            code: error.code,
            detail: error.detail
        )
    }

    static func passwordExpired(_ user: String) -> SSHError {
        SSHError(
            .authenticationFailed,
            attempt: "log in as \(user)",
            problem: "the password of \(user) has expired",
            hint: "log in with ssh once and change it",
            code: Code(rawValue: LIBSSH2_ERROR_PASSWORD_EXPIRED)
        )
    }
}

/// What was tried to log in, for the error.
struct LogInAttempts: Sendable, Equatable {
    var user: String
    /// What the server was shown and did not take.
    var tried: [String] = []
    /// What was not shown to it, and why.
    var omissions: [String] = []
    /// The methods that the server would take; empty when it was not asked.
    var accepted: [String] = []
    /// Questions of the server that a password does not answer.
    var questions: [String] = []

    /// All of it in one sentence.
    var account: String {
        var parts = [tried.isEmpty ? "there was nothing to try" : "tried " + tried.joined(separator: ", ")]
        if !omissions.isEmpty { parts.append("not tried: " + omissions.joined(separator: "; ")) }
        if !questions.isEmpty { parts.append("it asked `\(questions.joined(separator: "`, `"))`") }
        if !accepted.isEmpty { parts.append("the server accepts " + accepted.joined(separator: ", ")) }
        return parts.joined(separator: "; ")
    }

    fileprivate var advice: String {
        if !questions.isEmpty {
            return
                "only a password can be given as an answer: let \(user) log in with a key, or without a second question"
        }
        if omissions.contains(where: { $0.hasSuffix("which needs `transport: openssh`") }) {
            return "set `transport: openssh` for this host in the inventory, so that the system's ssh offers that too"
        }
        let takesKeys = accepted.isEmpty || accepted.contains("publickey")
        if tried.isEmpty, takesKeys {
            return "name a key with `identity-file`, or load one into the agent with ssh-add"
        }
        if !takesKeys {
            return accepted.contains { $0 == "password" || $0 == "keyboard-interactive" }
                ? "it accepts no keys: write `password: env:NAME` in the inventory" : "it does not accept keys"
        }
        return "is the key's .pub in authorized_keys of \(user) on the host, and does its sshd allow \(user)?"
    }
}
