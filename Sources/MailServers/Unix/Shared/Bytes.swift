extension UInt8 {
    /// White space as isspace(3) has it in the C locale, which is what Postfix goes by: a carriage return counts.
    var isBlank: Bool { self == 0x20 || (0x09...0x0D).contains(self) }
}

extension BidirectionalCollection where Element == UInt8 {
    /// The bytes without white space at either end.
    var trimmed: SubSequence {
        let start = self[...].drop(while: \.isBlank)
        guard let last = start.lastIndex(where: { !$0.isBlank }) else { return start[start.endIndex...] }
        return start[...last]
    }

    /// The bytes as text; those that are not UTF-8 become replacement characters.
    var text: String { String(decoding: self, as: UTF8.self) }
}

extension Collection where Element == UInt8 {
    /// Whether the other bytes are somewhere among these, one behind the other.
    func holds(_ other: some Collection<UInt8>) -> Bool {
        guard let first = other.first else { return true }
        var rest = self[...]
        while let at = rest.firstIndex(of: first) {
            if rest[at...].starts(with: other) { return true }
            rest = rest[index(after: at)...]
        }
        return false
    }
}

extension StringProtocol where SubSequence == Substring {
    /// The first place of an ASCII text, byte by byte, which is many times as fast as by characters, and finds it before
    /// a combining mark, too.
    func range(ofASCII text: String) -> Range<Index>? {
        guard let first = text.utf8.first else { return nil }
        var rest = self[...].utf8
        while let found = rest.firstIndex(of: first) {
            if rest[found...].starts(with: text.utf8) {
                return found..<rest.index(found, offsetBy: text.utf8.count)
            }
            rest = rest[rest.index(after: found)...]
        }
        return nil
    }
}

/// Many strings that are looked for in a text at once, byte by byte.
struct ByteStrings: Sendable {
    private let byFirst: [UInt8: [[UInt8]]]

    /// An empty string is in no text.
    init(_ strings: some Sequence<String>) {
        byFirst = Dictionary(grouping: strings.filter { !$0.isEmpty }.map { Array($0.utf8) }) { $0[0] }
    }

    /// Whether one of them is somewhere in the text.
    func areSome(in text: String) -> Bool {
        if byFirst.isEmpty { return false }
        let bytes = Array(text.utf8)
        return bytes.indices.contains { index in
            byFirst[bytes[index]]?.contains { bytes[index...].starts(with: $0) } ?? false
        }
    }
}

extension String {
    /// What is where a host is named, with its port, for words and tables.
    ///
    /// What has other characters than a host may be a login that was put there, and is not shown.
    var shownAsHost: String {
        let isHost = unicodeScalars.allSatisfy { scalar in
            scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
                || ".-_:[]%".unicodeScalars.contains(scalar)
        }
        return isHost ? self : "[no host]"
    }

    /// Each of these signs twice, also one with a combining mark behind it.
    func doubling(_ sign: Unicode.Scalar) -> String {
        unicodeScalars.map { $0 == sign ? "\($0)\($0)" : String($0) }.joined()
    }

    /// The text with control characters written out, so that a name from a host cannot steer the terminal.
    ///
    /// It is between two `` ` ``, and so has none: what is between them is chosen before it is shown.
    var escaped: String {
        unicodeScalars.map { scalar in
            let isControl = scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
            return isControl ? scalar.escaped(asASCII: true) : scalar == "`" ? "'" : String(Character(scalar))
        }.joined()
    }
}
