internal import Crypto
internal import _CryptoExtras

/// A private key that is ready to sign.
///
/// Signing is done here and not by libssh2, so that a key file is read, and unlocked, once for a whole fleet and never on
/// an event loop: bcrypt takes a tenth of a second, and libssh2 would do it twice for each host.
struct PrivateKey: Sendable {
    /// As it travels.
    let publicKey: [UInt8]
    fileprivate let secret: Secret

    /// An ed25519 seed; a scalar in the full size of its curve; or an RSA key.
    ///
    /// Not the Crypto library's own types for the first two, which are not `Sendable` in its version 3.
    fileprivate enum Secret: Sendable {
        case ed25519([UInt8])
        case p256([UInt8])
        case p384([UInt8])
        case p521([UInt8])
        case rsa(_RSA.Signing.PrivateKey)
    }

    /// The signature without its algorithm's name, as it is inside of an SSH signature; `nil` where the key cannot do
    /// it.
    ///
    /// Source: RFC 8709, section 6 (ed25519); RFC 5656, section 3.1.2 (ECDSA); RFC 8332, section 3 (RSA with SHA-2; SHA-1 is declined).
    func signature(of message: [UInt8]) -> [UInt8]? {
        switch secret {
        case .ed25519(let seed):
            attempt(try Curve25519.Signing.PrivateKey(rawRepresentation: seed).signature(for: message)).map {
                Array($0)
            }
        case .p256(let scalar):
            attempt(try P256.Signing.PrivateKey(rawRepresentation: scalar).signature(for: message)).map {
                Self.numbers(in: $0.rawRepresentation)
            }
        case .p384(let scalar):
            attempt(try P384.Signing.PrivateKey(rawRepresentation: scalar).signature(for: message)).map {
                Self.numbers(in: $0.rawRepresentation)
            }
        case .p521(let scalar):
            attempt(try P521.Signing.PrivateKey(rawRepresentation: scalar).signature(for: message)).map {
                Self.numbers(in: $0.rawRepresentation)
            }
        case .rsa(let key):
            switch SSHAgent.algorithm(in: message) {
            case "rsa-sha2-512":
                attempt(try key.signature(for: SHA512.hash(data: message), padding: .insecurePKCS1v1_5)).map {
                    Array($0.rawRepresentation)
                }
            case "rsa-sha2-256":
                attempt(try key.signature(for: SHA256.hash(data: message), padding: .insecurePKCS1v1_5)).map {
                    Array($0.rawRepresentation)
                }
            default: nil
            }
        }
    }

    /// The two halves of a raw ECDSA signature as two numbers.
    private static func numbers(in raw: some Collection<UInt8>) -> [UInt8] {
        let bytes = Array(raw)
        var signature: [UInt8] = []
        signature.append(unsigned: bytes.prefix(bytes.count / 2))
        signature.append(unsigned: bytes.suffix(bytes.count / 2))
        return signature
    }
}

// MARK: - OpenSSH's format

extension PrivateKey {
    /// Reads the private section of an openssh-key-v1 file, after its cipher was undone.
    ///
    /// - Returns: `nil` when the section is not what the format says, as after a wrong passphrase, or of another type of key.
    init?(section: [UInt8], publicKey: [UInt8]) {
        var fields = Fields(section)
        guard let check = fields.uint32(), fields.uint32() == check, let type = fields.text(),
            let secret = Secret(type, &fields)
        else { return nil }
        self.secret = secret
        self.publicKey = publicKey
    }
}

extension PrivateKey.Secret {
    fileprivate init?(_ type: String, _ fields: inout Fields) {
        switch type {
        case "ssh-ed25519":
            // The seed is followed by the public half once more.
            guard fields.string()?.count == 32, let both = fields.string(), both.count == 64 else { return nil }
            self = .ed25519(Array(both.prefix(32)))
        case "ecdsa-sha2-nistp256":
            guard let scalar = Self.scalar(32, &fields) else { return nil }
            self = .p256(scalar)
        case "ecdsa-sha2-nistp384":
            guard let scalar = Self.scalar(48, &fields) else { return nil }
            self = .p384(scalar)
        case "ecdsa-sha2-nistp521":
            guard let scalar = Self.scalar(66, &fields) else { return nil }
            self = .p521(scalar)
        case "ssh-rsa":
            guard let n = fields.number(), let e = fields.number(), let d = fields.number(), fields.number() != nil,
                let p = fields.number(), let q = fields.number(),
                let key = attempt(try _RSA.Signing.PrivateKey(n: n, e: e, d: d, p: p, q: q))
            else { return nil }
            self = .rsa(key)
        default: return nil
        }
    }

    /// The number behind the names of the curve and the point, filled up to the size of the curve.
    private static func scalar(_ size: Int, _ fields: inout Fields) -> [UInt8]? {
        guard fields.string() != nil, fields.string() != nil, let digits = fields.number(), digits.count <= size else {
            return nil
        }
        return Array(repeating: 0, count: size - digits.count) + digits
    }
}

// MARK: - PEM

extension PrivateKey {
    /// Reads a PEM file without passphrase: PKCS#1, SEC 1 or PKCS#8, with an RSA or ECDSA key.
    init?(pem text: String) {
        if let key = attempt(try P256.Signing.PrivateKey(pemRepresentation: text)) {
            secret = .p256(Array(key.rawRepresentation))
            publicKey = Self.publicKey(curve: "nistp256", Array(key.publicKey.x963Representation))
        } else if let key = attempt(try P384.Signing.PrivateKey(pemRepresentation: text)) {
            secret = .p384(Array(key.rawRepresentation))
            publicKey = Self.publicKey(curve: "nistp384", Array(key.publicKey.x963Representation))
        } else if let key = attempt(try P521.Signing.PrivateKey(pemRepresentation: text)) {
            secret = .p521(Array(key.rawRepresentation))
            publicKey = Self.publicKey(curve: "nistp521", Array(key.publicKey.x963Representation))
        } else if let key = attempt(try _RSA.Signing.PrivateKey(pemRepresentation: text)),
            let numbers = attempt(try key.publicKey.getKeyPrimitives())
        {
            secret = .rsa(key)
            var blob: [UInt8] = []
            blob.append(field: "ssh-rsa".utf8)
            blob.append(unsigned: Array(numbers.publicExponent))
            blob.append(unsigned: Array(numbers.modulus))
            publicKey = blob
        } else {
            return nil
        }
    }

    private static func publicKey(curve: String, _ point: [UInt8]) -> [UInt8] {
        var blob: [UInt8] = []
        blob.append(field: "ecdsa-sha2-\(curve)".utf8)
        blob.append(field: curve.utf8)
        blob.append(field: point)
        return blob
    }
}
