/// A regular expression of a table, as far as `regexp` and `pcre` understand it alike.
///
/// Matching takes no longer than the product of both lengths, whatever a host writes in it: all ways are followed at once.
///
/// Source: regexp_table(5), pcre_table(5): matching is without regard to case unless a flag says otherwise; regex(7).
struct TablePattern: Sendable, Equatable {
    private let program: [PatternStep]

    /// `nil` where there is more in it than is understood here, or it is long.
    init?(_ text: String) {
        var parser = PatternParser(text)
        guard let tree = parser.parse() else { return nil }
        var program: [PatternStep] = []
        tree.compile(into: &program)
        guard program.count <= 2_000 else { return nil }
        self.program = program + [.match]
    }

    /// Whether it is true of every address, as far as three with little in common show it.
    var isOfAll: Bool { ["anybody@elsewhere.example", "q.7@b-2.test", "x_y+z@mail.de"].allSatisfy(matches) }

    func matches(_ text: String) -> Bool {
        let bytes = Array(text.lowercased().utf8)
        var states: [Int] = []
        var next: [Int] = []
        // At which byte each step was last reached.
        var seen = [Int](repeating: -1, count: program.count)
        for index in 0...bytes.count {
            swap(&next, &states)
            states.removeAll(keepingCapacity: true)
            // A match may begin anywhere.
            next.append(0)
            while let at = next.popLast() {
                if seen[at] == index { continue }
                seen[at] = index
                switch program[at] {
                case .match: return true
                case .fork(let a, let b):
                    next.append(a)
                    next.append(b)
                case .start: if index == 0 { next.append(at + 1) }
                case .end: if index == bytes.count { next.append(at + 1) }
                case .one(let set):
                    if index < bytes.count, set.contains(bytes[index]) { states.append(at + 1) }
                }
            }
        }
        return false
    }
}

/// One step of a pattern; the next is the one behind it unless it says otherwise.
enum PatternStep: Sendable, Equatable {
    case one(ByteSet)
    case fork(Int, Int)
    case start
    case end
    case match
}
