internal import Crypto

/// A private key that is ready to sign: ed25519, or ECDSA on one of NIST's curves.
///
/// Signing is done here and not by libssh2, so that a key file is read, and unlocked, once for a whole fleet and never on
/// an event loop: bcrypt takes a tenth of a second, and libssh2 would do it twice for each host.
struct PrivateKey: Sendable {
    /// As it travels.
    let publicKey: [UInt8]
    private let algorithm: Algorithm
    /// The seed, or the scalar in the curve's full size. Not the Crypto library's type, which is not `Sendable` in its version 3.
    private let secret: [UInt8]

    private enum Algorithm: String, Sendable {
        case ed25519 = "ssh-ed25519"
        case p256 = "ecdsa-sha2-nistp256"
        case p384 = "ecdsa-sha2-nistp384"
        case p521 = "ecdsa-sha2-nistp521"

        var size: Int {
            switch self {
            case .ed25519, .p256: 32
            case .p384: 48
            case .p521: 66
            }
        }
    }

    /// Reads the private section of an openssh-key-v1 file, after its cipher was undone.
    ///
    /// - Returns: `nil` when the section is not what the format says, as after a wrong passphrase, or of another type of key.
    init?(section: [UInt8], publicKey: [UInt8]) {
        var fields = Fields(section)
        guard let check = fields.uint32(), fields.uint32() == check,
            let algorithm = fields.text().flatMap(Algorithm.init),
            fields.string() != nil, let second = fields.string()
        else { return nil }
        // An ECDSA key names its curve before its point; an ed25519 key repeats the public half behind the seed.
        let number = algorithm == .ed25519 ? Array(second.prefix(32)) : fields.string() ?? []
        let digits = number.drop { $0 == 0 }
        guard !digits.isEmpty, digits.count <= algorithm.size else { return nil }
        secret = Array(repeating: 0, count: algorithm.size - digits.count) + digits
        self.algorithm = algorithm
        self.publicKey = publicKey
    }

    /// The signature without its algorithm's name, as it stands inside of an SSH signature (RFC 8709; RFC 5656, section 3.1.2).
    func signature(of message: [UInt8]) -> [UInt8]? {
        switch algorithm {
        case .ed25519:
            (try? Curve25519.Signing.PrivateKey(rawRepresentation: secret).signature(for: message)).map { Array($0) }
        case .p256:
            (try? P256.Signing.PrivateKey(rawRepresentation: secret).signature(for: message)).map {
                Self.numbers(in: $0.rawRepresentation)
            }
        case .p384:
            (try? P384.Signing.PrivateKey(rawRepresentation: secret).signature(for: message)).map {
                Self.numbers(in: $0.rawRepresentation)
            }
        case .p521:
            (try? P521.Signing.PrivateKey(rawRepresentation: secret).signature(for: message)).map {
                Self.numbers(in: $0.rawRepresentation)
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
