/// All that is wrong with a file, in the order of its lines; never empty.
package struct Failures: Error, Sendable, Hashable {
    package let all: [Failure]

    package init(_ first: Failure, _ others: [Failure] = []) { all = [first] + others }

    /// `nil` where there is nothing wrong.
    package init?(_ all: [Failure]) {
        guard !all.isEmpty else { return nil }
        self.all = all
    }
}

extension Failures: CustomStringConvertible {
    package var description: String { all.map(\.description).joined(separator: "\n") }
}
