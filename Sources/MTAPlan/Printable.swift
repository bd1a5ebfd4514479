/// What was made by others, made safe to show: a terminal must not be steered by a file name or a log line, nor a reader
/// deceived by characters that are not seen.
package enum Printable {
    /// The bytes as text in which control characters, other than line breaks and tabs, are written as `\x1b`.
    ///
    /// What is not UTF-8 becomes U+FFFD.
    package static func text(_ bytes: some Collection<UInt8>) -> String {
        text(String(decoding: bytes, as: UTF8.self))
    }

    package static func text(_ text: String) -> String {
        if text.utf8.allSatisfy({ 0x20...0x7E ~= $0 || $0 == 0x09 || $0 == 0x0A }) { return text }
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x09, 0x0A: result.append(scalar)
            case _ where isUnseen(scalar): result.append(contentsOf: escape(scalar.value).unicodeScalars)
            default: result.append(scalar)
            }
        }
        return String(result)
    }

    /// Whether it is no sign but an order to whatever shows it: control characters (C0, C1 and DEL), what turns the
    /// direction of writing or has no width, breaks of lines and paragraphs.
    static func isUnseen(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }

    /// One line: line breaks and tabs are escaped too.
    package static func line(_ text: String) -> String {
        let text = self.text(text)
        guard text.utf8.contains(where: { $0 == 0x09 || $0 == 0x0A }) else { return text }
        return text.replacing("\n", with: "\\n").replacing("\t", with: "\\t")
    }

    /// One line, for a place in a sentence in which words of a host are between two `` ` ``: so it has none itself.
    package static func word(_ text: String) -> String {
        let line = line(text)
        guard line.utf8.contains(UInt8(ascii: "`")) else { return line }
        return line.unicodeScalars.map { $0 == "`" ? "'" : String($0) }.joined()
    }

    private static func escape(_ value: UInt32) -> String {
        let digits = String(value, radix: 16)
        return value < 0x100 ? "\\x" + (digits.count == 1 ? "0" : "") + digits : "\\u{\(digits)}"
    }
}
