/// Lines of the host's own that a block of ours replaces: they are in it as comments, and come back with the block's
/// end.
extension EximText {
    private static let mark = Array("#mtactl# ".utf8)

    static func isReplaced(_ line: [UInt8]) -> Bool { line.starts(with: mark) }

    /// The line as it was before a block of ours replaced it.
    static func restored(_ line: [UInt8]) -> [UInt8] { isReplaced(line) ? Array(line.dropFirst(mark.count)) : line }

    /// The indexes of lines that our blocks replace: the host's own decide nothing, and are its own all the same.
    var replacedLines: Set<Int> {
        let marked = lines.indices.filter { Self.isReplaced(lines[$0]) }
        // Blocks that are damaged refuse the plan, with the reason.
        guard !marked.isEmpty, let blocks = try? blocks() else { return [] }
        return Set(marked.filter { index in blocks.contains { $0.contains(index) } })
    }

    /// A block that is wanted before the line of an index, counted with the blocks that are there now.
    struct Block {
        var line: Int
        var lines: [String]
        /// How many lines of the host's own from there on it replaces.
        var replaced = 0
    }

    /// Makes these the blocks of the file, and no others.
    ///
    /// A file without a line break at its end keeps none.
    mutating func setBlocks(_ new: [Block]) throws(StrayMark) {
        let old = try blocks()
        let isOpen = lines.last.map { $0.last != 0x0A } ?? false
        let lineBreak = lineBreak
        var result: [[UInt8]] = []
        let ended = { (line: [UInt8]) in line.last == 0x0A ? line : line + lineBreak }
        let written = { (text: String) in Array(text.utf8) + lineBreak }
        var open: (end: Int, lines: [String])?
        for index in 0...lines.count {
            for block in new where block.line == index && block.replaced == 0 {
                result += ([Self.begin] + block.lines + [Self.end]).map(written)
            }
            if index == lines.count { break }
            if let block = new.first(where: { $0.line == index && $0.replaced > 0 }) {
                result.append(written(Self.begin))
                open = (index + block.replaced, block.lines)
            }
            let isInside = old.contains { $0.contains(index) }
            if !isInside || Self.isReplaced(lines[index]) {
                let own = ended(isInside ? Self.restored(lines[index]) : lines[index])
                result.append(open == nil ? own : Self.mark + own)
            }
            if let block = open, index + 1 == block.end {
                result += (block.lines + [Self.end]).map(written)
                open = nil
            }
        }
        self = EximText(Array(result.joined()))
        if isOpen { dropLastLineBreak() }
    }
}
