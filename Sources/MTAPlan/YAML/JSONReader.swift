/// Reads JSON into the same tree as YAML, for programs that print it.
///
/// libyaml reads most JSON, but neither escapes above U+FFFF nor keys longer than 1,024 characters.
/// Source: RFC 8259.
package enum JSONReader {
    package static func read(_ bytes: [UInt8], file: String) throws(Failures) -> YAMLNode {
        do throws(Complaint) { return try document(bytes, file: file) } catch { throw Failures(error.failure) }
    }

    static func document(_ bytes: [UInt8], file: String) throws(Complaint) -> YAMLNode {
        let content = try YAMLText.content(bytes, file: file)
        guard String(validating: content, as: UTF8.self) != nil else {
            throw Complaint(Place(file: file), "the file is not UTF-8", hint: "save it as UTF-8")
        }
        var parser = JSONParser(bytes: Array(content), file: file)
        return try parser.document()
    }
}

/// Goes through the bytes; all that JSON itself is made of is ASCII.
private struct JSONParser {
    let bytes: [UInt8]
    private var index = 0
    /// The last place that was asked for, or where the line begins, and its index.
    private var last: (place: Place, index: Int)

    init(bytes: [UInt8], file: String) {
        self.bytes = bytes
        last = (Place(file: file), 0)
    }

    mutating func document() throws(Complaint) -> YAMLNode {
        let node = try value(depth: 0)
        skipBlanks()
        guard next == nil else { throw wrong("more text after the JSON value") }
        return node
    }

    private var next: UInt8? { index < bytes.count ? bytes[index] : nil }

    /// Columns count in Unicode scalars.
    private var place: Place {
        var place = last.place
        place.column += bytes[last.index..<index].count { $0 & 0xC0 != 0x80 }
        return place
    }

    private mutating func skipBlanks() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
            index += 1
            if byte == 0x0A {
                last = (Place(file: last.place.file, line: last.place.line + 1), index)
            }
        }
    }

    private func wrong(_ problem: String) -> Complaint { Complaint(place, "this is not JSON: \(problem)") }

    private mutating func take(_ byte: UInt8) throws(Complaint) {
        guard next == byte else { throw wrong("`\(Character(Unicode.Scalar(byte)))` is missing") }
        index += 1
    }

    private mutating func value(depth: Int) throws(Complaint) -> YAMLNode {
        guard depth < YAMLReader.depth else { throw wrong("it is nested too deeply") }
        skipBlanks()
        let start = place
        last = (start, index)
        switch next {
        case UInt8(ascii: "{"): return YAMLNode(.mapping(try pairs(depth: depth)), at: start)
        case UInt8(ascii: "["): return YAMLNode(.list(try list(depth: depth)), at: start)
        case UInt8(ascii: "\""): return YAMLNode(.quoted(try string()), at: start)
        default:
            let word = bytes[index...].prefix(while: Self.isWord)
            let node = YAMLNode(.plain(String(decoding: word, as: UTF8.self)), at: start)
            switch node.kind {
            case .integer, .number: break
            case _ where ["true", "false", "null"].contains(node.scalar): break
            default: throw wrong("a value is missing")
            }
            index += word.count
            return node
        }
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
            true
        default: false
        }
    }

    private mutating func list(depth: Int) throws(Complaint) -> [YAMLNode] {
        var nodes: [YAMLNode] = []
        try take(UInt8(ascii: "["))
        skipBlanks()
        while next != UInt8(ascii: "]") {
            if !nodes.isEmpty { try take(UInt8(ascii: ",")) }
            nodes.append(try value(depth: depth + 1))
            skipBlanks()
        }
        try take(UInt8(ascii: "]"))
        return nodes
    }

    private mutating func pairs(depth: Int) throws(Complaint) -> [YAMLNode.Pair] {
        var pairs: [YAMLNode.Pair] = []
        var known: [String: Int] = [:]
        try take(UInt8(ascii: "{"))
        skipBlanks()
        while next != UInt8(ascii: "}") {
            if !pairs.isEmpty {
                try take(UInt8(ascii: ","))
                skipBlanks()
            }
            let start = place
            guard next == UInt8(ascii: "\"") else { throw wrong("a key is missing") }
            let key = try string()
            skipBlanks()
            try take(UInt8(ascii: ":"))
            let pair = YAMLNode.Pair(key: YAMLNode(.quoted(key), at: start), value: try value(depth: depth + 1))
            // The last of several counts, as for Python.
            if let index = known[key] {
                pairs[index] = pair
            } else {
                known[key] = pairs.count
                pairs.append(pair)
            }
            skipBlanks()
        }
        try take(UInt8(ascii: "}"))
        return pairs
    }

    private mutating func string() throws(Complaint) -> String {
        try take(UInt8(ascii: "\""))
        let plain = bytes[index...].prefix { $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
        index += plain.count
        guard next != UInt8(ascii: "\"") else {
            index += 1
            return String(decoding: plain, as: UTF8.self)
        }
        var units = Array(String(decoding: plain, as: UTF8.self).utf16)
        while let byte = next, byte != UInt8(ascii: "\"") {
            guard byte >= 0x20 else { throw wrong("a line break in a string") }
            if byte == UInt8(ascii: "\\") {
                index += 1
                units.append(try escaped())
            } else {
                let run = bytes[index...].prefix { $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
                units += Array(String(decoding: run, as: UTF8.self).utf16)
                index += run.count
            }
        }
        try take(UInt8(ascii: "\""))
        guard let text = String(validating: units, as: UTF16.self) else { throw wrong("an unpaired surrogate") }
        return text
    }

    private mutating func escaped() throws(Complaint) -> UInt16 {
        guard let byte = next else { throw wrong("an escape is missing") }
        index += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return UInt16(byte)
        case UInt8(ascii: "b"): return 8
        case UInt8(ascii: "f"): return 12
        case UInt8(ascii: "n"): return 10
        case UInt8(ascii: "r"): return 13
        case UInt8(ascii: "t"): return 9
        case UInt8(ascii: "u"):
            let digits = bytes[index...].prefix(4)
            guard digits.count == 4, let unit = UInt16(String(decoding: digits, as: UTF8.self), radix: 16) else {
                throw wrong("four hexadecimal digits are missing")
            }
            index += 4
            return unit
        default: throw wrong("an escape that JSON does not have")
        }
    }
}
