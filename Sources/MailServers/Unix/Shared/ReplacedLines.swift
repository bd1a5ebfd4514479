import MTAPlan

/// Settings of ours in a file that is not, and the host's own lines that they replace.
///
/// Ours are in a block at the end; what they replace stays where it is, as a comment, so that it comes back when
/// nothing is asked for any more. All programs whose files are changed so take `#` in the first column for a comment.
extension ConfigLines {
    private static let mark = Array("#mtactl# ".utf8)

    /// Puts ours in the block, and comments out what they replace.
    ///
    /// `isReplaced`: Of a line of the host's, as `ownLines` has it.
    ///
    /// - Throws: Where the marks of the block are not one pair in order.
    mutating func setBlock(
        _ content: [[UInt8]],
        replacing isReplaced: (_ number: Int, _ line: ArraySlice<UInt8>) -> Bool
    ) throws(Failure) {
        let own = try ownLines()
        for (number, line) in own {
            let whole = Self.restored(lines[number - 1])
            let isOut = !content.isEmpty && isReplaced(number, line)
            replace(number - 1..<number, with: [isOut ? Self.mark + whole : whole])
        }
        try setBlock(content)
    }

    /// Puts back every line that ours replaced.
    mutating func restoreReplaced() {
        for index in lines.indices where lines[index].starts(with: Self.mark) {
            replace(index..<index + 1, with: [Self.restored(lines[index])])
        }
    }

    /// Makes comments of these lines, which come back with `restoreReplaced`.
    mutating func replaceLines(_ indexes: some Sequence<Int>) {
        for index in indexes { replace(index..<index + 1, with: [Self.mark + lines[index]]) }
    }

    /// The host's own lines that decide today, or did before ours replaced them, with their numbers.
    func ownLines() throws(Failure) -> [(number: Int, line: ArraySlice<UInt8>)] {
        let block = try block()
        return lines.indices.filter { block?.contains($0) != true }.map {
            ($0 + 1, Self.restored(lines[$0])[...].withoutBreak)
        }
    }

    /// The lines that the program reads, ours too, without their line breaks.
    var effectiveLines: [ArraySlice<UInt8>] {
        lines.map { $0[...].withoutBreak }.filter { $0.first != UInt8(ascii: "#") }
    }

    /// A line that would become one of the block's marks is none that ours replaced.
    private static func restored(_ line: [UInt8]) -> [UInt8] {
        guard line.starts(with: mark), !isBlockMark(line.dropFirst(mark.count)) else { return line }
        return restored(Array(line.dropFirst(mark.count)))
    }
}

extension ArraySlice<UInt8> {
    /// Without the line feed and a carriage return before it.
    var withoutBreak: ArraySlice<UInt8> {
        guard last == 0x0A else { return self }
        return dropLast(dropLast().last == 0x0D ? 2 : 1)
    }
}

extension [UInt8] {
    var withoutBreak: ArraySlice<UInt8> { self[...].withoutBreak }
}
