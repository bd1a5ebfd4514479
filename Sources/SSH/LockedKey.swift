internal import Crypto
internal import _CryptoExtras

/// The private section of an openssh-key-v1 file that is encrypted, and how to open it.
///
/// Source: OpenSSH 9.2, sshkey.c (`private2_decrypt`) and cipher.c.
enum LockedKey {
    struct Cipher: Sendable {
        var keySize: Int
        var nonceSize: Int
        var open: @Sendable (_ sealed: [UInt8], _ tag: [UInt8], _ key: [UInt8], _ nonce: [UInt8]) -> [UInt8]?
    }

    static let ciphers: [String: Cipher] = [
        "aes256-ctr": Cipher(keySize: 32, nonceSize: 16, open: counter),
        "aes192-ctr": Cipher(keySize: 24, nonceSize: 16, open: counter),
        "aes128-ctr": Cipher(keySize: 16, nonceSize: 16, open: counter),
        "aes256-cbc": Cipher(keySize: 32, nonceSize: 16, open: chained),
        "aes256-gcm@openssh.com": Cipher(keySize: 32, nonceSize: 12, open: authenticated),
        "aes128-gcm@openssh.com": Cipher(keySize: 16, nonceSize: 12, open: authenticated),
    ]

    /// The section in clear.
    ///
    /// Whether the passphrase was right shows only when it is read (`PrivateKey`).
    static func open(_ sealed: KeyFile.Sealed, passphrase: String) -> [UInt8]? {
        var options = Fields(sealed.keyDerivationOptions)
        guard let cipher = ciphers[sealed.cipher], let salt = options.string(), let rounds = options.uint32() else {
            return nil
        }
        let material = BcryptPBKDF.key(
            Array(passphrase.utf8),
            salt: salt,
            rounds: Int(rounds),
            size: cipher.keySize + cipher.nonceSize
        )
        return cipher.open(
            sealed.secret,
            sealed.trailer,
            Array(material.prefix(cipher.keySize)),
            Array(material.suffix(cipher.nonceSize))
        )
    }

    private static let counter: @Sendable ([UInt8], [UInt8], [UInt8], [UInt8]) -> [UInt8]? = { sealed, _, key, nonce in
        // What fails has the wrong key or was changed; its errors tell no more.
        guard let nonce = try? AES._CTR.Nonce(nonceBytes: nonce) else { return nil }
        return (try? AES._CTR.decrypt(sealed, using: SymmetricKey(data: key), nonce: nonce)).map { Array($0) }
    }

    private static let chained: @Sendable ([UInt8], [UInt8], [UInt8], [UInt8]) -> [UInt8]? = { sealed, _, key, nonce in
        // What fails has the wrong key or was changed; its errors tell no more.
        guard let start = try? AES._CBC.IV(ivBytes: nonce) else { return nil }
        return (try? AES._CBC.decrypt(sealed, using: SymmetricKey(data: key), iv: start, noPadding: true)).map {
            Array($0)
        }
    }

    private static let authenticated: @Sendable ([UInt8], [UInt8], [UInt8], [UInt8]) -> [UInt8]? = {
        sealed,
        tag,
        key,
        nonce in
        // What fails has the wrong key or was changed; its errors tell no more.
        guard let nonce = try? AES.GCM.Nonce(data: nonce),
            let box = try? AES.GCM.SealedBox(nonce: nonce, ciphertext: sealed, tag: tag)
        else { return nil }
        // As above.
        return (try? AES.GCM.open(box, using: SymmetricKey(data: key))).map { Array($0) }
    }
}
