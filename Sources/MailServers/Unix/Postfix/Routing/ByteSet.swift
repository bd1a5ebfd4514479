/// A set of bytes, as a step of a pattern takes them, in small letters.
struct ByteSet: Sendable, Equatable {
    private var bits: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

    init(_ bytes: some Sequence<UInt8> = []) {
        for byte in bytes { insert(byte) }
    }

    static let all = ByteSet(0...255)

    static func == (a: Self, b: Self) -> Bool { a.bits == b.bits }

    func contains(_ byte: UInt8) -> Bool {
        let bit: UInt64 = 1 << (byte & 63)
        return switch byte >> 6 {
        case 0: bits.0 & bit != 0
        case 1: bits.1 & bit != 0
        case 2: bits.2 & bit != 0
        default: bits.3 & bit != 0
        }
    }

    /// Large letters count as small ones.
    mutating func insert(_ byte: UInt8) {
        let small = (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
        let bit: UInt64 = 1 << (small & 63)
        switch small >> 6 {
        case 0: bits.0 |= bit
        case 1: bits.1 |= bit
        case 2: bits.2 |= bit
        default: bits.3 |= bit
        }
    }

    func union(_ other: Self) -> Self {
        var set = self
        set.bits = (
            bits.0 | other.bits.0, bits.1 | other.bits.1, bits.2 | other.bits.2, bits.3 | other.bits.3
        )
        return set
    }

    var inverted: Self {
        var set = self
        set.bits = (~bits.0, ~bits.1, ~bits.2, ~bits.3)
        return set
    }
}

extension ByteSet {
    private static let digits = ByteSet(UInt8(ascii: "0")...UInt8(ascii: "9"))
    private static let letters = ByteSet(UInt8(ascii: "a")...UInt8(ascii: "z"))
    private static let word = letters.union(digits).union(ByteSet("_".utf8))
    private static let blanks = ByteSet(" \t\n\u{B}\u{C}\r".utf8)
    private static let classes = [
        "alpha": letters, "digit": digits, "alnum": letters.union(digits), "space": blanks,
        "blank": ByteSet(" \t".utf8),
        "lower": letters, "upper": letters,
        "punct": ByteSet("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~".utf8),
    ]

    /// What `\` and this byte stand for; `nil` for what is no set of bytes, or not the same in both languages.
    static func escaped(_ byte: UInt8) -> ByteSet? {
        switch byte {
        case UInt8(ascii: "s"): blanks
        case UInt8(ascii: "S"): blanks.inverted
        case UInt8(ascii: "w"): word
        case UInt8(ascii: "W"): word.inverted
        case UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "`"), UInt8(ascii: "'"): nil
        default: letters.contains(byte | 0x20) || digits.contains(byte) ? nil : ByteSet([byte])
        }
    }

    /// What is between brackets, of which the first is gone.
    static func brackets(_ rest: inout ArraySlice<UInt8>) -> ByteSet? {
        let isNot = rest.first == UInt8(ascii: "^")
        if isNot { rest = rest.dropFirst() }
        var set = ByteSet()
        var isFirst = true
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "]"), !isFirst { return isNot ? set.inverted : set }
            isFirst = false
            guard let found = item(byte, &rest) else { return nil }
            set = set.union(found)
        }
        return nil
    }

    /// One class, escape, range or byte that begins with this one.
    private static func item(_ byte: UInt8, _ rest: inout ArraySlice<UInt8>) -> ByteSet? {
        if byte == UInt8(ascii: "["), let next = rest.first, ":.=".utf8.contains(next) { return named(&rest) }
        // An escape in one language and a byte of its own in the other: no address has one.
        if byte == UInt8(ascii: "\\") { return rest.popFirst().flatMap(escaped) }
        guard rest.first == UInt8(ascii: "-"), let last = rest.dropFirst().first, last != UInt8(ascii: "]") else {
            return ByteSet([byte])
        }
        guard last >= byte, last != UInt8(ascii: "["), last != UInt8(ascii: "\\") else { return nil }
        rest = rest.dropFirst(2)
        return ByteSet(byte...last)
    }

    /// `:digit:]` and its like.
    private static func named(_ rest: inout ArraySlice<UInt8>) -> ByteSet? {
        guard rest.popFirst() == UInt8(ascii: ":"), let end = rest.firstIndex(of: UInt8(ascii: ":")),
            let set = classes[rest[..<end].text]
        else { return nil }
        rest = rest[end...].dropFirst()
        return rest.popFirst() == UInt8(ascii: "]") ? set : nil
    }
}
