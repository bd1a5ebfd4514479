/// Programs of ours on their way to a host's shell.
package enum ShellProgram {
    /// The program without what the shell would skip: lines of comment, empty lines, and blanks before a line.
    ///
    /// A host's first answer to a program waits for all of it, and on a new connection the first 14 KB travel in one
    /// round trip (RFC 6928). What is in quotes over several lines, and what goes on after a backslash, stays as it
    /// is. From a here-document on everything does, as its lines may be anything.
    package static func compact(_ program: [UInt8]) -> [UInt8] {
        var compact: [UInt8] = []
        compact.reserveCapacity(program.count)
        var state = State.plain
        var rest = program[...]
        while !rest.isEmpty {
            let end = rest.firstIndex(of: newline).map { $0 + 1 } ?? rest.endIndex
            var line = rest[..<end]
            if state == .plain {
                line = line.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
                if line.first == UInt8(ascii: "#") || line.first == newline {
                    rest = rest[end...]
                    continue
                }
            }
            state = Self.state(after: line, from: state)
            if state == .hereDocument { return compact + rest }
            compact += line
            rest = rest[end...]
        }
        return compact
    }

    /// The program on one line, as a word of a command has to be: a call of the agent, and a line of its manifest, end
    /// with their line.
    ///
    /// For programs without here-documents, comments behind commands, and line breaks in quotes.
    package static func line(_ program: [UInt8]) -> String {
        var (line, last) = ("", Substring())
        for part in String(decoding: compact(program), as: UTF8.self).split(separator: "\n") {
            if line.hasSuffix("\\") {
                line.removeLast()
            } else if !line.isEmpty {
                line += goesOn(last) ? " " : "; "
            }
            line += part
            last = part
        }
        return line
    }

    /// Whether what follows a line needs no `;` before it.
    private static func goesOn(_ line: Substring) -> Bool {
        let last = line.split { " ;".contains($0) }.last ?? ""
        return line.hasSuffix(";;") || ["do", "then", "else", "{", "(", "in", "&&", "||", "|"].contains(last)
    }

    /// How a line begins.
    private enum State {
        case plain
        case continued
        case singleQuotes
        case doubleQuotes
        case hereDocument
    }

    private static let newline = UInt8(ascii: "\n")

    private static func state(after line: ArraySlice<UInt8>, from start: State) -> State {
        var state = start == .continued ? .plain : start
        var isEscaped = false
        var last = UInt8(ascii: " ")
        for byte in line {
            defer { last = byte }
            if isEscaped {
                isEscaped = false
                if byte == newline, state == .plain { return .continued }
                continue
            }
            switch (state, byte) {
            case (.singleQuotes, UInt8(ascii: "'")), (.doubleQuotes, UInt8(ascii: "\"")): state = .plain
            case (.plain, UInt8(ascii: "\\")), (.doubleQuotes, UInt8(ascii: "\\")): isEscaped = true
            case (.plain, UInt8(ascii: "'")): state = .singleQuotes
            case (.plain, UInt8(ascii: "\"")): state = .doubleQuotes
            // A comment begins where a word could.
            case (.plain, UInt8(ascii: "#")) where " \t;&|()".utf8.contains(last): return .plain
            case (.plain, UInt8(ascii: "<")) where last == UInt8(ascii: "<"): return .hereDocument
            default: break
            }
        }
        return state
    }
}
