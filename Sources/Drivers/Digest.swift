internal import Crypto
internal import MTAPlan

package enum Digest {
    /// In hexadecimal.
    package static func sha256(_ bytes: [UInt8]) -> String { SHA256.hash(data: bytes).hexadecimal }
}
