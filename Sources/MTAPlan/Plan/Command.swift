/// Arguments, not a shell line: quoting happens once, where the command leaves this program.
package struct Command: Sendable, Hashable, Codable, ExpressibleByArrayLiteral {
    package private(set) var words: [String]
    /// What the command does, in the words of a plan, where its own words are no command that a person types: a program of
    /// ours in the shell (`see that Postfix runs`), a call of an interface.
    package private(set) var purpose: String?

    package init(_ words: [String]) { self.words = words }
    package init(arrayLiteral words: String...) { self.init(words) }

    /// A program in the shell, which finds the arguments in `$1` and on.
    ///
    /// `isOpen`: More arguments are to come.
    package init(
        to purpose: String? = nil,
        in shell: String = "sh",
        program: [UInt8],
        _ arguments: [String] = [],
        isOpen: Bool = false
    ) {
        let more = arguments.isEmpty && !isOpen ? [] : [shell] + arguments
        words = [shell, "-c", ShellProgram.line(program)] + more
        self.purpose = purpose
    }

    /// A step that nobody can type: a sentence, shown without backticks.
    package init(sentence: String) {
        words = [sentence]
        purpose = sentence
    }

    /// The command with this path in place of `{}`.
    package func filled(_ place: String) -> Command {
        var filled = self
        let fill = { (text: String) in text.utf8.contains(UInt8(ascii: "{")) ? text.replacing("{}", with: place) : text
        }
        filled.words = words.map(fill)
        filled.purpose = purpose.map(fill)
        return filled
    }
}

extension Command: CustomStringConvertible {
    package var description: String { words.joined(separator: " ") }
}
