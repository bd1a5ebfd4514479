// What is said about host keys and known_hosts files.

extension SSHError {
    private static let check = "check the host key"

    static func knownHostsUnreadable(_ file: String, _ reason: String) -> SSHError {
        SSHError(
            .knownHostsUnusable,
            attempt: check,
            problem: "\(file) cannot be read: \(reason)",
            hint: "it may revoke keys, so no host is trusted without it"
        )
    }

    static func revocationList(_ file: String) -> SSHError {
        SSHError(
            .knownHostsUnusable,
            attempt: check,
            problem: "\(file), which revokes host keys, is a key revocation list (KRL)",
            hint: "only `transport: openssh` can read it; a file of public keys, one per line, works here too"
        )
    }

    static func knownHostsNotWritten(_ file: String, _ reason: String) -> SSHError {
        SSHError(
            .knownHostsUnusable,
            attempt: "remember a host key",
            problem: "\(file) cannot be written: \(reason)",
            hint: "add the host's key to it by hand, or make it writable"
        )
    }

    static func noKnownHostsFile() -> SSHError {
        SSHError(
            .knownHostsUnusable,
            attempt: "remember a host key",
            problem: "there is no known_hosts file to add the host's key to",
            hint: "name one with UserKnownHostsFile"
        )
    }

    /// All keys that are known for a host are of types that libssh2 cannot check.
    static func knownKeysUnsupported(_ known: [(type: String, place: String)]) -> SSHError {
        let places = known.map { "\($0.type) at \($0.place)" }.joined(separator: ", ")
        return SSHError(
            .noCommonAlgorithm,
            attempt: check,
            problem: "libssh2 \(LibSSH2.version) cannot check the keys that are known for it: \(places)",
            hint:
                "use `transport: openssh`, or add its ed25519 key to known_hosts (`ssh-keyscan -t ed25519`, verified by other means)"
        )
    }

    static func noHostKey() -> SSHError {
        SSHError(
            .lost,
            attempt: check,
            problem: "the server showed no host key",
            hint: "is it an SSH server? `ssh -v` may show why"
        )
    }

    static func hostKeyRevoked(_ fingerprint: String) -> SSHError {
        SSHError(
            .hostKeyRevoked(fingerprint: fingerprint),
            attempt: check,
            problem: "host key is revoked: \(fingerprint)",
            hint: "whoever has this key can impersonate the host; give the host a new one"
        )
    }

    static func hostKeyChanged(_ fingerprint: String, _ host: HostName, _ places: [String]) -> SSHError {
        SSHError(
            .hostKeyChanged(fingerprint: fingerprint),
            attempt: check,
            problem:
                "host key changed: \(fingerprint) was offered, another is known (\(places.joined(separator: ", ")))",
            hint: "if the host was reinstalled, `ssh-keygen -R \(host.lookup)`, then connect once with ssh"
        )
    }

    /// `authority` is the place where a certificate authority is named for the host, `files` where its key was looked for.
    static func hostKeyUnknown(
        _ fingerprint: String,
        authority: String?,
        files: [String],
        isInDNS: Bool = false
    ) -> SSHError {
        let hint =
            if let authority {
                "\(authority) names a certificate authority for it, which only `transport: openssh` can use"
            } else if isInDNS {
                "ssh would ask DNS about it (VerifyHostKeyDNS), which only `transport: openssh` does"
            } else {
                "compare it with `ssh-keygen -lf` on the host's own key, then connect once with ssh, or use --accept-new"
            }
        let places = files.isEmpty ? "any file" : files.joined(separator: ", ")
        return SSHError(
            .hostKeyUnknown(fingerprint: fingerprint),
            attempt: check,
            problem: "host key is not known: \(fingerprint) is not in \(places)",
            hint: hint
        )
    }
}
