/// Arguments, not a shell line: quoting happens once, where the command leaves this program.
package struct Command: Sendable, Hashable, Codable, ExpressibleByArrayLiteral {
    package let words: [String]

    package init(_ words: [String]) { self.words = words }
    package init(arrayLiteral words: String...) { self.words = words }
}

extension Command: CustomStringConvertible {
    package var description: String { words.joined(separator: " ") }
}
