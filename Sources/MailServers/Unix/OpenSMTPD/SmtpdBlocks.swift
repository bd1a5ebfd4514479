import MTAPlan

/// Our lines in smtpd.conf: a block before each rule that they come before, as rules are in order.
extension ConfigLines {
    private static let begin = Array("# BEGIN mtactl".utf8)
    private static let end = Array("# END mtactl".utf8)

    /// Takes all blocks out.
    ///
    /// - Throws: Where the marks are not in pairs.
    mutating func removeBlocks() throws(Failure) {
        var inside: [Int] = []
        var start: Int?
        for (index, line) in lines.enumerated() {
            let isBegin = line.trimmed.elementsEqual(Self.begin)
            let isEnd = line.trimmed.elementsEqual(Self.end)
            if isBegin && start != nil || isEnd && start == nil { throw .unpairedMarks(line: index + 1) }
            if isBegin { start = index }
            if start != nil { inside.append(index) }
            if isEnd { start = nil }
        }
        if let start { throw .unpairedMarks(line: start + 1) }
        remove(lines: inside)
    }

    /// Puts blocks before these lines.
    mutating func insertBlocks(_ blocks: [(line: Int, content: [String])]) {
        let lineBreak = lineBreak
        for block in blocks.sorted(by: { $0.line > $1.line }) where !block.content.isEmpty {
            let content = [Self.begin] + block.content.map { Array($0.utf8) } + [Self.end]
            replace(block.line..<block.line, with: content.map { $0 + lineBreak })
        }
    }
}
