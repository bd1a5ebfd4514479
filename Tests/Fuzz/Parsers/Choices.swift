import MTAPlan

/// Choices that are read from bytes: the same bytes choose the same, whoever made them.
///
/// A seeded generator makes them in the unit tests; libFuzzer makes them in `make fuzz`, and learns which bytes lead
/// somewhere new. When they are used up, every choice is the first.
struct Choices {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) { rest = bytes[...] }

    var isUsedUp: Bool { rest.isEmpty }

    mutating func byte() -> UInt8 { rest.popFirst() ?? 0 }

    /// A number below the bound.
    mutating func number(below bound: Int) -> Int {
        guard bound > 1 else { return 0 }
        if bound <= 256 { return Int(byte()) % bound }
        return (Int(byte()) << 16 | Int(byte()) << 8 | Int(byte())) % bound
    }

    mutating func one<Element>(of elements: [Element]) -> Element { elements[number(below: elements.count)] }

    mutating func maybe() -> Bool { byte() & 1 == 1 }

    mutating func bytes(atMost bound: Int) -> [UInt8] {
        let count = min(number(below: bound + 1), rest.count)
        defer { rest = rest.dropFirst(count) }
        return Array(rest.prefix(count))
    }
}

extension Choices {
    /// Spoils a text in up to `atMost` places: bytes and lines are removed, doubled, moved, put in.
    mutating func edit(_ text: inout [UInt8], atMost: Int = 4, with words: [[UInt8]]) {
        for _ in 0..<number(below: atMost + 1) { editOnce(&text, words) }
    }

    private mutating func editOnce(_ text: inout [UInt8], _ words: [[UInt8]]) {
        let at = number(below: text.count + 1)
        let end = min(text.count, at + 1 + number(below: 24))
        switch number(below: 10) {
        case 0: text.insert(contentsOf: one(of: words), at: at)
        case 1: text.insert(contentsOf: bytes(atMost: 12), at: at)
        case 2: text.removeSubrange(at..<end)
        case 3: text.replaceSubrange(at..<end, with: one(of: words))
        case 4: text.insert(contentsOf: text[at..<end], at: number(below: text.count + 1))
        case 5: if at < text.count { text[at] = byte() }
        case 6: text.removeLast(text.count - at)
        case 7: insert(line: one(of: words), in: &text, near: at)
        case 8: moveLine(at, in: &text)
        default: text.replace([0x0A], with: [0x0D, 0x0A], maxReplacements: 1 + number(below: 200))
        }
    }

    private func insert(line: [UInt8], in text: inout [UInt8], near index: Int) {
        text.insert(contentsOf: line + [0x0A], at: text[..<index].lastIndex(of: 0x0A).map { $0 + 1 } ?? 0)
    }

    private mutating func moveLine(_ index: Int, in text: inout [UInt8]) {
        let start = text[..<index].lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        let end = text[start...].firstIndex(of: 0x0A).map { $0 + 1 } ?? text.count
        let line = Array(text[start..<end])
        if maybe() { text.removeSubrange(start..<end) }
        insert(line: line, in: &text, near: number(below: text.count + 1))
    }
}

extension [[UInt8]] {
    /// What means something to any reader of text.
    static let signs: [[UInt8]] =
        ([
            "", " ", "\t", "\r", "\n", "\r\n", "\n\n", "\u{0}", "\u{1}", "\u{1B}[2J", "\u{7F}", "\u{85}", "\u{202E}",
            "\u{FEFF}", "\u{2028}", "ü", "😀", "#", ";", "\\", "\\\n", "\"", "'", "`", "$", "${", "}", "$(", "{", "(",
            ")", "[", "]", "<", ">", "<>", "@", "*", "!", "%", "^", "&", "|", "=", ":", "::", ",", ".", "..", "/", "-",
            "--", "+", "~", "?", "0", "1", "-1", "25", "465", "65536", "99999999999999999999", "1e9999", "yes", "no",
            "# BEGIN mtactl", "# END mtactl", "#mtactl# ", "# BEGIN mtactl\n# END mtactl\n", "mtactl-filter",
            "example.net", "outgoing.example.net", "192.0.2.1", "::1", "root@example.com",
        ] as [String]).map { [UInt8]($0.utf8) }
        + [[0xFF], [0xC3], [0xED, 0xA0, 0x80], [UInt8](repeating: 0x41, count: 5000)]

    init(words: String) { self = words.split(separator: " ").map { [UInt8]($0.utf8) } }
}
