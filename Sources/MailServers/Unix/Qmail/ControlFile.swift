import MTAPlan

/// One of qmail's control files of lines `KEY:VALUE`, as `smtproutes` and `authsenders` are.
///
/// Lines that begin with `#` and lines without a colon mean nothing. Blanks, tabs and the line feed are cut off at the
/// end of a line and nowhere else, so a blank before the key, a blank after the colon and a carriage return belong to
/// what they are beside. Of rows with one key, whatever its case, the last counts; the order means nothing else.
///
/// Law: `ControlFile(bytes).bytes == bytes`, for all bytes.
///
/// Source: control.c (control_readfile, striptrailingwhitespace) and constmap.c of notqmail 1.09, the same in netqmail
/// 1.06 and qmail 1.03; compared with notqmail's qmail-remote.
struct ControlFile: Sendable, Equatable {
    struct Row: Sendable, Equatable {
        /// In lower case.
        var key: String
        var value: [UInt8]
        /// From 1.
        var line: Int
        /// Whether it is between our marks.
        var isOurs: Bool
    }

    private let text: ConfigLines
    private let block: ClosedRange<Int>?
    let rows: [Row]
    /// The place in `rows` of the last row of each key.
    private let last: [String: Int]

    /// - Throws: Where our marks are not one pair.
    init(_ bytes: [UInt8]) throws(Failure) {
        let text = ConfigLines(bytes)
        let block = try text.block()
        self.text = text
        self.block = block
        let rows = text.lines.enumerated().compactMap { index, line -> Row? in
            let row = line[..<((line.lastIndex { !Self.isCutOff($0) } ?? -1) + 1)]
            guard row.first != UInt8(ascii: "#"), let colon = row.firstIndex(of: UInt8(ascii: ":")) else { return nil }
            return Row(
                key: row[..<colon].text.lowercased(),
                value: Array(row[(colon + 1)...]),
                line: index + 1,
                isOurs: block?.contains(index) ?? false
            )
        }
        self.rows = rows
        last = Self.last(rows)
    }

    /// A file with these of its rows alone, for looking up.
    private init(_ file: ControlFile, rows: [Row]) {
        (text, block, self.rows) = (file.text, file.block, rows)
        last = Self.last(rows)
    }

    private static func last(_ rows: [Row]) -> [String: Int] {
        Dictionary(rows.enumerated().map { ($0.element.key, $0.offset) }, uniquingKeysWith: { $1 })
    }

    /// The file as it would be looked up without our block.
    var withoutOurs: ControlFile { ControlFile(self, rows: rows.filter { !$0.isOurs }) }

    var bytes: [UInt8] { text.bytes }

    private static func isCutOff(_ byte: UInt8) -> Bool { [0x20, 0x09, 0x0A].contains(byte) }

    // MARK: Looking up

    /// The rows that count, in the order of the file.
    var effective: [Row] { rows.enumerated().filter { last[$0.element.key] == $0.offset }.map(\.element) }

    /// The row that decides for a recipient's domain: its own, else that of the longest `.suffix`, else the empty key's.
    ///
    /// Source: qmail-remote(8), smtproutes; main in qmail-remote.c.
    func row(forDomain domain: String) -> Row? {
        let name = Array(domain.lowercased().utf8)
        for start in 0...name.count where start == 0 || start == name.count || name[start] == UInt8(ascii: ".") {
            let key = name[start...].text
            if let index = last[key] { return rows[index] }
        }
        return nil
    }

    // MARK: Editing

    /// The file with these lines between our marks, and without marks where there are none.
    ///
    /// The marks stay where they are, unless a row of the host that is behind them would win over one of ours.
    /// Our lines always end in a line feed alone: a carriage return would become part of a host's name.
    func setting(_ lines: [Content]) -> Content {
        let rest = without
        guard !lines.isEmpty else { return Content(rest.head + rest.tail) }
        let keys = Set(lines.compactMap { Self.key(of: $0) })
        let isOvertaken = rows.contains { row in
            !row.isOurs && row.line > (block?.upperBound ?? 0) && keys.contains(row.key)
        }
        let stays = block != nil && !isOvertaken
        let head = stays ? rest.head : rest.head + rest.tail
        let tail = stays ? rest.tail : []
        let isOpen = stays ? rest.isOpen : !head.isEmpty && head.last != 0x0A
        var pieces = [Content.Piece.bytes(head + (isOpen ? [0x0A] : []) + Self.begin + [0x0A])]
        for line in lines { pieces += line.pieces + [.bytes([0x0A])] }
        pieces.append(.bytes(Self.end + (isOpen ? [] : [0x0A]) + tail))
        return Content(joining: pieces)
    }

    private static let begin = Array("# BEGIN mtactl".utf8)
    private static let end = Array("# END mtactl".utf8)

    /// What is before and behind our marks, as it would be without them.
    ///
    /// `isOpen`: the file has no line feed at its end; the one before our marks is then ours.
    private var without: (head: [UInt8], tail: [UInt8], isOpen: Bool) {
        guard let block else { return (bytes, [], false) }
        var head = Array(text.lines[..<block.lowerBound].joined())
        let tail = Array(text.lines[(block.upperBound + 1)...].joined())
        let isOpen = text.lines[block.upperBound].last != 0x0A
        if isOpen, head.last == 0x0A { head.removeLast() }
        return (head, tail, isOpen)
    }

    private static func key(of line: Content) -> String? {
        guard case .bytes(let bytes) = line.pieces.first else { return nil }
        return bytes.firstIndex(of: UInt8(ascii: ":")).map { bytes[..<$0].text.lowercased() }
    }
}

extension Content {
    /// With neighbouring bytes in one piece.
    fileprivate init(joining pieces: [Piece]) {
        var joined: [Piece] = []
        for piece in pieces {
            if case .bytes(let more) = piece, case .bytes(let bytes) = joined.last {
                joined[joined.count - 1] = .bytes(bytes + more)
            } else {
                joined.append(piece)
            }
        }
        self.init(joined)
    }
}
