/// Arguments, not a shell line: quoting happens once, where the command leaves this program.
package struct Command: Sendable, Hashable, Codable, ExpressibleByArrayLiteral {
    package private(set) var words: [String]
    /// What is done, in the words of a plan, where nobody types it: by a program of ours in the shell (`check that Postfix
    /// is running`), or by the driver itself.
    package private(set) var purpose: String?

    package init(_ words: [String]) { self.words = words }
    package init(arrayLiteral words: String...) { self.init(words) }

    /// What a driver does without a command that a person could type.
    package init(to purpose: String) {
        words = [purpose]
        self.purpose = purpose
    }

    /// A command that nobody could type, as its files exist only during the run.
    package init(to purpose: String, words: [String]) {
        self.words = words
        self.purpose = purpose
    }

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
