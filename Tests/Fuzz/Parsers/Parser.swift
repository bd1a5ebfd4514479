import MTAPlan

/// A law that does not hold.
package struct Violation: Error, CustomStringConvertible {
    package var description: String
    init(_ description: String) { self.description = description }
}

/// Something that reads what a host or a person wrote, and the laws that hold whatever it is given.
///
/// That it neither crashes nor hangs is a law of each.
package struct Parser: Sendable, CustomStringConvertible {
    package let name: String
    private let laws: @Sendable (inout Choices) throws -> Void

    init(_ name: String, _ laws: @escaping @Sendable (inout Choices) throws -> Void) {
        self.name = name
        self.laws = laws
    }

    package var description: String { name }

    /// Makes one case of the bytes and tries the laws on it.
    package func tryOut(_ bytes: [UInt8]) throws {
        var choices = Choices(bytes)
        try laws(&choices)
    }

    /// Every parser.
    package static let all: [Parser] =
        configurations + plans + objectPlans + logs + answers + windows + directory + administration + keys
        + inventories
        + playbooks
}

func demand(_ holds: Bool, _ law: @autoclosure () -> String) throws {
    if !holds { throw Violation(law()) }
}

/// Words that are to be shown: safe for a terminal, and without the secrets that were planted.
func demandShowable(_ text: String, _ what: String) throws {
    for scalar in text.unicodeScalars {
        let isControl = scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
        try demand(
            !isControl || scalar == "\n" || scalar == "\t",
            "\(what) has a control character: \(text.debugDescription)"
        )
    }
    try demand(!text.contains("p0is0n"), "\(what) shows a secret: \(text)")
}

/// Words that are to be shown within one line.
func demandLine(_ text: String) throws {
    try demandShowable(text, "a line")
    try demand(!text.utf8.contains { $0 == 0x09 || $0 == 0x0A }, "a line has a break: \(text.debugDescription)")
}

/// What an operator reads when something is refused.
func demandWords(_ failure: Failure) throws {
    try demand(!failure.problem.isEmpty, "a failure without words")
    for text in [failure.problem, failure.hint ?? "", failure.place ?? ""] {
        try demandShowable(Printable.line(text), "a failure")
    }
}
