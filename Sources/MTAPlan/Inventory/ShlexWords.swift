/// Words of a line of an INI inventory, as Python's shlex divides them.
///
/// A `#` outside quotes begins a comment, also in the middle of a word.
/// Source: Python 3.13, `shlex.split(line, comments=True)`.
enum ShlexWords {
    /// `nil` where a quote or a backslash is open at the end.
    static func split(_ line: some StringProtocol) -> [String]? {
        var machine = Machine()
        for scalar in line.unicodeScalars where !machine.take(scalar) { break }
        return machine.finished
    }

    private struct Machine {
        private enum State {
            case between
            case word
            case quoted(Unicode.Scalar)
            /// After a backslash; in quotes it stands for itself before anything but a quote or another.
            case escaped(in: Unicode.Scalar?)
        }

        private var state = State.between
        private var words: [String] = []
        private var word = String.UnicodeScalarView()

        /// `false` where a comment begins.
        mutating func take(_ scalar: Unicode.Scalar) -> Bool {
            switch state {
            case .quoted(let quote):
                if scalar == quote {
                    state = .word
                } else if scalar == "\\", quote == "\"" {
                    state = .escaped(in: quote)
                } else {
                    word.append(scalar)
                }
            case .escaped(let quote):
                if let quote, scalar != "\\", scalar != quote { word.append("\\") }
                word.append(scalar)
                state = quote.map(State.quoted) ?? .word
            case .between, .word: return takeBare(scalar)
            }
            return true
        }

        private mutating func takeBare(_ scalar: Unicode.Scalar) -> Bool {
            switch scalar {
            case " ", "\t", "\r", "\n": endWord()
            case "#": return false
            case "'", "\"": state = .quoted(scalar)
            case "\\": state = .escaped(in: nil)
            default:
                state = .word
                word.append(scalar)
            }
            return true
        }

        private mutating func endWord() {
            if case .word = state { words.append(String(word)) }
            word = String.UnicodeScalarView()
            state = .between
        }

        var finished: [String]? {
            switch state {
            case .between: words
            case .word: words + [String(word)]
            case .quoted, .escaped: nil
            }
        }
    }
}
