internal import CLibSSH2

/// Which algorithms are offered: modern ones only, best first, as far as the libssh2 at hand has them.
///
/// No SHA-1, no CBC, no DSA, no RC4: what needs them is reached by `transport: openssh`, on the operator's own decision. The lists name
/// what libssh2 1.10 lacks too (AES-GCM, encrypt-then-MAC, SHA-2 signatures of RSA), so that a newer library offers them by itself.
struct Algorithms: Sendable, Equatable {
    var keyExchange: [String]
    var hostKeys: [String]
    var ciphers: [String]
    var macs: [String]

    static let wanted = Algorithms(
        keyExchange: [
            "curve25519-sha256", "curve25519-sha256@libssh.org",
            "ecdh-sha2-nistp256", "ecdh-sha2-nistp384", "ecdh-sha2-nistp521",
            "diffie-hellman-group16-sha512", "diffie-hellman-group18-sha512", "diffie-hellman-group14-sha256",
            "diffie-hellman-group-exchange-sha256",
            // Not algorithms but announcements that travel in this list: RFC 8308, and OpenSSH's PROTOCOL against Terrapin.
            "ext-info-c", "kex-strict-c-v00@openssh.com",
        ],
        hostKeys: [
            "ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521",
            "rsa-sha2-512", "rsa-sha2-256",
        ],
        ciphers: [
            "aes256-gcm@openssh.com", "aes128-gcm@openssh.com", "chacha20-poly1305@openssh.com",
            "aes256-ctr", "aes192-ctr", "aes128-ctr",
        ],
        macs: [
            "hmac-sha2-256-etm@openssh.com", "hmac-sha2-512-etm@openssh.com", "hmac-sha2-256", "hmac-sha2-512",
        ]
    )

    /// What of the wanted this libssh2 can do.
    ///
    /// Empty lists when there is no libssh2 to ask.
    static let offered: Algorithms = {
        let supported = LibSSH2Session.supported([
            LIBSSH2_METHOD_KEX, LIBSSH2_METHOD_HOSTKEY, LIBSSH2_METHOD_CRYPT_CS, LIBSSH2_METHOD_MAC_CS,
        ])
        func keep(_ names: [String], _ method: Int32) -> [String] {
            let known = Set(supported[method] ?? [])
            return names.filter(known.contains)
        }
        return Algorithms(
            keyExchange: keep(wanted.keyExchange, LIBSSH2_METHOD_KEX),
            hostKeys: keep(wanted.hostKeys, LIBSSH2_METHOD_HOSTKEY),
            ciphers: keep(wanted.ciphers, LIBSSH2_METHOD_CRYPT_CS),
            macs: keep(wanted.macs, LIBSSH2_METHOD_MAC_CS)
        )
    }()

    /// The same, for a host of which known_hosts has keys: only the algorithms that can prove one of them.
    ///
    /// A server that was made to offer another type of key then shows as an error, not as a question (as in OpenSSH).
    func limited(toKeyTypes types: Set<String>) -> Algorithms {
        guard !types.isEmpty else { return self }
        var limited = self
        limited.hostKeys = hostKeys.filter { types.contains(Self.keyType(of: $0)) }
        return limited
    }

    /// The type of key that a host key algorithm signs with: `rsa-sha2-512` is an algorithm of `ssh-rsa` keys (RFC 8332).
    static func keyType(of algorithm: String) -> String {
        algorithm.hasPrefix("rsa-sha2-") ? "ssh-rsa" : algorithm
    }
}

extension LibSSH2Session {
    /// Sets the lists that the handshake will offer.
    ///
    /// False when libssh2 has not one of them.
    func prefer(_ algorithms: Algorithms) -> Bool {
        [
            (algorithms.keyExchange, LIBSSH2_METHOD_KEX), (algorithms.hostKeys, LIBSSH2_METHOD_HOSTKEY),
            (algorithms.ciphers, LIBSSH2_METHOD_CRYPT_CS), (algorithms.ciphers, LIBSSH2_METHOD_CRYPT_SC),
            (algorithms.macs, LIBSSH2_METHOD_MAC_CS), (algorithms.macs, LIBSSH2_METHOD_MAC_SC),
        ].allSatisfy { names, method in prefer(names, for: method) == 0 }
    }
}
