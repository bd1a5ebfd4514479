internal import Crypto

/// The key derivation of OpenSSH's private key files.
///
/// Source: OpenBSD, lib/libutil/bcrypt_pbkdf.c: PBKDF2 with a bcrypt over SHA-512 in place of the HMAC, and its output
/// dealt out over the whole key instead of block by block.
enum BcryptPBKDF {
    private static let blockSize = 32
    private static let magic = words("OxychromaticBlowfishSwatDynamite".utf8)

    static func key(_ passphrase: [UInt8], salt: [UInt8], rounds: Int, size: Int) -> [UInt8] {
        let hashedPassphrase = words(SHA512.hash(data: passphrase))
        let stride = (size + blockSize - 1) / blockSize
        let share = (size + stride - 1) / stride
        var key = [UInt8](repeating: 0, count: size)
        for block in 0..<stride {
            var numbered = salt
            numbered.append(number: UInt32(block + 1))
            var part = hash(hashedPassphrase, words(SHA512.hash(data: numbered)))
            var sum = part
            for _ in 1..<max(rounds, 1) {
                part = hash(hashedPassphrase, words(SHA512.hash(data: part)))
                for index in sum.indices { sum[index] ^= part[index] }
            }
            for index in 0..<share where index * stride + block < size { key[index * stride + block] = sum[index] }
        }
        return key
    }

    private static func hash(_ passphrase: [UInt32], _ salt: [UInt32]) -> [UInt8] {
        var cipher = Blowfish()
        cipher.expand(key: passphrase, salt: salt)
        for _ in 0..<64 {
            cipher.expand(key: salt)
            cipher.expand(key: passphrase)
        }
        var text = magic
        for _ in 0..<64 {
            for index in stride(from: 0, to: text.count, by: 2) {
                var (left, right) = (text[index], text[index + 1])
                cipher.encipher(&left, &right)
                (text[index], text[index + 1]) = (left, right)
            }
        }
        return text.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) } }
    }

    private static func words(_ bytes: some Sequence<UInt8>) -> [UInt32] {
        let bytes = Array(bytes)
        return stride(from: 0, to: bytes.count, by: 4).map { start in
            bytes[start..<start + 4].reduce(0) { $0 << 8 | UInt32($1) }
        }
    }
}
