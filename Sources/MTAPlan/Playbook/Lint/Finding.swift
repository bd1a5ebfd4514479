/// Something about a playbook that is no error but should be known before it is used.
package struct Finding: Sendable, Hashable {
    /// Stable, for those who count findings: `tls-none`.
    package var id: String
    package var severity: Severity
    /// `file:line:column`.
    package var place: String
    package var problem: String
    package var hint: String?

    package init(id: String, severity: Severity, place: String, problem: String, hint: String? = nil) {
        self.id = id
        self.severity = severity
        self.place = place
        self.problem = problem
        self.hint = hint
    }

    package enum Severity: String, Sendable, Hashable, CaseIterable, Comparable, Codable {
        /// Cannot work.
        case error
        /// Works, but not as one would wish.
        case warning
        /// To be known or arranged.
        case note

        package static func < (a: Severity, b: Severity) -> Bool {
            (allCases.firstIndex(of: a) ?? 0) < (allCases.firstIndex(of: b) ?? 0)
        }
    }
}

extension Finding: CustomStringConvertible {
    package var description: String { lines.joined(separator: "\n") }

    /// As it is shown: the problem at its place, and the hint.
    package var lines: [String] {
        ["\(place): \(severity.rawValue): \(problem) [\(id)]"] + (hint.map { ["  hint: \($0)"] } ?? [])
    }
}
