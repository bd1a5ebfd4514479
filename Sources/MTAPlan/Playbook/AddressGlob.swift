/// An address in which `*` stands for any run of characters.
package struct AddressGlob: Sendable {
    private let parts: [Substring]

    package init(_ text: some StringProtocol) {
        parts = text.lowercased().split(separator: "*", omittingEmptySubsequences: false)
    }

    package var isExact: Bool { parts.count == 1 }

    package func matches(_ address: some StringProtocol) -> Bool {
        var rest = address.lowercased()[...]
        guard let first = parts.first, let last = parts.last, rest.hasPrefix(first) else { return false }
        if isExact { return rest.count == first.count }
        rest = rest.dropFirst(first.count)
        guard rest.hasSuffix(last) else { return false }
        rest = rest.dropLast(last.count)
        for part in parts.dropFirst().dropLast() where !part.isEmpty {
            guard let range = rest.firstRange(of: part) else { return false }
            rest = rest[range.upperBound...]
        }
        return true
    }
}

extension ReturnPathRewrite {
    /// Whether mail from a sender gets another return path; the empty sender's never does.
    package func covers(_ sender: String) -> Bool {
        !sender.isEmpty && senders.contains { AddressGlob($0).matches(sender) }
    }
}
