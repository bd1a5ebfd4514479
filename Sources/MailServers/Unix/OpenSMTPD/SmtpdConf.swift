import MTAPlan

/// smtpd.conf as statements, each with the lines that it is on.
///
/// A statement ends at the end of a line, unless a `\` is before it or a `{` is open; so does a comment.
///
/// Source: smtpd.conf(5) and yylex in parse.y of OpenSMTPD 7.6; 6.8 reads the same way.
struct SmtpdConf: Sendable {
    struct Token: Sendable, Hashable {
        var text: String
        /// A quoted word is no keyword.
        var isQuoted = false

        static func word(_ text: String) -> Token { Token(text: text) }
        static func quoted(_ text: String) -> Token { Token(text: text, isQuoted: true) }

        /// As it can be in the file.
        var written: String { isQuoted ? "\"\(text)\"" : text }
    }

    struct Statement: Sendable {
        var tokens: [Token]
        /// Of the first and the last line, from 0.
        var lines: ClosedRange<Int>

        var keyword: String? { tokens.first.flatMap { $0.isQuoted ? nil : $0.text } }
        /// The number of its first line, as editors count.
        var number: Int { lines.lowerBound + 1 }
    }

    let statements: [Statement]

    /// - Throws: Where a quote or a brace is open at the end.
    init(_ lines: ConfigLines) throws(Failure) {
        var lexer = Lexer(lines)
        statements = try lexer.statements()
    }

    private struct Lexer {
        let bytes: [(byte: UInt8, line: Int)]
        var index = 0
        var depth = 0

        init(_ lines: ConfigLines) {
            bytes = lines.lines.enumerated().flatMap { number, line in line.map { ($0, number) } }
        }

        mutating func statements() throws(Failure) -> [Statement] {
            var statements: [Statement] = []
            var tokens: [Token] = []
            var first = 0
            var last = 0
            while let (byte, line) = next() {
                if tokens.isEmpty { first = line }
                switch byte {
                case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"): continue
                case UInt8(ascii: "#"):
                    skipComment()
                    continue
                case 0x0A:
                    if depth == 0, !tokens.isEmpty {
                        statements.append(Statement(tokens: tokens, lines: first...last))
                        tokens = []
                    }
                    continue
                case UInt8(ascii: "\""), UInt8(ascii: "'"): tokens.append(.quoted(try quoted(byte, line)))
                case UInt8(ascii: "{"):
                    depth += 1
                    tokens.append(.word("{"))
                case UInt8(ascii: "}"):
                    depth -= 1
                    tokens.append(.word("}"))
                default: tokens.append(.word(word(from: byte)))
                }
                last = index > 0 ? bytes[index - 1].line : line
            }
            if depth > 0 { throw .openBrace(line: first + 1) }
            if !tokens.isEmpty { statements.append(Statement(tokens: tokens, lines: first...last)) }
            return statements
        }

        /// The next byte that is not a line break after a backslash.
        private mutating func next() -> (UInt8, Int)? {
            while index < bytes.count {
                let (byte, line) = bytes[index]
                index += 1
                guard byte == UInt8(ascii: "\\"), index < bytes.count, bytes[index].byte == 0x0A else {
                    return (byte, line)
                }
                index += 1
            }
            return nil
        }

        private mutating func skipComment() {
            while let (byte, _) = next() {
                if byte == 0x0A {
                    index -= 1
                    return
                }
            }
        }

        private mutating func quoted(_ quote: UInt8, _ line: Int) throws(Failure) -> String {
            var text: [UInt8] = []
            while index < bytes.count {
                let byte = bytes[index].byte
                index += 1
                if byte == quote { return text.text }
                if byte == 0x0A { continue }
                if byte == UInt8(ascii: "\\"), index < bytes.count {
                    let following = bytes[index].byte
                    if following == quote || following == 0x20 || following == 0x09 || following == 0x0A {
                        index += 1
                        if following != 0x0A { text.append(following) }
                        continue
                    }
                }
                text.append(byte)
            }
            throw .openQuote(line: line + 1)
        }

        /// Symbols are alone; all else up to a blank or a symbol is a word.
        private mutating func word(from first: UInt8) -> String {
            let symbols = Array("(){}<>!=#,".utf8)
            if symbols.contains(first) { return String(UnicodeScalar(first)) }
            var text = [first]
            while index < bytes.count, !bytes[index].byte.isBlank, !symbols.contains(bytes[index].byte) {
                text.append(bytes[index].byte)
                index += 1
            }
            return text.text
        }
    }
}

extension Failure {
    fileprivate static func openQuote(line: Int) -> Failure {
        Failure("line \(line): a quote is not closed", hint: "`smtpd -n` shows OpenSMTPD's message")
    }
    fileprivate static func openBrace(line: Int) -> Failure {
        Failure("line \(line): a `{` is not closed", hint: "`smtpd -n` shows OpenSMTPD's message")
    }
}
