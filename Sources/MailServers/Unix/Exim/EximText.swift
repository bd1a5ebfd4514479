/// An Exim configuration file as lines, and what is on them, so that what is not changed is not touched.
///
/// Law: `EximText(bytes).bytes == bytes`, for all bytes.
///
/// A line that ends in a backslash continues in the next one; white space at either end of a line counts for nothing.
/// Comments between continued lines are skipped, a blank line ends the statement.
///
/// Source: Exim specification, chapter 6, "The Exim run time configuration file"; get_config_line in readconf.c.
struct EximText: Sendable, Equatable {
    /// Each with its line break; only the last may be without one.
    private(set) var lines: [[UInt8]]

    init(_ bytes: [UInt8]) {
        lines = []
        var start = bytes.startIndex
        while start < bytes.endIndex {
            let end = bytes[start...].firstIndex(of: 0x0A).map { $0 + 1 } ?? bytes.endIndex
            lines.append(Array(bytes[start..<end]))
            start = end
        }
    }

    var bytes: [UInt8] { Array(lines.joined()) }

    /// What one logical line is.
    enum Kind: Sendable, Equatable {
        /// `begin routers`.
        case begin(section: String)
        /// `dnslookup:`, the first line of a router, a transport, an authenticator or an ACL.
        case driver(name: String)
        /// `transport = remote_smtp`; a Boolean without a value, as in `no_more`, has none.
        case option(name: String, value: String?)
        /// `domainlist local_domains = @ : localhost`.
        case list(type: String, name: String, value: String)
        /// `ROUTER_SMARTHOST = mail.example.net`.
        case macro(name: String, value: String)
        /// `.include /etc/exim/more.conf`, `.ifdef NAME`: the word after the dot, and the rest.
        case directive(word: String, argument: String)
        /// A rule of an ACL, a retry rule, a rewriting rule.
        case other(String)
    }

    struct Statement: Sendable, Equatable {
        /// The indexes of its lines, comments between them left out.
        var lines: [Int]
        var kind: Kind
        var first: Int { lines[0] }
        var last: Int { lines[lines.count - 1] }
    }

    /// All statements in their order.
    var statements: [Statement] {
        var result: [Statement] = []
        var open: (lines: [Int], text: [UInt8])?
        let replaced = replacedLines
        for (index, line) in lines.enumerated() {
            let text = replaced.contains(index) ? Self.restored(line)[...].trimmed : line[...].trimmed
            if text.first == UInt8(ascii: "#") { continue }
            if open == nil, text.isEmpty { continue }
            // Directives are physical lines, also in the middle of a statement that goes on.
            if text.first == UInt8(ascii: "."), let kind = Self.directive(text.text) {
                result.append(Statement(lines: [index], kind: kind))
                continue
            }
            var statement = open ?? ([], [])
            statement.lines.append(index)
            statement.text += text
            if text.last == UInt8(ascii: "\\") {
                statement.text.removeLast()
                open = statement
            } else {
                result.append(Statement(lines: statement.lines, kind: Self.kind(statement.text.trimmed.text)))
                open = nil
            }
        }
        if let open { result.append(Statement(lines: open.lines, kind: Self.kind(open.text.trimmed.text))) }
        return result.sorted { $0.first < $1.first }
    }

    private static let directives: Set = [
        "include", "include_if_exists", "ifdef", "ifndef", "elifdef", "elifndef", "else", "endif",
    ]

    private static func directive(_ text: String) -> Kind? {
        let word = text.dropFirst().prefix { !$0.isWhitespace }
        guard directives.contains(String(word)) else { return nil }
        let argument = Array(text[word.endIndex...].utf8).trimmed.text
        return .directive(word: String(word), argument: unquoted(argument))
    }

    private static func kind(_ text: String) -> Kind {
        let name = text.prefix(while: isNameCharacter)
        let rest = text[name.endIndex...].drop { $0 == " " || $0 == "\t" }
        if name == "begin", rest.startIndex > name.endIndex { return .begin(section: String(rest)) }
        if !name.isEmpty, rest == ":" { return .driver(name: String(name)) }
        if name.first?.isUppercase == true, rest.hasPrefix("=") {
            return .macro(name: String(name), value: value(rest.drop { $0 == "=" }))
        }
        let list = name.hasSuffix("list_cache") ? name.dropLast("_cache".count) : name
        if ["domainlist", "hostlist", "addresslist", "localpartlist"].contains(list) {
            let listName = rest.prefix(while: isNameCharacter)
            let tail = rest[listName.endIndex...].drop { $0 == " " || $0 == "\t" }
            if tail.hasPrefix("=") {
                return .list(type: String(list), name: String(listName), value: value(tail.dropFirst()))
            }
        }
        if name == "hide" { return kind(String(rest)) }
        if !name.isEmpty, rest.hasPrefix("=") { return .option(name: String(name), value: value(rest.dropFirst())) }
        if !name.isEmpty, rest.isEmpty { return .option(name: String(name), value: nil) }
        return .other(text)
    }

    private static func value(_ text: Substring) -> String { unquoted(Array(text.utf8).trimmed.text) }

    /// A value in double quotes without them; escapes stay as they are.
    private static func unquoted(_ text: String) -> String {
        text.count > 1 && text.hasPrefix("\"") && text.hasSuffix("\"") ? String(text.dropFirst().dropLast()) : text
    }

    private static func isNameCharacter(_ character: Character) -> Bool {
        guard let byte = character.asciiValue else { return false }
        return 0x30...0x39 ~= byte || 0x61...0x7A ~= byte | 0x20 || byte == UInt8(ascii: "_")
    }
}

// MARK: Our blocks

extension EximText {
    static let begin = "# BEGIN mtactl"
    static let end = "# END mtactl"
    private static let beginBytes = Array(begin.utf8)
    private static let endBytes = Array(end.utf8)

    /// The line break that the file uses: that of its first line.
    var lineBreak: [UInt8] {
        guard let first = lines.first, first.last == 0x0A else { return [0x0A] }
        return first.dropLast().last == 0x0D ? [0x0D, 0x0A] : [0x0A]
    }

    /// The pairs of marks, with all between them.
    ///
    /// - Throws: The number, counted from 1, of a mark that is not one of a pair.
    func blocks() throws(StrayMark) -> [ClosedRange<Int>] {
        var result: [ClosedRange<Int>] = []
        var start: Int?
        for (index, line) in lines.enumerated() {
            let text = line.trimmed
            if text.elementsEqual(Self.beginBytes) {
                if let start { throw StrayMark(line: start + 1) }
                start = index
            } else if text.elementsEqual(Self.endBytes) {
                guard let first = start else { throw StrayMark(line: index + 1) }
                result.append(first...index)
                start = nil
            }
        }
        if let start { throw StrayMark(line: start + 1) }
        return result
    }

    struct StrayMark: Error { var line: Int }

    /// Takes a block out, with its marks; what it replaced comes back.
    mutating func remove(_ block: ClosedRange<Int>) {
        let isOpen = lines[block.upperBound].last != 0x0A
        lines.replaceSubrange(block, with: lines[block].filter(Self.isReplaced).map(Self.restored))
        if isOpen { dropLastLineBreak() }
    }

    /// Puts these lines, given without line breaks, before the line of an index, or at the end of the file.
    ///
    /// A file without a line break at its end keeps none.
    mutating func insert(_ new: [String], at index: Int) {
        let lineBreak = lineBreak
        let bytes = new.map { Array($0.utf8) + lineBreak }
        if index == lines.count, let last = lines.last, last.last != 0x0A {
            lines[lines.count - 1] += lineBreak
            lines += bytes
            dropLastLineBreak()
        } else {
            lines.insert(contentsOf: bytes, at: index)
        }
    }

    mutating func dropLastLineBreak() {
        guard var last = lines.popLast() else { return }
        if last.last == 0x0A { last.removeLast() }
        if last.last == 0x0D { last.removeLast() }
        if !last.isEmpty { lines.append(last) }
    }
}
