/// The lines of a file in INI form, without blanks at their ends.
struct INIText {
    struct Line {
        var text: String
        var place: Place
    }

    let lines: [Line]
    /// The first line besides comments that is not UTF-8.
    private(set) var odd: Place?

    /// Bytes that are not UTF-8 are replaced: in comments nobody reads them, elsewhere they are found again.
    ///
    /// - Throws: Where the bytes are too many or UTF-16.
    init(_ bytes: [UInt8], file: String) throws(Complaint) {
        let content = try YAMLText.content(bytes, file: file)
        var lines: [Line] = []
        var odd: Place?
        for (number, line) in Self.split(content).enumerated() {
            let indent = line.prefix { $0 == 0x20 || $0 == 0x09 }.count
            let place = Place(file: file, line: number + 1, column: indent + 1)
            let text = String(decoding: line, as: UTF8.self).trimmed
            lines.append(Line(text: text, place: place))
            if odd == nil, !text.hasPrefix("#"), !text.hasPrefix(";"), text.unicodeScalars.contains("\u{FFFD}") {
                odd = place
            }
        }
        self.lines = lines
        self.odd = odd
    }

    /// `\n`, `\r\n` and `\r` end a line.
    private static func split(_ bytes: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
        var lines: [ArraySlice<UInt8>] = []
        var start = bytes.startIndex
        var index = start
        while index < bytes.endIndex {
            let byte = bytes[index]
            index += 1
            guard byte == 0x0A || byte == 0x0D else { continue }
            lines.append(bytes[start..<index - 1])
            if byte == 0x0D, index < bytes.endIndex, bytes[index] == 0x0A { index += 1 }
            start = index
        }
        if start < bytes.endIndex { lines.append(bytes[start...]) }
        return lines
    }
}
