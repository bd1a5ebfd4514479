/// Reads JSON into the same tree as YAML, for programs that print it.
///
/// libyaml reads most JSON, but neither escapes above U+FFFF nor keys longer than 1,024 characters.
/// Source: RFC 8259.
package enum JSONReader {
    package static func read(_ bytes: [UInt8], file: String) throws(Failures) -> YAMLNode {
        do throws(Complaint) { return try document(bytes, file: file) } catch { throw Failures(error.failure) }
    }

    static func document(_ bytes: [UInt8], file: String) throws(Complaint) -> YAMLNode {
        let text = try YAMLText(bytes, file: file)
        var parser = JSONParser(scalars: Array(text.text.unicodeScalars), place: Place(file: file))
        return try parser.document()
    }
}

private struct JSONParser {
    let scalars: [Unicode.Scalar]
    var index = 0
    var place: Place

    init(scalars: [Unicode.Scalar], place: Place) {
        self.scalars = scalars
        self.place = place
    }

    mutating func document() throws(Complaint) -> YAMLNode {
        let node = try value(depth: 0)
        skipBlanks()
        guard next == nil else { throw wrong("more text after the JSON value") }
        return node
    }

    private var next: Unicode.Scalar? { index < scalars.count ? scalars[index] : nil }

    private mutating func advance() {
        if next == "\n" {
            place.line += 1
            place.column = 1
        } else {
            place.column += 1
        }
        index += 1
    }

    private mutating func skipBlanks() {
        while let scalar = next, scalar == " " || scalar == "\n" || scalar == "\r" || scalar == "\t" { advance() }
    }

    private func wrong(_ problem: String) -> Complaint { Complaint(place, "this is not JSON: \(problem)") }

    private mutating func take(_ scalar: Unicode.Scalar) throws(Complaint) {
        guard next == scalar else { throw wrong("`\(scalar)` is missing") }
        advance()
    }

    private mutating func value(depth: Int) throws(Complaint) -> YAMLNode {
        guard depth < YAMLReader.depth else { throw wrong("it is nested too deeply") }
        skipBlanks()
        let start = place
        switch next {
        case "{": return YAMLNode(.mapping(try pairs(depth: depth)), at: start)
        case "[": return YAMLNode(.list(try list(depth: depth)), at: start)
        case "\"": return YAMLNode(.quoted(try string()), at: start)
        default:
            var word = ""
            while let scalar = next, scalar.isASCII,
                scalar.properties.isAlphabetic || "+-.0123456789".unicodeScalars.contains(scalar)
            {
                word.unicodeScalars.append(scalar)
                advance()
            }
            let node = YAMLNode(.plain(word), at: start)
            switch node.kind {
            case .integer, .number: return node
            case _ where ["true", "false", "null"].contains(word): return node
            default:
                place = start
                throw wrong("a value is missing")
            }
        }
    }

    private mutating func list(depth: Int) throws(Complaint) -> [YAMLNode] {
        var nodes: [YAMLNode] = []
        try take("[")
        skipBlanks()
        while next != "]" {
            if !nodes.isEmpty { try take(",") }
            nodes.append(try value(depth: depth + 1))
            skipBlanks()
        }
        try take("]")
        return nodes
    }

    private mutating func pairs(depth: Int) throws(Complaint) -> [YAMLNode.Pair] {
        var pairs: [YAMLNode.Pair] = []
        var known: Set<String> = []
        try take("{")
        skipBlanks()
        while next != "}" {
            if !pairs.isEmpty {
                try take(",")
                skipBlanks()
            }
            let start = place
            guard next == "\"" else { throw wrong("a key is missing") }
            let key = try string()
            guard known.insert(key).inserted else {
                throw Complaint(start, "`\(key.shortened)` stands here twice", hint: "remove one")
            }
            skipBlanks()
            try take(":")
            pairs.append(YAMLNode.Pair(key: YAMLNode(.quoted(key), at: start), value: try value(depth: depth + 1)))
            skipBlanks()
        }
        try take("}")
        return pairs
    }

    private mutating func string() throws(Complaint) -> String {
        var units: [UInt16] = []
        try take("\"")
        while let scalar = next, scalar != "\"" {
            guard scalar.value >= 0x20 else { throw wrong("a line break in a string") }
            advance()
            if scalar == "\\" { units.append(try escaped()) } else { units += Array(String(scalar).utf16) }
        }
        try take("\"")
        guard let text = String(validating: units, as: UTF16.self) else { throw wrong("half a surrogate pair") }
        return text
    }

    private mutating func escaped() throws(Complaint) -> UInt16 {
        guard let scalar = next else { throw wrong("an escape is missing") }
        advance()
        switch scalar {
        case "\"", "\\", "/": return UInt16(scalar.value)
        case "b": return 8
        case "f": return 12
        case "n": return 10
        case "r": return 13
        case "t": return 9
        case "u":
            let digits = scalars[index..<min(index + 4, scalars.count)]
            guard digits.count == 4, let unit = UInt16(String(String.UnicodeScalarView(digits)), radix: 16) else {
                throw wrong("four hexadecimal digits are missing")
            }
            for _ in 0..<4 { advance() }
            return unit
        default: throw wrong("an escape that JSON does not have")
        }
    }
}
