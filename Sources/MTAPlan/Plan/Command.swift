/// Arguments, not a shell line: quoting happens once, where the command leaves this program.
package struct Command: Sendable, Hashable, Codable, ExpressibleByArrayLiteral {
    package let words: [String]
    /// What a program of ours in the shell does, in the words of a plan: `see that Postfix runs`.
    package let purpose: String?

    package init(_ words: [String]) {
        self.words = words
        purpose = nil
    }

    package init(arrayLiteral words: String...) { self.init(words) }

    /// A program in the shell, which finds the arguments in `$1` and on.
    package init(to purpose: String, script: String, _ arguments: [String] = []) {
        words = ["sh", "-c", script] + (arguments.isEmpty ? [] : ["sh"] + arguments)
        self.purpose = purpose
    }

    /// The command with this path in place of `{}`.
    package func filled(_ place: String) -> Command {
        Command(copying: self) { $0.utf8.contains(UInt8(ascii: "{")) ? $0.replacing("{}", with: place) : $0 }
    }

    private init(copying other: Command, words change: (String) -> String) {
        words = other.words.map(change)
        purpose = other.purpose.map(change)
    }
}

extension Command: CustomStringConvertible {
    package var description: String { words.joined(separator: " ") }
}
