internal import Crypto
internal import MTAPlan

enum Digest {
    /// In hexadecimal.
    static func sha256(_ bytes: [UInt8]) -> String { SHA256.hash(data: bytes).hexadecimal }
}
