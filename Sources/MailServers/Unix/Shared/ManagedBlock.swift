import MTAPlan

/// The lines between our marks, at the end of a file that is not ours.
///
///     # BEGIN mtactl
///     …
///     # END mtactl
///
/// A file without a line break at its end keeps none: the block then has none either, and the one that had to be
/// put before the block goes with it when it is removed.
extension ConfigLines {
    private static let begin = Array("# BEGIN mtactl".utf8)
    private static let end = Array("# END mtactl".utf8)

    static func isBlockMark(_ line: ArraySlice<UInt8>) -> Bool {
        let text = line.trimmed
        return text.elementsEqual(begin) || text.elementsEqual(end)
    }

    /// The indexes of the two marks, or `nil` where there is no block.
    ///
    /// - Throws: Where the marks are not one pair in order.
    func block() throws(Failure) -> ClosedRange<Int>? {
        let marks = lines.indices.filter { Self.isBlockMark(lines[$0][...]) }
        if marks.isEmpty { return nil }
        guard marks.count == 2, lines[marks[0]].trimmed.elementsEqual(Self.begin),
            lines[marks[1]].trimmed.elementsEqual(Self.end)
        else { throw .unpairedMarks(line: marks[0] + 1) }
        return marks[0]...marks[1]
    }

    /// Puts these lines, given without line breaks, between the marks; takes the block out where there are none.
    mutating func setBlock(_ content: [[UInt8]]) throws(Failure) {
        let block = try block()
        // That of the file's first line, or of the block: it may have brought the first line its line break.
        let lineBreak = block.map { ConfigLines(lines[$0.lowerBound]).lineBreak } ?? lineBreak
        let new = content.isEmpty ? [] : ([Self.begin] + content + [Self.end]).map { $0 + lineBreak }
        guard let block else {
            if !new.isEmpty { append(new, lineBreak: lineBreak) }
            return
        }
        let isOpen = lines[block.upperBound].last != 0x0A
        replace(block.lowerBound..<block.upperBound + 1, with: new)
        if isOpen { drop(lineBreak) }
    }

    /// The lines between the marks, without line breaks.
    func blockContent() throws(Failure) -> [[UInt8]] {
        guard let block = try block() else { return [] }
        return lines[block].dropFirst().dropLast().map { line in
            Array(line.last == 0x0A ? line.dropLast(line.dropLast().last == 0x0D ? 2 : 1) : line[...])
        }
    }

    private mutating func append(_ new: [[UInt8]], lineBreak: [UInt8]) {
        guard let last = lines.last, last.last != 0x0A else { return replace(lines.count..<lines.count, with: new) }
        replace(lines.count - 1..<lines.count, with: [last + lineBreak] + new)
        drop(lineBreak)
    }

    /// Takes the line break off the end of the file.
    private mutating func drop(_ lineBreak: [UInt8]) {
        guard let last = lines.last, last.suffix(lineBreak.count).elementsEqual(lineBreak) else { return }
        let shortened = Array(last.dropLast(lineBreak.count))
        replace(lines.count - 1..<lines.count, with: shortened.isEmpty ? [] : [shortened])
    }
}
