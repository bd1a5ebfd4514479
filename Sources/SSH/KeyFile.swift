/// What kind of private key a file holds, as far as can be determined without its passphrase.
///
/// Source of the format: OpenSSH, PROTOCOL.key (openssh-key-v1).
package struct KeyFile: Sendable, Equatable {
    package var format: Format
    /// The public key as it travels, where the file shows it.
    package var publicKey: [UInt8]?
    /// `ssh-ed25519`, `ecdsa-sha2-nistp256`, `ssh-rsa`, …; `nil` where only the passphrase would tell.
    package var type: String?

    package enum Format: Sendable, Equatable {
        /// OpenSSH's own; `cipher` is `none` for a key without passphrase.
        case openSSH(cipher: String, keyDerivation: String)
        /// PEM: `RSA PRIVATE KEY`, `EC PRIVATE KEY`, `PRIVATE KEY`, `ENCRYPTED PRIVATE KEY`.
        case pem(label: String, isEncrypted: Bool)
        case notAKey
    }

    /// The parts that follow the header of an openssh-key-v1 file.
    var sealed: Sealed?

    struct Sealed: Sendable, Equatable {
        var cipher: String
        var keyDerivationOptions: [UInt8]
        var secret: [UInt8]
        /// What is behind: the authentication tag of some ciphers.
        var trailer: [UInt8]
    }

    package init(_ bytes: [UInt8]) {
        format = .notAKey
        let lines = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
        guard let first = lines.firstIndex(where: { $0.hasPrefix("-----BEGIN ") }) else { return }
        let label = lines[first].dropFirst("-----BEGIN ".count).prefix { $0 != "-" }
        let body = lines[(first + 1)...].prefix { !$0.hasPrefix("-----END") }
        guard label == "OPENSSH PRIVATE KEY" else {
            guard label.hasSuffix("PRIVATE KEY") else { return }
            let isEncrypted = label.hasPrefix("ENCRYPTED") || body.contains { $0.hasPrefix("Proc-Type:") }
            format = .pem(label: String(label), isEncrypted: isEncrypted)
            type = label == "RSA PRIVATE KEY" ? "ssh-rsa" : nil
            return
        }
        guard let decoded = Base64.decode(body.joined()) else { return }
        readOpenSSH(decoded)
    }

    private mutating func readOpenSSH(_ bytes: [UInt8]) {
        var fields = Fields(bytes)
        guard fields.bytes(15) == Array("openssh-key-v1\0".utf8),
            let cipher = fields.text(), let keyDerivation = fields.text(), let options = fields.string(),
            fields.uint32() == 1, let publicKey = fields.string(), let secret = fields.string()
        else { return }
        format = .openSSH(cipher: cipher, keyDerivation: keyDerivation)
        self.publicKey = publicKey
        var key = Fields(publicKey)
        type = key.text()
        sealed = Sealed(
            cipher: cipher,
            keyDerivationOptions: options,
            secret: secret,
            trailer: Array(fields.rest)
        )
    }

    package var isEncrypted: Bool {
        switch format {
        case .openSSH(let cipher, _): cipher != "none"
        case .pem(_, let isEncrypted): isEncrypted
        case .notAKey: false
        }
    }
}
