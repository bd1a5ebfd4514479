extension String {
    /// The text as one word of a POSIX shell.
    package var shellQuoted: String {
        let plain =
            !isEmpty
            && utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "."), UInt8(ascii: "_"),
                    UInt8(ascii: "-"), UInt8(ascii: ":"), UInt8(ascii: ","), UInt8(ascii: "@"):
                    true
                default: false
                }
            }
        if plain { return self }
        // Byte by byte: a quote with a combining mark behind it is one Character, and another one than a quote.
        var quoted: [UInt8] = [UInt8(ascii: "'")]
        quoted.reserveCapacity(utf8.count + 16)
        for byte in utf8 {
            if byte == UInt8(ascii: "'") { quoted += #"'\''"#.utf8 } else { quoted.append(byte) }
        }
        return String(decoding: quoted + [UInt8(ascii: "'")], as: UTF8.self)
    }
}
