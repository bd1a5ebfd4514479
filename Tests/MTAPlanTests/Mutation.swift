/// Spoils files, the same way at every run: a linear congruential generator with Knuth's constants.
struct Mutation {
    private var state: UInt64

    init(state: UInt64) { self.state = state }

    mutating func roll(_ sides: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int((state >> 33) % UInt64(max(sides, 1)))
    }

    mutating func mutate(_ bytes: inout [UInt8]) {
        guard !bytes.isEmpty else { return }
        let at = roll(bytes.count)
        let end = min(bytes.count, at + 1 + roll(20))
        switch roll(7) {
        case 0: bytes.remove(at: at)
        case 1: bytes[at] = UInt8(roll(256))
        case 2: bytes.insert(contentsOf: Self.pieces[roll(Self.pieces.count)], at: at)
        case 3: bytes.removeSubrange(at..<end)
        case 4: bytes.insert(contentsOf: bytes[at..<end], at: roll(bytes.count))
        case 5: bytes.swapAt(at, roll(bytes.count))
        default: bytes.replaceSubrange(at..<end, with: Self.pieces[roll(Self.pieces.count)])
        }
    }

    private static let pieces = [
        "\t", "\r\n", "\u{0}", ": ", "- ", "? ", "&a ", "*a", "<<: *a", "!vault |", "{", "}", "[", "]", "\"", "'",
        "|\n", ">-\n",
        "---\n", "...\n", "%YAML 1.1\n", "#", "\u{FEFF}", "ü", "yes", "~", "1e9999", "-", "99999999999999999999",
        "\u{85}",
        "plays:", "hosts: [", "smarthosts: *a", "😀", "\"\\ud800\"", "\"\\x00\"", "@", "`", ",", "[1:3]", "[a:",
        ":vars]", "=", "{{ x }}",
        "children:", "all:", "\\u00",
    ].map { Array($0.utf8) }
}
