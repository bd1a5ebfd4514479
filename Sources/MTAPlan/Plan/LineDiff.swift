/// Two texts as lines, and what has to be removed from the one and added to make the other.
///
/// What both begin and end with stays. Of the rest, lines that both have once are matched first (patience), what is
/// between them by the shortest script (Myers), so a table of 100,000 rows takes time in proportion. Where a stretch has nothing in common within reach, it is
/// replaced as a whole: longer than need be, never wrong.
///
/// Source: Myers, "An O(ND) Difference Algorithm and Its Variations", 1986; Cohen, "Patience Diff", 2010.
package struct LineDiff: Sendable, Equatable {
    /// A line of either text, or of both.
    package enum Edit: Sendable, Equatable {
        case keep(old: Int, new: Int)
        case remove(old: Int)
        case insert(new: Int)

        fileprivate func moved(by lines: Int) -> Edit {
            switch self {
            case .keep(let old, let new): .keep(old: old + lines, new: new + lines)
            case .remove(let old): .remove(old: old + lines)
            case .insert(let new): .insert(new: new + lines)
            }
        }
    }

    package let old: [ArraySlice<UInt8>]
    package let new: [ArraySlice<UInt8>]
    package private(set) var edits: [Edit] = []

    /// Lines have their line breaks, so a missing one at the end is a difference.
    package init(_ old: [UInt8], _ new: [UInt8]) {
        self.old = Self.lines(old)
        self.new = Self.lines(new)
        // Most of a file stays, so most lines are never looked up.
        let shorter = min(self.old.count, self.new.count)
        let head = zip(self.old, self.new).prefix { $0 == $1 }.count
        let tail = zip(self.old.reversed(), self.new.reversed()).prefix(shorter - head).prefix { $0 == $1 }.count
        var numbers: [ArraySlice<UInt8>: Int] = [:]
        func numbered(_ lines: [ArraySlice<UInt8>]) -> [Int] {
            lines[head..<(lines.count - tail)].map { line in
                let number = numbers[line] ?? numbers.count
                numbers[line] = number
                return number
            }
        }
        let a = numbered(self.old)
        let b = numbered(self.new)
        var script = Script(a: a, b: b, symbols: numbers.count)
        script.compare(a.indices, b.indices)
        edits = (0..<head).map { .keep(old: $0, new: $0) }
        edits += script.edits.map { $0.moved(by: head) }
        edits += (0..<tail).map { .keep(old: head + a.count + $0, new: head + b.count + $0) }
    }

    package static func lines(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        var lines: [ArraySlice<UInt8>] = []
        var start = bytes.startIndex
        while start < bytes.endIndex {
            let end = bytes[start...].firstIndex(of: 0x0A).map { $0 + 1 } ?? bytes.endIndex
            lines.append(bytes[start..<end])
            start = end
        }
        return lines
    }
}

/// The work: lines are numbers here, equal for equal lines.
private struct Script {
    let a: [Int]
    let b: [Int]
    let symbols: Int
    var edits: [LineDiff.Edit] = []

    /// The most lines that a stretch may differ in before it is replaced as a whole.
    private static let reach = 800

    init(a: [Int], b: [Int], symbols: Int) {
        self.a = a
        self.b = b
        self.symbols = symbols
    }

    mutating func compare(_ old: Range<Int>, _ new: Range<Int>) {
        var (x, y) = (old.lowerBound, new.lowerBound)
        for (i, j) in anchors(old, new) {
            between(x..<i, y..<j)
            edits.append(.keep(old: i, new: j))
            (x, y) = (i + 1, j + 1)
        }
        between(x..<old.upperBound, y..<new.upperBound)
    }

    /// Pairs of lines that each side has once, in an order that both sides have.
    private func anchors(_ old: Range<Int>, _ new: Range<Int>) -> [(Int, Int)] {
        var count = [(a: Int, b: Int, at: Int)](repeating: (0, 0, 0), count: symbols)
        for i in old { count[a[i]].a += 1 }
        for j in new {
            count[b[j]].b += 1
            count[b[j]].at = j
        }
        let unique = old.filter { count[a[$0]].a == 1 && count[a[$0]].b == 1 }
        // The longest run of rising places in the new text.
        var tails: [Int] = []
        var previous = [Int](repeating: -1, count: unique.count)
        for (index, i) in unique.enumerated() {
            let at = count[a[i]].at
            var (low, high) = (0, tails.count)
            while low < high {
                let middle = (low + high) / 2
                if count[a[unique[tails[middle]]]].at < at { low = middle + 1 } else { high = middle }
            }
            if low > 0 { previous[index] = tails[low - 1] }
            if low == tails.count { tails.append(index) } else { tails[low] = index }
        }
        var result: [(Int, Int)] = []
        var index = tails.last ?? -1
        while index >= 0 {
            result.append((unique[index], count[a[unique[index]]].at))
            index = previous[index]
        }
        return result.reversed()
    }

    /// A stretch between two lines that are kept.
    private mutating func between(_ old: Range<Int>, _ new: Range<Int>) {
        var (old, new) = (old, new)
        while let i = old.first, let j = new.first, a[i] == b[j] {
            edits.append(.keep(old: i, new: j))
            old = old.dropFirst()
            new = new.dropFirst()
        }
        var tail: [LineDiff.Edit] = []
        while let i = old.last, let j = new.last, a[i] == b[j] {
            tail.append(.keep(old: i, new: j))
            old = old.dropLast()
            new = new.dropLast()
        }
        edits += shortest(old, new) ?? old.map { .remove(old: $0) } + new.map { .insert(new: $0) }
        edits += tail.reversed()
    }

    /// The shortest script, or `nil` where it is out of reach.
    private func shortest(_ old: Range<Int>, _ new: Range<Int>) -> [LineDiff.Edit]? {
        let (n, m) = (old.count, new.count)
        guard n > 0, m > 0 else { return nil }
        let limit = min(n + m, Self.reach)
        // furthest[k + limit + 1]: how far into the old text a path on diagonal k has come.
        var furthest = [Int](repeating: 0, count: 2 * limit + 3)
        var trace: [[Int]] = []
        for d in 0...limit {
            trace.append(Array(furthest[(limit + 1 - d)...(limit + 1 + d)]))
            for k in stride(from: -d, through: d, by: 2) {
                let at = k + limit + 1
                let isDown = k == -d || (k != d && furthest[at - 1] < furthest[at + 1])
                var x = isDown ? furthest[at + 1] : furthest[at - 1] + 1
                while x < n, x - k < m, x - k >= 0, a[old.lowerBound + x] == b[new.lowerBound + x - k] { x += 1 }
                furthest[at] = x
                if x >= n, x - k >= m { return path(trace, old, new) }
            }
        }
        return nil
    }

    /// Walks back through what `shortest` noted: the furthest points before each round.
    private func path(_ trace: [[Int]], _ old: Range<Int>, _ new: Range<Int>) -> [LineDiff.Edit] {
        var (x, y) = (old.count, new.count)
        var edits: [LineDiff.Edit] = []
        for d in trace.indices.reversed() {
            let before = { (k: Int) -> Int in abs(k) <= d ? trace[d][k + d] : 0 }
            let k = x - y
            let isDown = k == -d || (k != d && before(k - 1) < before(k + 1))
            let previous = isDown ? k + 1 : k - 1
            let (fromX, fromY) = d == 0 ? (0, 0) : (before(previous), before(previous) - previous)
            while x > fromX, y > fromY {
                (x, y) = (x - 1, y - 1)
                edits.append(.keep(old: old.lowerBound + x, new: new.lowerBound + y))
            }
            guard d > 0 else { break }
            (x, y) = (fromX, fromY)
            edits.append(isDown ? .insert(new: new.lowerBound + y) : .remove(old: old.lowerBound + x))
        }
        return edits.reversed()
    }
}
