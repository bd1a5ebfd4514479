/// Blowfish, as far as bcrypt needs it.
///
/// Source: Schneier, "Description of a New Variable-Length Key, 64-Bit Block Cipher", 1993.
/// Its tables are the binary digits of pi behind the point, and are computed rather than written out: 18 words, then four boxes of 256.
struct Blowfish {
    private var subkeys: [UInt32]
    private var boxes: [UInt32]

    private static let tables = Pi.fraction(words: 18 + 4 * 256)

    init() {
        subkeys = Array(Self.tables.prefix(18))
        boxes = Array(Self.tables.dropFirst(18))
    }

    func encipher(_ left: inout UInt32, _ right: inout UInt32) {
        for round in stride(from: 0, to: 16, by: 2) {
            left ^= subkeys[round]
            right ^= mix(left) ^ subkeys[round + 1]
            left ^= mix(right)
        }
        (left, right) = (right ^ subkeys[17], left ^ subkeys[16])
    }

    private func mix(_ word: UInt32) -> UInt32 {
        let first = boxes[Int(word >> 24)] &+ boxes[256 + Int(word >> 16 & 255)]
        return (first ^ boxes[512 + Int(word >> 8 & 255)]) &+ boxes[768 + Int(word & 255)]
    }

    /// bcrypt's key schedule: mixes a key in, and a salt where there is one.
    mutating func expand(key: [UInt32], salt: [UInt32] = [0]) {
        for index in 0..<18 { subkeys[index] ^= key[index % key.count] }
        var (left, right): (UInt32, UInt32) = (0, 0)
        var place = 0
        func next(_ place: inout Int) -> UInt32 {
            defer { place = (place + 1) % salt.count }
            return salt[place]
        }
        for index in stride(from: 0, to: 18, by: 2) {
            left ^= next(&place)
            right ^= next(&place)
            encipher(&left, &right)
            subkeys[index] = left
            subkeys[index + 1] = right
        }
        for index in stride(from: 0, to: 1024, by: 2) {
            left ^= next(&place)
            right ^= next(&place)
            encipher(&left, &right)
            boxes[index] = left
            boxes[index + 1] = right
        }
    }
}
