import MTAPlan

/// A Postfix configuration file as lines, so that what is not changed is not touched.
///
/// A logical line begins with something in the first column. Lines that begin with white space continue it, and
/// neither blank lines nor comments end it.
///
/// Law: `ConfigLines(bytes).bytes == bytes`, for all bytes.
///
/// Source: postconf(5) and master(5), first section; readlline.c. Compared with postconf 3.7.11 and 3.10.13.
struct ConfigLines: Sendable, Equatable {
    /// Each with its line break; only the last may be without one.
    private(set) var lines: [[UInt8]]

    /// Where a byte is.
    struct Position: Sendable, Equatable {
        var line: Int
        var column: Int
    }

    /// One setting or service: the indexes of its lines, without the comments and blank lines between them.
    struct Logical: Sendable, Equatable {
        var lines: [Int]
        var first: Int { lines[0] }
    }

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

    /// The line break that the file uses: that of its first line.
    var lineBreak: [UInt8] {
        guard let first = lines.first, first.last == 0x0A else { return [0x0A] }
        return first.dropLast().last == 0x0D ? [0x0D, 0x0A] : [0x0A]
    }

    var logical: [Logical] {
        var result: [Logical] = []
        for (index, line) in lines.enumerated() {
            guard let first = line.first(where: { !$0.isBlank }), first != UInt8(ascii: "#") else { continue }
            if line[0].isBlank {
                // Nothing to continue: Postfix warns and skips it.
                if !result.isEmpty { result[result.count - 1].lines.append(index) }
            } else {
                result.append(Logical(lines: [index]))
            }
        }
        return result
    }

    /// The bytes of a logical line, without line feeds.
    func content(of logical: Logical) -> [UInt8] {
        logical.lines.flatMap { lines[$0].last == 0x0A ? lines[$0].dropLast() : lines[$0][...] }
    }

    /// The same with their places.
    func cells(of logical: Logical) -> [(byte: UInt8, at: Position)] {
        logical.lines.flatMap { line in
            lines[line].enumerated().lazy.filter { $0.element != 0x0A }
                .map { ($0.element, Position(line: line, column: $0.offset)) }
        }
    }

    mutating func insert(_ bytes: [UInt8], at position: Position) {
        lines[position.line].insert(contentsOf: bytes, at: position.column)
    }

    mutating func remove(_ columns: Range<Int>, of line: Int) {
        lines[line].removeSubrange(columns)
    }

    /// Drops whole lines.
    mutating func remove(lines indexes: some Sequence<Int>) {
        for index in indexes.sorted(by: >) { lines.remove(at: index) }
    }

    mutating func replace(_ range: Range<Int>, with new: [[UInt8]]) {
        lines.replaceSubrange(range, with: new)
    }
}
