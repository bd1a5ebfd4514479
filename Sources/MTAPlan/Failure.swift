/// Why something was not done, in the words the operator reads: where, what was found, what to try next.
///
/// Lower case, no full stop, no secret. The outcome that carries a failure says how bad it was
/// (refused, rolled back, stranded); the failure itself only says what was found.
package struct Failure: Error, Sendable, Hashable, Codable {
    /// What the operator has to look at: a host's name, or `file:line:column`.
    package var place: String?
    /// What was found there.
    package var problem: String
    /// The next thing to try.
    package var hint: String?
    /// Whether the host was reached, and would not.
    package var isOfReachedHost = false

    private enum CodingKeys: CodingKey { case place, problem, hint }

    package init(_ problem: String, hint: String? = nil, at place: String? = nil) {
        self.place = place
        self.problem = problem
        self.hint = hint
    }

    /// The same failure with the place where it was met, unless a more exact one is known already.
    package func at(_ place: String) -> Failure {
        var failure = self
        failure.place = failure.place ?? place
        return failure
    }
}

extension Failure: CustomStringConvertible {
    package var description: String { lines.joined(separator: "\n") }

    /// As it is shown: the problem at its place, and the hint.
    package var lines: [String] {
        [(place.map { "\($0): " } ?? "") + problem] + (hint.map { ["  hint: \($0)"] } ?? [])
    }
}
