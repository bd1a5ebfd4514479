/// A list of lookup tables as main.cf has it: separated by commas or white space, where braces protect both.
///
/// Source: postconf(5), "{ text with whitespace }"; mystrtokq(3) with CHARS_COMMA_SP and CHARS_BRACE.
enum MapList {
    /// The places of the items.
    static func items(in bytes: some Collection<UInt8>) -> [Range<Int>] {
        var result: [Range<Int>] = []
        var start: Int?
        var depth = 0
        for (index, byte) in bytes.enumerated() {
            if depth == 0, byte.isBlank || byte == UInt8(ascii: ",") {
                if let from = start { result.append(from..<index) }
                start = nil
                continue
            }
            if start == nil { start = index }
            if byte == UInt8(ascii: "{") { depth += 1 }
            if byte == UInt8(ascii: "}") { depth = max(0, depth - 1) }
        }
        if let from = start { result.append(from..<bytes.count) }
        return result
    }

    /// The items as text.
    static func texts(_ value: some StringProtocol) -> [String] {
        let bytes = Array(value.utf8)
        return items(in: bytes).map { bytes[$0].text }
    }

    /// The table's type and name, as in `hash:/etc/postfix/transport`.
    static func table(_ item: some StringProtocol) -> (type: String, name: String)? {
        guard let colon = item.firstIndex(of: ":") else { return nil }
        return (String(item[..<colon]), String(item[item.index(after: colon)...]))
    }
}
