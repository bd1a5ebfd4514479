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
