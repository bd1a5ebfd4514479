import MTAPlan

/// An expression that chooses between names: `${if eq {$domain} {example.com} {signed_smtp} {remote_smtp}}`.
///
/// Known is one whose every branch is a name and nothing else: what a lookup finds, or what is put together, is none.
struct EximChoice: Sendable {
    private let text: [Character]
    private let places: [Range<Int>]

    /// - Returns: `nil` where it may come to something else.
    init?(_ expression: String) {
        text = Array(expression)
        var reader = EximReader(text: text, expansion: EximExpansion(variables: [:], files: EximFiles(Facts())))
        var places: [Range<Int>] = []
        guard reader.names(into: &places), reader.position == text.count, !places.isEmpty else { return nil }
        self.places = places
    }

    /// Each name that it may come to, once.
    var names: [String] {
        places.reduce(into: []) { names, place in
            let name = String(text[place])
            if !names.contains(name) { names.append(name) }
        }
    }

    /// The expression with other names in their places.
    func text(_ other: (String) -> String) -> String {
        var result = ""
        var end = 0
        for place in places {
            result += String(text[end..<place.lowerBound]) + other(String(text[place]))
            end = place.upperBound
        }
        return result + String(text[end...])
    }
}

extension EximReader {
    /// Goes past one name, or past an expression whose branches are names.
    ///
    /// - Returns: Whether it is one.
    fileprivate mutating func names(into places: inout [Range<Int>]) -> Bool {
        skipBreaks()
        defer { skipBreaks() }
        guard next == "$" else {
            let start = position
            if word().isEmpty { return false }
            places.append(start..<position)
            return true
        }
        position += 1
        guard next == "{" else { return false }
        position += 1
        skipBlanks()
        switch word() {
        case "if": _ = condition()
        case "lookup":
            _ = braced()
            skipBreaks()
            while let character = next, character != "{", character != "}" { position += 1 }
            _ = braced()
        default: return false
        }
        guard branch(&places), branch(&places) else { return false }
        skipBreaks()
        guard next == "}" else { return false }
        position += 1
        return true
    }

    private mutating func branch(_ places: inout [Range<Int>]) -> Bool {
        skipBreaks()
        guard next == "{" else { return false }
        position += 1
        guard names(into: &places), next == "}" else { return false }
        position += 1
        return true
    }

    /// Past blanks, and a backslash before one, with which a line goes on in the next.
    private mutating func skipBreaks() {
        while let character = next, character.isWhitespace || character == "\\" { position += 1 }
    }
}
