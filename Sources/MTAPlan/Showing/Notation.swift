/// How a file of a mail server is written, as far as it is needed to choose what is shown of the host's own lines.
package struct Notation: Sendable {
    /// What a line is made of.
    package enum Form: Sendable {
        /// Nothing is known of it, or it holds logins: no line is shown.
        case unknown
        /// A name, what divides it from its value, and a value; a line without a divider is names alone.
        case settings(divider: UInt8)
        /// Postfix's master.cf: eight columns and a command; options of a service begin with a blank.
        case services
        /// A key and what it stands for, divided by a blank or a colon.
        case rows
        /// `KEY:RELAY:PORT` and a login that nothing is shown of, as qmail's smtproutes has them.
        case routes
        /// A host, a protocol, and options `--NAME=VALUE`, as nullmailer has them.
        case options
        /// Words, the first of which says what it is.
        case statements
        /// m4: ``NAME(`FIRST', …)``.
        case macros
    }

    /// What makes a line continue the one before.
    package enum Continuation: Sendable {
        case none, leadingBlank, backslash
    }

    var form: Form
    var comments: [String]
    var continuation: Continuation
    /// Names of which the values may be shown as well.
    var harmless: Set<String>

    package init(
        _ form: Form,
        comments: [String] = ["#"],
        continuation: Continuation = .none,
        harmless: Set<String> = []
    ) {
        self.form = form
        self.comments = comments
        self.continuation = continuation
        self.harmless = harmless
    }

    package static let unknown = Notation(.unknown)
}

/// The host's own lines, as they are shown.
struct ForeignLines {
    let notation: Notation
    let glossary: Glossary
    let lines: [ArraySlice<UInt8>]

    /// What is before a line of the host's that mtactl has commented out.
    static let replaced = Array("#mtactl# ".utf8)

    func shown(_ index: Int) -> String { shown(lines[index], isContinued: isContinued(index), head: head(of: index)) }

    /// A line by itself.
    func shown(_ line: ArraySlice<UInt8>) -> String { shown(line, isContinued: false, head: line) }

    private func shown(_ line: ArraySlice<UInt8>, isContinued: Bool, head: ArraySlice<UInt8>) -> String {
        let end = line.lastIndex { $0 != 0x0A && $0 != 0x0D }.map { $0 + 1 } ?? line.startIndex
        let (text, breaks) = (line[..<end], line[end...])
        return chosen(text, isContinued: isContinued, head: head) + String(decoding: breaks, as: UTF8.self)
    }

    private func chosen(_ line: ArraySlice<UInt8>, isContinued: Bool, head: ArraySlice<UInt8>) -> String {
        let indent = line.prefix { $0 == 0x20 || $0 == 0x09 }
        let text = line[indent.endIndex...]
        guard !text.isEmpty else { return "" }
        let blank = String(decoding: indent, as: UTF8.self)
        if text.starts(with: Self.replaced) {
            return "\(blank)#mtactl# " + shown(text.dropFirst(Self.replaced.count))
        }
        if let mark = notation.comments.first(where: { text.starts(with: $0.utf8) }) {
            return blank + comment(text, mark)
        }
        if isContinued, case .services = notation.form { return blank + option(text) }
        if isContinued { return blank + (isHarmless(head) ? glossary.value(text) : Glossary.hidden) }
        return blank + chosen(text)
    }

    /// A comment of ours says so; of all others nothing is shown.
    private func comment(_ text: ArraySlice<UInt8>, _ mark: String) -> String {
        let said = text.dropFirst(mark.utf8.count)
        let isOurs = said.split { $0 == 0x20 || $0 == UInt8(ascii: "#") }.prefix(3).contains {
            $0.elementsEqual("mtactl".utf8)
        }
        return mark + (isOurs ? glossary.name(said) : said.isEmpty ? "" : " \(Glossary.hidden)")
    }

    // MARK: Lines

    private func chosen(_ text: ArraySlice<UInt8>) -> String {
        switch notation.form {
        case .unknown: return Glossary.hidden
        case .settings(let divider):
            guard let (name, value) = divided(text, at: divider) else { return glossary.name(text) }
            return setting(name, value)
        case .services:
            let columns = text.split(maxSplits: 8) { $0 == 0x20 || $0 == 0x09 }.prefix(8)
            let head = columns.last.map { text[..<$0.endIndex] } ?? text
            return glossary.name(head) + (head.count < text.count ? " \(Glossary.hidden)" : "")
        case .rows: return glossary.value(text)
        case .routes:
            let route = text.prefix { $0 != 0x20 && $0 != 0x09 && $0 != UInt8(ascii: "|") }
            return glossary.value(route) + (route.count < text.count ? " \(Glossary.hidden)" : "")
        case .options: return options(text)
        case .statements:
            guard isHarmless(text) else { return start(text, upTo: text.firstIndex { $0 == 0x20 || $0 == 0x09 }) }
            let brace = text.firstIndex(of: UInt8(ascii: "{"))
            return glossary.value(text[..<(brace ?? text.endIndex)]) + (brace == nil ? "" : "{ \(Glossary.hidden)")
        case .macros:
            guard isHarmless(text) else { return start(text, upTo: endOfFirst(text)) }
            return glossary.value(text)
        }
    }

    private func start(_ text: ArraySlice<UInt8>, upTo end: Int?) -> String {
        guard let end else { return glossary.name(text) }
        return glossary.name(text[..<end]) + " \(Glossary.hidden)"
    }

    private func setting(_ name: ArraySlice<UInt8>, _ value: ArraySlice<UInt8>) -> String {
        let rest = value.drop { $0 == 0x20 || $0 == 0x09 }
        guard isHarmless(name), glossary.knows(name) else {
            return glossary.name(name) + (rest.isEmpty ? "" : Self.gap(value) + Glossary.hidden)
        }
        return glossary.name(name) + glossary.value(value)
    }

    private static func gap(_ value: ArraySlice<UInt8>) -> String {
        String(decoding: value.prefix { $0 == 0x20 || $0 == 0x09 }, as: UTF8.self)
    }

    /// An option of a service: `-o NAME=VALUE`; of `flags=`, `user=` and `argv=` nothing but the name.
    private func option(_ text: ArraySlice<UInt8>) -> String {
        guard let (name, value) = divided(text, at: UInt8(ascii: "=")), text.starts(with: "-o".utf8) else {
            return start(text, upTo: text.firstIndex(of: UInt8(ascii: "=")).map { $0 + 1 } ?? text.startIndex)
        }
        return setting(name, value)
    }

    /// A host, a protocol, and options; a value may have blanks between quotes.
    private func options(_ text: ArraySlice<UInt8>) -> String {
        guard let words = ShellWords.split(String(decoding: text, as: UTF8.self)) else { return Glossary.hidden }
        return words.enumerated().map { index, word in
            let bytes = Array(word.utf8)[...]
            guard index > 1 else { return glossary.value(bytes) }
            guard let (name, value) = divided(bytes, at: UInt8(ascii: "=")) else { return glossary.name(bytes) }
            return setting(name, value)
        }.joined(separator: " ")
    }

    // MARK: Names

    /// Whether the values of what a line sets may be shown: by the last word of its name, less signs.
    private func isHarmless(_ line: ArraySlice<UInt8>) -> Bool {
        let text = line.drop { $0 == 0x20 || $0 == 0x09 }
        let name: ArraySlice<UInt8>
        switch notation.form {
        case .settings(let divider): name = divided(text, at: divider)?.name.dropLast() ?? text
        case .services, .options: name = divided(text, at: UInt8(ascii: "="))?.name.dropLast() ?? text
        case .statements: return named(text.prefix { $0 != 0x20 && $0 != 0x09 })
        case .macros:
            let first = text.prefix(endOfFirst(text).map { $0 - text.startIndex } ?? 0)
            return named(first.drop { $0 != UInt8(ascii: "`") }.dropFirst())
        case .unknown, .rows, .routes: return false
        }
        return named(name.split { $0 == 0x20 || $0 == 0x09 }.last ?? name[name.endIndex...])
    }

    private func named(_ name: ArraySlice<UInt8>) -> Bool {
        let bare = name.filter { WordForm.isDigit($0) || 0x61...0x7A ~= $0 | 0x20 || "_-".utf8.contains($0) }
        return notation.harmless.contains(String(decoding: bare.drop { $0 == UInt8(ascii: "-") }, as: UTF8.self))
    }

    /// With the divider at the end of the name.
    private func divided(
        _ text: ArraySlice<UInt8>,
        at divider: UInt8
    ) -> (name: ArraySlice<UInt8>, value: ArraySlice<UInt8>)? {
        let index = text.firstIndex { $0 == divider || divider == 0x20 && $0 == 0x09 }
        return index.map { (text[...$0], text[($0 + 1)...]) }
    }

    /// Where the first argument of a macro ends.
    private func endOfFirst(_ text: ArraySlice<UInt8>) -> Int? { text.firstIndex(of: UInt8(ascii: "'")).map { $0 + 1 } }

    // MARK: Continuation lines

    private func isContinued(_ index: Int) -> Bool {
        switch notation.continuation {
        case .none: return false
        case .leadingBlank: return lines[index].first == 0x20 || lines[index].first == 0x09
        case .backslash:
            guard index > lines.startIndex else { return false }
            return lines[index - 1].last { $0 != 0x0A && $0 != 0x0D } == UInt8(ascii: "\\")
        }
    }

    /// The line that continues another one.
    private func head(of index: Int) -> ArraySlice<UInt8> {
        var head = index
        while head > lines.startIndex, isContinued(head) || head != index && isSilent(lines[head]) { head -= 1 }
        return lines[head]
    }

    /// Whether the line is a comment or empty, which Postfix skips inside of a value.
    private func isSilent(_ line: ArraySlice<UInt8>) -> Bool {
        guard case .leadingBlank = notation.continuation else { return false }
        let text = line.drop { $0 == 0x20 || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D }
        return text.isEmpty || notation.comments.contains { text.starts(with: $0.utf8) }
    }
}
