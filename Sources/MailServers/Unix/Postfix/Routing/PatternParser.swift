/// A pattern as it is written.
indirect enum PatternTree {
    case one(ByteSet)
    case start
    case end
    case sequence([PatternTree])
    case choice([PatternTree])
    /// `most`: `nil` where there is no end.
    case times(PatternTree, least: Int, most: Int?)

    func compile(into program: inout [PatternStep]) {
        if program.count > 2_000 { return }
        switch self {
        case .one(let set): program.append(.one(set))
        case .start: program.append(.start)
        case .end: program.append(.end)
        case .sequence(let parts): for part in parts { part.compile(into: &program) }
        case .choice(let ways): Self.compile(ways, into: &program)
        case .times(let part, let least, let most):
            let start = program.count
            for _ in 0..<least {
                part.compile(into: &program)
                // What is empty stays empty however often it is repeated, and would cost as much each time.
                if program.count == start { return }
            }
            if let most {
                for _ in least..<max(least, most) {
                    Self.compile([part, .sequence([])], into: &program)
                    if program.count > 2_000 { return }
                }
            } else {
                let fork = program.count
                program.append(.fork(fork + 1, 0))
                part.compile(into: &program)
                program.append(.fork(fork, fork))
                program[fork] = .fork(fork + 1, program.count)
            }
        }
    }

    private static func compile(_ ways: [PatternTree], into program: inout [PatternStep]) {
        var ends: [Int] = []
        for (index, way) in ways.enumerated() {
            let fork = program.count
            let isLast = index == ways.count - 1
            if !isLast { program.append(.fork(fork + 1, 0)) }
            way.compile(into: &program)
            if !isLast {
                ends.append(program.count)
                program.append(.fork(0, 0))
                program[fork] = .fork(fork + 1, program.count)
            }
        }
        for end in ends { program[end] = .fork(program.count, program.count) }
    }
}

/// Reads a pattern; `nil` of any part is more than is understood.
struct PatternParser {
    private var rest: ArraySlice<UInt8>
    private var depth = 0

    init(_ text: String) { rest = Array(text.utf8)[...] }

    mutating func parse() -> PatternTree? {
        guard rest.count <= 1_000, let tree = choice(), rest.isEmpty else { return nil }
        return tree
    }

    private mutating func choice() -> PatternTree? {
        depth += 1
        defer { depth -= 1 }
        guard depth < 20 else { return nil }
        var ways: [PatternTree] = []
        repeat {
            guard let way = sequence() else { return nil }
            ways.append(way)
        } while take("|")
        return ways.count == 1 ? ways[0] : .choice(ways)
    }

    private mutating func sequence() -> PatternTree? {
        var parts: [PatternTree] = []
        while let byte = rest.first, !"|)".utf8.contains(byte) {
            guard let part = part(), let repeated = repeated(part) else { return nil }
            parts.append(repeated)
        }
        return .sequence(parts)
    }

    private mutating func part() -> PatternTree? {
        guard let byte = rest.popFirst() else { return nil }
        switch byte {
        case UInt8(ascii: "^"): return .start
        case UInt8(ascii: "$"): return .end
        case UInt8(ascii: "."): return .one(ByteSet.all)
        case UInt8(ascii: "["): return ByteSet.brackets(&rest).map { .one($0) }
        case UInt8(ascii: "\\"): return rest.popFirst().flatMap(ByteSet.escaped).map { .one($0) }
        case UInt8(ascii: "("):
            if take("?"), !take(":") { return nil }
            guard let tree = choice(), take(")") else { return nil }
            return tree
        case UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "?"), UInt8(ascii: "{"): return nil
        default: return .one(ByteSet([byte]))
        }
    }

    private mutating func repeated(_ part: PatternTree) -> PatternTree? {
        var times: (least: Int, most: Int?)
        switch rest.first {
        case UInt8(ascii: "*"): times = (0, nil)
        case UInt8(ascii: "+"): times = (1, nil)
        case UInt8(ascii: "?"): times = (0, 1)
        case UInt8(ascii: "{"):
            guard let end = rest.firstIndex(of: UInt8(ascii: "}")), let count = Self.count(rest[..<end].dropFirst())
            else { return nil }
            times = count
            rest = rest[end...]
        default: return part
        }
        rest = rest.dropFirst()
        // What repeats as little as it can matches the same texts; the rest means different things in both languages.
        _ = take("?")
        if let next = rest.first, "*+?{".utf8.contains(next) { return nil }
        return .times(part, least: times.least, most: times.most)
    }

    /// `2`, `2,` or `2,3`.
    private static func count(_ text: ArraySlice<UInt8>) -> (least: Int, most: Int?)? {
        let numbers = text.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false).map(\.text)
        guard let least = Int(numbers[0]), (0...30).contains(least), numbers.count <= 2 else { return nil }
        if numbers.count == 1 { return (least, least) }
        if numbers[1].isEmpty { return (least, nil) }
        guard let most = Int(numbers[1]), (least...30).contains(most) else { return nil }
        return (least, most)
    }

    private mutating func take(_ character: String) -> Bool {
        guard let byte = rest.first, character.utf8.first == byte else { return false }
        rest = rest.dropFirst()
        return true
    }
}
