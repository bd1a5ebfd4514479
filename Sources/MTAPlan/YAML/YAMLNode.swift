/// A value of a YAML or JSON file and where it is.
///
/// Aliases and merge keys are expanded.
package struct YAMLNode: Sendable {
    package var place: Place
    package var content: Value
    /// As it was written, `!vault`, or the full name of one of YAML's own; `nil` where none was.
    package var tag: String?

    package init(_ content: Value, at place: Place, tag: String? = nil) {
        self.content = content
        self.place = place
        self.tag = tag
    }

    package enum Value: Sendable, Hashable {
        /// Text outside quotes may be a number, a boolean or nothing.
        case plain(String)
        case quoted(String)
        case list([YAMLNode])
        case mapping([Pair])
    }

    package struct Pair: Sendable, Hashable {
        package var key: YAMLNode
        package var value: YAMLNode

        package init(key: YAMLNode, value: YAMLNode) {
            self.key = key
            self.value = value
        }
    }
}

/// Nodes are equal when they say the same, wherever they are.
extension YAMLNode: Hashable {
    package static func == (a: YAMLNode, b: YAMLNode) -> Bool { a.content == b.content && a.tag == b.tag }
    package func hash(into hasher: inout Hasher) { hasher.combine(content) }
}

extension YAMLNode {
    /// What a scalar is, as YAML 1.2 reads it; words that only YAML 1.1 takes for booleans are a case of their own.
    package enum Kind: Sendable, Hashable {
        case null
        case boolean(Bool)
        case oldBoolean(Bool)
        case integer(Int)
        /// A number in any other notation, or too large.
        case number
        case text
        case list
        case mapping
    }

    package var kind: Kind {
        switch content {
        case .list: .list
        case .mapping: .mapping
        case .quoted: .text
        case .plain(let text): tag == nil ? Self.kind(ofPlain: text) : .text
        }
    }

    /// The characters of a scalar, whatever its kind.
    package var scalar: String? {
        switch content {
        case .plain(let text), .quoted(let text): text
        case .list, .mapping: nil
        }
    }

    /// The characters of a scalar that is text.
    package var text: String? { kind == .text ? scalar : nil }

    package var integer: Int? { if case .integer(let value) = kind { value } else { nil } }
    package var boolean: Bool? { if case .boolean(let value) = kind { value } else { nil } }
    package var list: [YAMLNode]? { if case .list(let nodes) = content { nodes } else { nil } }
    package var pairs: [Pair]? { if case .mapping(let pairs) = content { pairs } else { nil } }

    /// The value of a key, if this is a mapping that has it.
    package subscript(_ key: String) -> YAMLNode? { pair(key)?.value }

    package func pair(_ key: String) -> Pair? { pairs?.first { $0.key.scalar == key } }

    private static func kind(ofPlain text: String) -> Kind {
        switch text {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE": return .boolean(true)
        case "false", "False", "FALSE": return .boolean(false)
        case "yes", "Yes", "YES", "on", "On", "ON": return .oldBoolean(true)
        case "no", "No", "NO", "off", "Off", "OFF": return .oldBoolean(false)
        default: break
        }
        guard let first = text.utf8.first, first == 0x2B || first == 0x2D || first == 0x2E || isDigit(first) else {
            return .text
        }
        let digits = text.utf8.drop { $0 == 0x2B || $0 == 0x2D }
        if !digits.isEmpty, digits.allSatisfy(isDigit) { return Int(text).map(Kind.integer) ?? .number }
        return isNumber(text) ? .number : .text
    }

    /// Floats, hexadecimal and octal numbers, and digits with `_` between them, which YAML 1.1 takes for numbers.
    private static func isNumber(_ text: String) -> Bool {
        if [".inf", "+.inf", "-.inf", ".nan"].contains(text.lowercased()) { return true }
        if text.hasPrefix("0x") || text.hasPrefix("0o") {
            return text.utf8.count > 2 && text.dropFirst(2).allSatisfy(\.isHexDigit)
        }
        let joined = text.replacing("_", with: "")
        return joined.utf8.contains(where: isDigit) && Double(joined) != nil
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
