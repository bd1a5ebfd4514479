/// What a directory writes, byte by byte: by RFC 4511, §4 and §5.1, and X.690, not by the code.
package enum LDAPBytes {
    /// A value, with its length in four bytes as Active Directory writes it.
    package static func node(_ tag: UInt8, _ content: [UInt8], isLong: Bool = true) -> [UInt8] {
        let count = UInt32(content.count)
        let long = [0x84] + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: count >> $0) }
        return [tag] + (isLong ? long : [UInt8(content.count)]) + content
    }

    package static func text(_ text: String) -> [UInt8] { node(0x04, Array(text.utf8)) }

    package static func message(_ id: UInt8, _ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        node(0x30, [0x02, 0x01, id] + node(tag, content))
    }

    package static func result(_ id: UInt8, _ tag: UInt8, code: UInt8 = 0, _ words: String = "") -> [UInt8] {
        message(id, tag, [0x0A, 0x01, code] + text("") + text(words))
    }

    package static func entry(_ id: UInt8, _ name: String, _ attribute: String, _ values: [String]) -> [UInt8] {
        let pair = node(0x30, text(attribute) + node(0x31, values.flatMap(text)))
        return message(id, 0x64, text(name) + node(0x30, pair))
    }

    /// A login, the root's entry, and what was looked for.
    package static let conversation =
        result(1, 0x61) + entry(2, "", "configurationNamingContext", ["CN=C"]) + result(2, 0x65)
        + entry(3, "CN=é,CN=X,CN=C", "cn", ["é", ""]) + message(3, 0x73, text("ldap://elsewhere"))
        + result(3, 0x65)
}
