/// A regular expression of which only literals, `.`, `.*`, `.+`, `^` and `$` are understood; enough for what is in most
/// tables.
///
/// Source: regexp_table(5), pcre_table(5): matching is without regard to case unless a flag says otherwise.
struct SimplePattern: Sendable, Equatable {
    private enum Part: Equatable {
        case one(Character)
        case any
        case run
    }

    private var parts: [Part] = []

    /// `nil` where there is more in it than is understood.
    init?(_ text: some StringProtocol) {
        var rest = text[...]
        let isAnchored = rest.hasPrefix("^")
        if isAnchored { rest = rest.dropFirst() } else { parts.append(.run) }
        var isEnd = false
        while let character = rest.popFirst() {
            if isEnd { return nil }
            switch character {
            case "\\":
                guard let next = rest.popFirst(), !next.isLetter, !next.isNumber else { return nil }
                parts.append(.one(next))
            case ".":
                if rest.first == "*" { parts.append(.run) } else { parts.append(.any) }
                if rest.first == "+" { parts.append(.run) }
                if rest.first == "*" || rest.first == "+" { rest = rest.dropFirst() }
            case "$": isEnd = true
            case "*", "+", "?", "[", "]", "(", ")", "{", "}", "|", "^": return nil
            default: parts.append(.one(Character(character.lowercased())))
            }
            // Of what repeats only `.` is understood.
            if let next = rest.first, ["*", "+", "?", "{"].contains(next) { return nil }
        }
        if !isEnd { parts.append(.run) }
    }

    /// Whether it is true of every address.
    var isOfAll: Bool { parts.allSatisfy { $0 != .any && ($0 == .run || $0 == .one("@")) } || !hasOnes }

    private var hasOnes: Bool { parts.contains { if case .one = $0 { true } else { false } } }

    /// Goes back only to the last run, so it takes no more than the product of both lengths.
    func matches(_ text: String) -> Bool {
        let text = Array(text.lowercased())
        var (at, part) = (0, 0)
        var lastRun: (part: Int, at: Int)?
        while true {
            if part < parts.count, parts[part] == .run {
                lastRun = (part, at)
                part += 1
            } else if part < parts.count, at < text.count, parts[part] == .any || parts[part] == .one(text[at]) {
                (at, part) = (at + 1, part + 1)
            } else if part == parts.count, at == text.count {
                return true
            } else if let run = lastRun, run.at < text.count {
                lastRun = (run.part, run.at + 1)
                (at, part) = (run.at + 1, run.part + 1)
            } else {
                return false
            }
        }
    }
}
