/// A value of an INI inventory: what Python takes for a literal is one, all else is text.
///
/// So `2222  # behind the firewall` is a number, and `root  # the administrator` is text with a `#` in it.
/// Source: Python 3.13, `ast.literal_eval`; ansible-core 2.19, `plugins/inventory/ini.py`, `_parse_value`.
struct PythonLiteral {
    private let scalars: [Unicode.Scalar]
    private let place: Place
    private var index = 0
    private static let depth = 50

    /// The value that a text is.
    static func value(_ text: String, at place: Place) -> YAMLNode {
        // Most values are words.
        guard let first = text.utf8.first, mayBeLiteral(first, text) else { return YAMLNode(.quoted(text), at: place) }
        var parser = PythonLiteral(scalars: Array(text.unicodeScalars), place: place)
        return parser.wholeValue() ?? YAMLNode(.quoted(text), at: place)
    }

    private static func mayBeLiteral(_ first: UInt8, _ text: String) -> Bool {
        switch first {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case _ where "\"'[({+-. ".utf8.contains(first): true
        case _ where "TFN".utf8.contains(first):
            ["True", "False", "None"].contains { text.hasPrefix($0) }
        // Strings with a prefix.
        default:
            "rRuUbB".utf8.contains(first) && text.utf8.contains { $0 == UInt8(ascii: "'") || $0 == UInt8(ascii: "\"") }
        }
    }

    private var next: Unicode.Scalar? { index < scalars.count ? scalars[index] : nil }

    private mutating func skipBlanks() {
        while next == " " || next == "\t" || next == "\u{C}" { index += 1 }
    }

    private mutating func takes(_ scalar: Unicode.Scalar) -> Bool {
        skipBlanks()
        guard next == scalar else { return false }
        index += 1
        return true
    }

    private mutating func wholeValue() -> YAMLNode? {
        guard var node = value(0) else { return nil }
        skipBlanks()
        if next == "," {
            var list = [node]
            while takes(",") {
                skipBlanks()
                if next == nil || next == "#" { break }
                guard let element = value(0) else { return nil }
                list.append(element)
            }
            node = YAMLNode(.list(list), at: place)
            skipBlanks()
        }
        return next == nil || next == "#" ? node : nil
    }

    private mutating func value(_ depth: Int) -> YAMLNode? {
        skipBlanks()
        guard depth < Self.depth, let scalar = next else { return nil }
        switch scalar {
        case "[": return list(until: "]", depth)
        case "(": return list(until: ")", depth)
        case "{": return mapping(depth)
        case "+", "-":
            index += 1
            skipBlanks()
            return number(sign: scalar == "-" ? "-" : "")
        case "0"..."9", ".": return number(sign: "")
        default: return word() ?? strings()
        }
    }

    private mutating func word() -> YAMLNode? {
        for (word, meaning) in [("True", "true"), ("False", "false"), ("None", "null")] {
            let end = index + word.unicodeScalars.count
            guard scalars[index...].starts(with: word.unicodeScalars),
                end == scalars.count || !Self.isWord(scalars[end])
            else { continue }
            index = end
            return YAMLNode(.plain(meaning), at: place)
        }
        return nil
    }

    /// Lists, tuples, and values in parentheses.
    private mutating func list(until end: Unicode.Scalar, _ depth: Int) -> YAMLNode? {
        index += 1
        var list: [YAMLNode] = []
        var isTuple = end == "]"
        while !takes(end) {
            guard let element = value(depth + 1) else { return nil }
            list.append(element)
            if takes(",") {
                isTuple = true
            } else if next != end {
                return nil
            }
        }
        return isTuple || list.isEmpty ? YAMLNode(.list(list), at: place) : list[0]
    }

    /// Dictionaries and sets.
    private mutating func mapping(_ depth: Int) -> YAMLNode? {
        index += 1
        var pairs: [YAMLNode.Pair] = []
        var set: [YAMLNode] = []
        while !takes("}") {
            guard let key = value(depth + 1) else { return nil }
            if takes(":") {
                guard set.isEmpty, let value = value(depth + 1) else { return nil }
                pairs.removeAll { $0.key == key }
                pairs.append(YAMLNode.Pair(key: key, value: value))
            } else {
                guard pairs.isEmpty else { return nil }
                set.append(key)
            }
            if !takes(","), next != "}" { return nil }
        }
        return YAMLNode(set.isEmpty ? .mapping(pairs) : .list(set), at: place)
    }

    private mutating func number(sign: String) -> YAMLNode? {
        var word = ""
        while let scalar = next, Self.isWord(scalar) || scalar == "." || Self.isExponentSign(scalar, after: word) {
            word.unicodeScalars.append(scalar)
            index += 1
        }
        if word == "...", sign.isEmpty { return YAMLNode(.quoted(word), at: place) }
        guard let digits = Self.digits(word) else { return nil }
        return YAMLNode(.plain(sign + digits), at: place)
    }

    private static func isExponentSign(_ scalar: Unicode.Scalar, after word: String) -> Bool {
        (scalar == "+" || scalar == "-") && (word.hasSuffix("e") || word.hasSuffix("E")) && !word.hasPrefix("0x")
    }

    private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "_" || scalar.properties.isAlphabetic || scalar.properties.numericType != nil
    }

    /// A number of Python in decimal digits.
    private static func digits(_ word: String) -> String? {
        let isJoined = !word.hasPrefix("_") && !word.hasSuffix("_") && !word.contains("__")
        guard isJoined, word.utf8.allSatisfy({ $0 < 0x80 }) else { return nil }
        let text = word.replacing("_", with: "").lowercased()
        for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] where text.hasPrefix(prefix) {
            return Int(text.dropFirst(2), radix: radix).map(String.init)
        }
        if !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
            // No zeros in front of anything but zeros.
            if text.hasPrefix("0"), text.contains(where: { $0 != "0" }) { return nil }
            return Int(text).map(String.init) ?? text
        }
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) || "+-.e".utf8.contains($0) }) else { return nil }
        return Double(text) == nil ? nil : text
    }
}

extension PythonLiteral {
    /// One string, or several next to each other, which are one.
    private mutating func strings() -> YAMLNode? {
        var result = ""
        var count = 0
        while let prefix = stringPrefix() {
            index += prefix.count
            guard let text = string(isRaw: prefix.contains { $0 == "r" || $0 == "R" }) else { return nil }
            result += text
            count += 1
            skipBlanks()
        }
        return count == 0 ? nil : YAMLNode(.quoted(result), at: place)
    }

    private func stringPrefix() -> [Unicode.Scalar]? {
        let letters = Array(scalars[index...].prefix { "rRuUbB".unicodeScalars.contains($0) })
        let after = index + letters.count
        guard letters.count <= 2, after < scalars.count, scalars[after] == "'" || scalars[after] == "\"" else {
            return nil
        }
        return letters
    }

    private mutating func string(isRaw: Bool) -> String? {
        guard let quote = next else { return nil }
        let isTriple = scalars[index...].starts(with: [quote, quote, quote])
        let closing = isTriple ? [quote, quote, quote] : [quote]
        index += closing.count
        var text = String.UnicodeScalarView()
        while let scalar = next {
            if scalars[index...].starts(with: closing) {
                index += closing.count
                return String(text)
            }
            index += 1
            guard scalar == "\\" else {
                text.append(scalar)
                continue
            }
            guard let escaped = next else { return nil }
            if isRaw {
                text.append(contentsOf: [scalar, escaped])
                index += 1
            } else {
                guard let meant = escape() else { return nil }
                text.append(contentsOf: meant)
            }
        }
        return nil
    }

    /// What is behind a backslash.
    private mutating func escape() -> [Unicode.Scalar]? {
        guard let scalar = next else { return nil }
        index += 1
        switch scalar {
        case "\\", "'", "\"": return [scalar]
        case "a": return ["\u{7}"]
        case "b": return ["\u{8}"]
        case "f": return ["\u{C}"]
        case "n": return ["\n"]
        case "r": return ["\r"]
        case "t": return ["\t"]
        case "v": return ["\u{B}"]
        case "x": return code(digits: 2)
        case "u": return code(digits: 4)
        case "U": return code(digits: 8)
        case "0"..."7":
            index -= 1
            let digits = scalars[index...].prefix(3).prefix { ("0"..."7").contains($0) }
            index += digits.count
            return UInt32(String(String.UnicodeScalarView(digits)), radix: 8).flatMap(Unicode.Scalar.init).map { [$0] }
        default: return ["\\", scalar]
        }
    }

    private mutating func code(digits count: Int) -> [Unicode.Scalar]? {
        let digits = scalars[index...].prefix(count)
        guard digits.count == count, let code = UInt32(String(String.UnicodeScalarView(digits)), radix: 16) else {
            return nil
        }
        index += count
        return Unicode.Scalar(code).map { [$0] }
    }
}
