/// What this build can do over SSH, for `mtactl doctor`.
package struct Capabilities: Sendable, Equatable {
    /// The version of the libssh2 that this process runs with.
    package var libssh2: String
    /// What is offered to servers, best first.
    package var offered: [Kind]
    /// What cannot be done, and what to do about it.
    package var limits: [Limit]

    package struct Kind: Sendable, Equatable {
        /// `key exchange`, `host key`, `cipher`, `MAC`.
        package var name: String
        package var algorithms: [String]
    }

    package struct Limit: Sendable, Equatable {
        /// Lower case, no full stop: `servers whose only host key is RSA`.
        package var problem: String
        package var hint: String
    }

    /// Of the libssh2 at hand.
    package static let current = Capabilities(version: LibSSH2.version.description, Algorithms.offered)

    init(version: String, _ offered: Algorithms) {
        libssh2 = version
        self.offered = [
            Kind(name: "key exchange", algorithms: offered.keyExchange),
            Kind(name: "host key", algorithms: offered.hostKeys),
            Kind(name: "cipher", algorithms: offered.ciphers),
            Kind(name: "MAC", algorithms: offered.macs),
        ]
        let newer = "install libssh2 1.11.1 or newer (Debian 13), or use `transport: openssh`"
        var limits: [Limit] = []
        if !offered.hostKeys.contains("rsa-sha2-512") {
            limits.append(
                Limit(problem: "servers whose only host key is RSA", hint: "give them an ed25519 host key; or \(newer)")
            )
            limits.append(
                Limit(
                    problem: "RSA keys of users, at servers other than OpenSSH's",
                    hint: "use an ed25519 key; or \(newer)"
                )
            )
        }
        if !offered.ciphers.contains(where: { $0.contains("gcm") || $0.contains("poly1305") }) {
            limits.append(Limit(problem: "servers that allow only AES-GCM or ChaCha20 ciphers", hint: newer))
        }
        if !offered.macs.contains(where: { $0.contains("-etm@") }) {
            limits.append(Limit(problem: "servers that allow only encrypt-then-MAC", hint: newer))
        }
        limits.append(
            Limit(
                problem: "user certificates, FIDO tokens, GSSAPI, ProxyCommand, host certificates",
                hint: "use `transport: openssh`"
            )
        )
        self.limits = limits
    }
}
